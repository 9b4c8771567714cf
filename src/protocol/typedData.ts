import { getAddress } from 'ethers/address'
import { keccak256 } from 'ethers/crypto'
import { TypedDataEncoder, type TypedDataField } from 'ethers/hash'
import { recoverAddress } from 'ethers/transaction'
import { concat } from 'ethers/utils'

/** Which contract on which chain a signature is for; together with a name it is the EIP-712 domain. */
export interface TypedDataDomain {
  name: string
  version: string
  chainId: bigint
  verifyingContract: string
}

/** Whoever signs typed data: every ethers signer does. */
export interface TypedDataSigner {
  signTypedData(
    domain: TypedDataDomain,
    types: Record<string, TypedDataField[]>,
    value: Record<string, unknown>,
  ): Promise<string>
}

export interface SignedStructOptions {
  /** The name of the domain. */
  name: string
  /** The contract that verifies the signature. */
  contract: string
  primaryType: string
  fields: readonly TypedDataField[]
}

/** A struct that accounts sign off the transaction path for a system contract (EIP-712, version 1). */
export interface SignedStruct<Value> {
  /** In the form every ethers signer and wallet takes. */
  readonly types: Record<string, TypedDataField[]>
  domain(chainId: bigint): TypedDataDomain
  /** The struct hash, which does not depend on the chain: 32 bytes in hex. Throws for values out of range. */
  structHash(value: Value): string
  /** The 32 bytes that are signed, in hex. Throws for values out of range. */
  digest(chainId: bigint, value: Value): string
  /** 65 bytes in hex: r, s and v. */
  sign(signer: TypedDataSigner, chainId: bigint, value: Value): Promise<string>
  /** Whether the contract would take the signature for the account's; false for anything malformed. */
  isSignedBy(
    account: string,
    chainId: bigint,
    value: Value,
    signature: string,
    recover?: RecoverAddress,
  ): boolean
}

/**
 * The account that signed 32 bytes, in hex; may throw. ethers' own takes milliseconds, so whoever verifies many
 * signatures and has native code hands in a faster one.
 */
export type RecoverAddress = (digest: string, signature: string) => string

/** r, s and v as the contracts take them: v is 27 or 28. */
const SIGNATURE = /^0x[0-9a-f]{128}(1b|1c)$/i

/** Half the order of secp256k1: of s and its negation only the lower one counts (EIP-2). */
const MAX_S = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

const MAX_SEPARATORS = 8

/** Makes the codec and verifier of one struct. */
export function createSignedStruct<Value extends object>({
  name,
  contract,
  primaryType,
  fields,
}: SignedStructOptions): SignedStruct<Value> {
  const types = { [primaryType]: [...fields] }
  const encoder = TypedDataEncoder.from(types)
  const domain = (chainId: bigint): TypedDataDomain => ({
    name,
    version: '1',
    chainId,
    verifyingContract: contract,
  })
  // Hashing the domain is most of the work, and a process meets one chain, or few.
  const separators = new Map<bigint, string>()
  const separatorOf = (chainId: bigint): string => {
    const known = separators.get(chainId) ?? TypedDataEncoder.hashDomain(domain(chainId))
    if (separators.size < MAX_SEPARATORS) separators.set(chainId, known)
    return known
  }
  const digest = (chainId: bigint, value: Value): string =>
    keccak256(concat(['0x1901', separatorOf(chainId), encoder.hash(value)]))
  return {
    types,
    domain,
    structHash: (value) => encoder.hash(value),
    digest,
    sign: (signer, chainId, value) =>
      signer.signTypedData(domain(chainId), types, value as Record<string, unknown>),
    isSignedBy(account, chainId, value, signature, recover = recoverAddress) {
      if (!SIGNATURE.test(signature) || BigInt(`0x${signature.slice(66, 130)}`) > MAX_S)
        return false
      try {
        const signer = recover(digest(chainId, value), signature)
        return signer.toLowerCase() === getAddress(account).toLowerCase()
      } catch {
        return false
      }
    },
  }
}
