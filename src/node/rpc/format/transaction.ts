import type { Block } from '@ethereumjs/block'
import {
  type EOACode7702Tx,
  type FeeMarket1559Tx,
  isAccessList2930Tx,
  isEOACode7702Tx,
  isFeeMarket1559Tx,
  isLegacyTx,
  type LegacyTx,
  type TypedTransaction,
} from '@ethereumjs/tx'
import type { Address } from '@ethereumjs/util'
import type { RPCTransaction, RPCTransactionFields } from '../../../api/rpc/results.ts'
import { asNetworkTransaction } from '../../../protocol/networkTransaction.ts'
import { toHex, toQuantity } from './hex.ts'
import { formatNetworkFields } from './networkTransaction.ts'
import { formatSpecial } from './special.ts'

/** The senders of a block's transactions, in their order. */
export type Senders = readonly (Address | undefined)[]

/** Where a transaction stands: its block and its index there. */
export interface Place {
  block: Block
  index: number
}

/**
 * A transaction in JSON-RPC's form, with its place, or with null for one while it waits. The sender is
 * recovered from the signature when it is not known.
 */
export function formatTransaction(
  transaction: TypedTransaction,
  sender?: Address,
  place?: Place,
): RPCTransaction {
  const special = formatSpecial(transaction)
  return {
    ...formatFields(transaction, place),
    hash: toHex(transaction.hash()),
    from: toHex((sender ?? transaction.getSenderAddress()).bytes),
    blockHash: place ? toHex(place.block.hash()) : null,
    blockNumber: place ? toQuantity(place.block.header.number) : null,
    blockTimestamp: place ? toQuantity(place.block.header.timestamp) : null,
    transactionIndex: place ? toQuantity(place.index) : null,
    ...(special === undefined ? {} : { special }),
  }
}

/** What the transaction itself says, signed or not. In a block, `gasPrice` is what a unit of gas really cost. */
export function formatFields(transaction: TypedTransaction, place?: Place): RPCTransactionFields {
  const network = asNetworkTransaction(transaction)
  if (network !== undefined) return formatNetworkFields(network)
  return {
    ...(transaction.isSigned() ? { hash: toHex(transaction.hash()) } : {}),
    type: toQuantity(transaction.type),
    nonce: toQuantity(transaction.nonce),
    gas: toQuantity(transaction.gasLimit),
    ...formatFees(transaction, place),
    to: transaction.to === undefined ? null : toHex(transaction.to.bytes),
    value: toQuantity(transaction.value),
    input: toHex(transaction.data),
    ...formatLists(transaction),
    ...formatSignature(transaction),
  }
}

/** What one unit of gas costs the sender in a block with a base fee (EIP-1559); network transactions pay nothing. */
export const effectiveGasPrice = (transaction: TypedTransaction, baseFeePerGas: bigint): bigint =>
  asNetworkTransaction(transaction) === undefined
    ? baseFeePerGas + transaction.getEffectivePriorityFee(baseFeePerGas)
    : 0n

const hasFeeMarket = (
  transaction: TypedTransaction,
): transaction is FeeMarket1559Tx | EOACode7702Tx =>
  isFeeMarket1559Tx(transaction) || isEOACode7702Tx(transaction)

function formatFees(transaction: TypedTransaction, place?: Place): Partial<RPCTransactionFields> {
  if (!hasFeeMarket(transaction)) {
    return { gasPrice: toQuantity((transaction as LegacyTx).gasPrice) }
  }
  const baseFee = place?.block.header.baseFeePerGas
  const { maxFeePerGas, maxPriorityFeePerGas } = transaction
  const price = baseFee === undefined ? maxFeePerGas : effectiveGasPrice(transaction, baseFee)
  return {
    gasPrice: toQuantity(price),
    maxFeePerGas: toQuantity(maxFeePerGas),
    maxPriorityFeePerGas: toQuantity(maxPriorityFeePerGas),
  }
}

function formatLists(transaction: TypedTransaction): Partial<RPCTransactionFields> {
  if (isLegacyTx(transaction)) return {}
  const lists: Partial<RPCTransactionFields> = {}
  if (isAccessList2930Tx(transaction) || hasFeeMarket(transaction)) {
    lists.accessList = transaction.accessList.map(([address, slots]) => ({
      address: toHex(address),
      storageKeys: slots.map(toHex),
    }))
  }
  if (isEOACode7702Tx(transaction)) {
    lists.authorizationList = transaction.authorizationList.map(
      ([chainId, address, nonce, yParity, r, s]) => ({
        chainId: bytesToQuantity(chainId),
        address: toHex(address),
        nonce: bytesToQuantity(nonce),
        yParity: bytesToQuantity(yParity),
        r: bytesToQuantity(r),
        s: bytesToQuantity(s),
      }),
    )
  }
  return lists
}

const bytesToQuantity = (bytes: Uint8Array) =>
  toQuantity(bytes.length === 0 ? 0n : BigInt(toHex(bytes)))

/** Stock clients refuse a whole block when one transaction lacks r, s or yParity. */
function formatSignature(transaction: TypedTransaction): Partial<RPCTransactionFields> {
  const { v, r, s } = transaction
  const typed = isLegacyTx(transaction) ? {} : { chainId: toQuantity(transaction.chainId) }
  if (v === undefined || r === undefined || s === undefined) return typed
  const signature = { v: toQuantity(v), r: toQuantity(r), s: toQuantity(s) }
  if (!isLegacyTx(transaction)) return { ...typed, ...signature, yParity: signature.v }
  // Before EIP-155 a signature named no chain: v was 27 or 28.
  return v >= 35n ? { chainId: toQuantity((v - 35n) / 2n), ...signature } : signature
}
