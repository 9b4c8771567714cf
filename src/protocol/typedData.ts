import { getAddress } from 'ethers/address'
import { TypedDataEncoder, type TypedDataField } from 'ethers/hash'
import { recoverAddress } from 'ethers/transaction'

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
  isSignedBy(account: string, chainId: bigint, value: Value, signature: string): boolean
}

/** r, s and v as the contracts take them: v is 27 or 28. ethers itself refuses an s in the upper half. */
const SIGNATURE = /^0x[0-9a-f]{128}(1b|1c)$/i

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
  const digest = (chainId: bigint, value: Value): string =>
    TypedDataEncoder.hash(domain(chainId), types, value)
  return {
    types,
    domain,
    structHash: (value) => encoder.hash(value),
    digest,
    sign: (signer, chainId, value) =>
      signer.signTypedData(domain(chainId), types, value as Record<string, unknown>),
    isSignedBy(account, chainId, value, signature) {
      if (!SIGNATURE.test(signature)) return false
      try {
        return recoverAddress(digest(chainId, value), signature) === getAddress(account)
      } catch {
        return false
      }
    },
  }
}
