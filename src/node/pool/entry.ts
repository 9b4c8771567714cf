import { isAccessList2930Tx, isLegacyTx, type TypedTransaction } from '@ethereumjs/tx'
import { Address, bigIntMin } from '@ethereumjs/util'
import { publicKeyToAddress } from '../../crypto/secp256k1.ts'
import type { HeapItem } from './heap.ts'

/** A waiting transaction with what the pool asks of it again and again. */
export interface PoolEntry extends HeapItem {
  readonly transaction: TypedTransaction
  readonly hashKey: string
  readonly sender: Address
  readonly senderKey: string
  readonly nonce: bigint
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
  /** The most it can take from its sender, in wei: gas limit × fee cap + value. */
  readonly costWei: bigint
  readonly sizeBytes: number
  /** Counts up with every transaction that enters; decides between equal prices. */
  readonly arrival: number
  /** True when it could be mined next or only its sender's pending ones are before it. */
  isPending: boolean
}

/** Bytes as the key of a `Map`. */
export const bytesToKey = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

/** Both caps in wei; a transaction with one gas price (before EIP-1559) offers all of it as the tip. */
export function feesOf(transaction: TypedTransaction): {
  maxFeePerGas: bigint
  maxPriorityFeePerGas: bigint
} {
  if (isLegacyTx(transaction) || isAccessList2930Tx(transaction)) {
    const { gasPrice } = transaction
    return { maxFeePerGas: gasPrice, maxPriorityFeePerGas: gasPrice }
  }
  return transaction
}

/** Recovers the sender, so it throws when the signature is not valid. */
export function createPoolEntry(transaction: TypedTransaction, arrival: number): PoolEntry {
  const sender = new Address(publicKeyToAddress(transaction.getSenderPublicKey()))
  const { maxFeePerGas, maxPriorityFeePerGas } = feesOf(transaction)
  return {
    transaction,
    hashKey: bytesToKey(transaction.hash()),
    sender,
    senderKey: bytesToKey(sender.bytes),
    nonce: transaction.nonce,
    maxFeePerGas,
    maxPriorityFeePerGas,
    costWei: transaction.gasLimit * maxFeePerGas + transaction.value,
    sizeBytes: transaction.serialize().length,
    arrival,
    isPending: false,
    heapIndex: -1,
  }
}

/** What one unit of gas leaves to the proposer under a base fee, in wei; negative when it cannot pay. */
export const effectiveTip = (entry: PoolEntry, baseFeePerGas: bigint): bigint =>
  bigIntMin(entry.maxFeePerGas - baseFeePerGas, entry.maxPriorityFeePerGas)

/** Which of two goes first when room runs out: the lower fee cap, then the lower tip, then the newer. */
export function isCheaper(a: PoolEntry, b: PoolEntry): boolean {
  if (a.maxFeePerGas !== b.maxFeePerGas) return a.maxFeePerGas < b.maxFeePerGas
  if (a.maxPriorityFeePerGas !== b.maxPriorityFeePerGas) {
    return a.maxPriorityFeePerGas < b.maxPriorityFeePerGas
  }
  return a.arrival > b.arrival
}
