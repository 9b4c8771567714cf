import { Address, hexToBytes, SECP256K1_ORDER, SECP256K1_ORDER_DIV_2 } from '@ethereumjs/util'
import { recoverAddress } from 'ethers/transaction'
import { networkKind } from './networkKinds.ts'
import { refuseNetworkTransaction } from './networkTransactionErrors.ts'

/** What a network transaction says. */
export interface NetworkTransactionFields {
  chainId: bigint
  nonce: bigint
  kind: number
  payload: Uint8Array
  /** Parity of R's y: 0 or 1; yParity, r and s are 0 for a derived one. */
  yParity: bigint
  r: bigint
  s: bigint
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER)

/** Throws `NetworkTransactionError` for values that no network transaction has. */
export function checkNetworkFields(fields: NetworkTransactionFields): void {
  const { chainId, nonce, kind, payload } = fields
  const { isDerived, checkPayload } = networkKind(kind)
  if (chainId < 1n || chainId > MAX_SAFE) {
    refuseNetworkTransaction('BAD_ENCODING', `chain id ${chainId} is not of 1 to 53 bits`)
  }
  if (nonce < 0n || BigInt.asUintN(64, nonce) !== nonce) {
    refuseNetworkTransaction('BAD_ENCODING', `nonce ${nonce} does not fit into 64 bits`)
  }
  checkPayload(payload)
  if (isDerived) checkUnsigned(fields)
  else checkSignature(fields)
}

function checkUnsigned({ yParity, r, s }: NetworkTransactionFields): void {
  if (yParity === 0n && r === 0n && s === 0n) return
  refuseNetworkTransaction('BAD_SIGNATURE', 'nobody signs a derived one')
}

function checkSignature({ yParity, r, s }: NetworkTransactionFields): void {
  if (yParity !== 0n && yParity !== 1n) {
    refuseNetworkTransaction('BAD_SIGNATURE', `yParity must be 0 or 1, got ${yParity}`)
  }
  if (r < 1n || r >= SECP256K1_ORDER) {
    refuseNetworkTransaction('BAD_SIGNATURE', 'r is not within the order of the group')
  }
  if (s < 1n || s > SECP256K1_ORDER_DIV_2) {
    refuseNetworkTransaction('BAD_SIGNATURE', 's is not in the lower half of the order')
  }
}

/** What a signature is recovered from. */
export interface SignedHash {
  yParity: bigint
  r: bigint
  s: bigint
  /** The 32 bytes that were signed. */
  getHashedMessageToSign(): Uint8Array
}

/** The account that signed; throws `NetworkTransactionError` BAD_SIGNATURE when no key gives the signature. */
export type RecoverSigner = (signed: SignedHash) => Address

const toWord = (value: bigint): string => `0x${value.toString(16).padStart(64, '0')}`

/** By ethers, in milliseconds; whoever meets many hands in native code. */
export const recoverSlowly: RecoverSigner = (signed) => {
  const { yParity, r, s } = signed
  try {
    const signature = { r: toWord(r), s: toWord(s), yParity: Number(yParity) as 0 | 1 }
    const signer = recoverAddress(signed.getHashedMessageToSign(), signature)
    return new Address(hexToBytes(signer as `0x${string}`))
  } catch (cause) {
    return refuseNetworkTransaction('BAD_SIGNATURE', 'no key gives its signature', cause)
  }
}
