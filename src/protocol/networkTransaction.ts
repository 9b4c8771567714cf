import { RLP } from '@ethereumjs/rlp'
import { Capability, type JSONTx, type TypedTransaction } from '@ethereumjs/tx'
import {
  Address,
  bigIntToHex,
  bigIntToUnpaddedBytes,
  bytesToHex,
  concatBytes,
  hexToBytes,
} from '@ethereumjs/util'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { systemContractAddress } from './addresses.ts'
import { type NetworkKind, networkKind } from './networkKinds.ts'
import {
  checkNetworkFields,
  type NetworkTransactionFields,
  type RecoverSigner,
  recoverSlowly,
} from './networkTransactionFields.ts'

/** The EIP-2718 type of transactions that the network itself begins (SPEC 4). */
export const NETWORK_TRANSACTION_TYPE = 0x60

/** Who sends the derived ones; the sender of system calls (EIP-4788), whose key nobody has. */
export const SYSTEM_SENDER = new Address(hexToBytes('0xfffffffffffffffffffffffffffffffffffffffe'))

const TYPE_BYTE = Uint8Array.of(NETWORK_TRANSACTION_TYPE)
const NO_FEE = 0n

/**
 * A transaction of type 0x60: 0x60 ‖ rlp([chainId, nonce, kind, payload, yParity, r, s]). It answers something the chain
 * has open, pays no fee and counts for no account's nonce. It has the members that EthereumJS's `Block` and readers of
 * blocks ask of a transaction. Its fields were checked and never change.
 */
export class NetworkTransaction implements NetworkTransactionFields {
  readonly type = NETWORK_TRANSACTION_TYPE
  readonly chainId: bigint
  /** The id of what it answers (kind 10: the challenge), or for a derived one the number of its block. */
  readonly nonce: bigint
  readonly kind: number
  readonly payload: Uint8Array
  readonly yParity: bigint
  readonly r: bigint
  readonly s: bigint
  readonly value = 0n
  /** None of the block's gas is used: execution has a limit of its own. */
  readonly gasLimit = 0n
  readonly gasPrice = 0n
  readonly accessList: never[] = []
  private readonly recover: RecoverSigner
  private readonly known: { hash?: Uint8Array; serialized?: Uint8Array; sender?: Address } = {}

  /** Throws `NetworkTransactionError` for fields that the protocol does not allow. */
  constructor(fields: NetworkTransactionFields, recover: RecoverSigner = recoverSlowly) {
    checkNetworkFields(fields)
    this.chainId = fields.chainId
    this.nonce = fields.nonce
    this.kind = fields.kind
    this.payload = fields.payload
    this.yParity = fields.yParity
    this.r = fields.r
    this.s = fields.s
    this.recover = recover
  }

  /** What its kind is. */
  get special(): NetworkKind {
    return networkKind(this.kind)
  }

  get isDerived(): boolean {
    return this.special.isDerived
  }

  /** The contract that carries it out. */
  get to(): Address {
    return systemContractAddress(this.special.contract)
  }

  /** The payload, under the name every transaction has for it. */
  get data(): Uint8Array {
    return this.payload
  }

  get v(): bigint {
    return this.yParity
  }

  serialize(): Uint8Array {
    this.known.serialized ??= concatBytes(TYPE_BYTE, RLP.encode(this.raw()))
    return this.known.serialized
  }

  raw(): Uint8Array[] {
    const { yParity, r, s } = this
    return [...unsignedItems(this), ...[yParity, r, s].map(bigIntToUnpaddedBytes)]
  }

  hash(): Uint8Array {
    this.known.hash ??= keccak_256(this.serialize())
    return this.known.hash
  }

  getHashedMessageToSign(): Uint8Array {
    return networkSigningHash(this)
  }

  /** The signer; the system for derived ones. Throws `NetworkTransactionError` BAD_SIGNATURE when nobody signed so. */
  getSenderAddress(): Address {
    this.known.sender ??= this.isDerived ? SYSTEM_SENDER : this.recover(this)
    return this.known.sender
  }

  /** Derived ones need no signature, so they count as signed. */
  isSigned(): boolean {
    return true
  }

  isValid(): boolean {
    return true
  }

  getValidationErrors(): string[] {
    return []
  }

  supports(capability: Capability): boolean {
    return capability === Capability.EIP2718TypedTransaction
  }

  getEffectivePriorityFee(): bigint {
    return NO_FEE
  }

  toCreationAddress(): boolean {
    return false
  }

  toJSON(): JSONTx & { kind: `0x${string}` } {
    const { chainId, nonce, kind, v, r, s } = this
    return {
      type: bigIntToHex(BigInt(this.type)),
      chainId: bigIntToHex(chainId),
      nonce: bigIntToHex(nonce),
      kind: bigIntToHex(BigInt(kind)),
      to: this.to.toString(),
      data: bytesToHex(this.payload),
      value: '0x0',
      gasLimit: '0x0',
      v: bigIntToHex(v),
      yParity: bigIntToHex(v),
      r: bigIntToHex(r),
      s: bigIntToHex(s),
    }
  }

  errorStr(): string {
    return `network transaction kind=${this.kind} nonce=${this.nonce}`
  }
}

const unsignedItems = (
  fields: Pick<NetworkTransactionFields, 'chainId' | 'nonce' | 'kind' | 'payload'>,
): Uint8Array[] => [
  ...[fields.chainId, fields.nonce, BigInt(fields.kind)].map(bigIntToUnpaddedBytes),
  fields.payload,
]

/** What the sender signs: keccak256(0x60 ‖ rlp([chainId, nonce, kind, payload])). */
export const networkSigningHash = (
  fields: Pick<NetworkTransactionFields, 'chainId' | 'nonce' | 'kind' | 'payload'>,
): Uint8Array => keccak_256(concatBytes(TYPE_BYTE, RLP.encode(unsignedItems(fields))))

/**
 * A network transaction as a member of EthereumJS's closed union of transactions. The union names classes with
 * constructors of their own, so no other class can belong to it; `Block` and our code use the members both have.
 */
export const asTypedTransaction = (transaction: NetworkTransaction): TypedTransaction =>
  transaction as unknown as TypedTransaction

/** The network transaction that a transaction of a block is; undefined for ordinary ones. */
export const asNetworkTransaction = (
  transaction: TypedTransaction | NetworkTransaction,
): NetworkTransaction | undefined =>
  (transaction as unknown) instanceof NetworkTransaction
    ? (transaction as unknown as NetworkTransaction)
    : undefined
