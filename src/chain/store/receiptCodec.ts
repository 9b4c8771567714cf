import { type NestedUint8Array, RLP } from '@ethereumjs/rlp'
import { Address, bigIntToBytes, bytesToBigInt } from '@ethereumjs/util'
import type { Log, Receipt } from '../chain.ts'

const NOTHING = new Uint8Array(0)
const EMPTY_BLOOM = new Uint8Array(256)

/** A block's receipts as they are stored: the consensus fields, and what would be costly to derive. */
export const encodeReceipts = (receipts: readonly Receipt[]): Uint8Array =>
  RLP.encode(receipts.map(receiptToItems))

export const decodeReceipts = (bytes: Uint8Array): Receipt[] =>
  (RLP.decode(bytes) as NestedUint8Array[]).map(itemsToReceipt)

const receiptToItems = (receipt: Receipt) => [
  receipt.type,
  receipt.status,
  bigIntToBytes(receipt.cumulativeGasUsed),
  bigIntToBytes(receipt.gasUsed),
  receipt.logs.length === 0 ? NOTHING : receipt.logsBloom,
  receipt.logs.map(({ address, topics, data }) => [address, topics, data]),
  receipt.from.bytes,
  receipt.createdAddress?.bytes ?? NOTHING,
]

type Items = [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  [Uint8Array, Uint8Array[], Uint8Array][],
  Uint8Array,
  Uint8Array,
]

function itemsToReceipt(items: NestedUint8Array): Receipt {
  const [type, status, cumulativeGasUsed, gasUsed, logsBloom, logs, from, created] =
    items as unknown as Items
  return {
    type: type[0] ?? 0,
    status: status[0] === 1 ? 1 : 0,
    cumulativeGasUsed: bytesToBigInt(cumulativeGasUsed),
    gasUsed: bytesToBigInt(gasUsed),
    logsBloom: logsBloom.length === 0 ? EMPTY_BLOOM : logsBloom,
    logs: logs.map(([address, topics, data]): Log => ({ address, topics, data })),
    from: new Address(from),
    createdAddress: created.length === 0 ? undefined : new Address(created),
  }
}
