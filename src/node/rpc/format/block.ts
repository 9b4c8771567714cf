import type { Block } from '@ethereumjs/block'
import type { RPCBlock, RPCHeader } from '../../../api/rpc/results.ts'
import { decodeHeaderExtra } from '../../../protocol/header.ts'
import { toHex, toQuantity } from './hex.ts'
import { formatTransaction, type Senders } from './transaction.ts'

/** A block in JSON-RPC's form, with whole transactions when `senders` are given, else their hashes. */
export function formatBlock(block: Block, senders?: Senders): RPCBlock {
  return {
    ...formatHeader(block),
    size: toQuantity(sizeOf(block)),
    transactions: block.transactions.map((transaction, index) =>
      senders === undefined
        ? toHex(transaction.hash())
        : formatTransaction(transaction, senders[index], { block, index }),
    ),
    uncles: [],
    ...(block.withdrawals === undefined ? {} : { withdrawals: formatWithdrawals(block) }),
  }
}

/** A block's header in JSON-RPC's form, as `newHeads` sends it. */
export function formatHeader({ header }: Block): RPCHeader {
  const { slot, totalInspections } = decodeHeaderExtra(header.extraData)
  return {
    hash: toHex(header.hash()),
    parentHash: toHex(header.parentHash),
    sha3Uncles: toHex(header.uncleHash),
    miner: toHex(header.coinbase.bytes),
    stateRoot: toHex(header.stateRoot),
    transactionsRoot: toHex(header.transactionsTrie),
    receiptsRoot: toHex(header.receiptTrie),
    logsBloom: toHex(header.logsBloom),
    difficulty: toQuantity(header.difficulty),
    number: toQuantity(header.number),
    gasLimit: toQuantity(header.gasLimit),
    gasUsed: toQuantity(header.gasUsed),
    timestamp: toQuantity(header.timestamp),
    extraData: toHex(header.extraData),
    mixHash: toHex(header.mixHash),
    nonce: toHex(header.nonce),
    ...formatForkFields(header),
    slot: toQuantity(slot),
    totalInspections: toQuantity(totalInspections),
  }
}

/** The fields that Ethereum's forks added, where the header has them. */
function formatForkFields(header: Block['header']): Partial<RPCHeader> {
  const fields: Partial<RPCHeader> = {}
  if (header.baseFeePerGas !== undefined) fields.baseFeePerGas = toQuantity(header.baseFeePerGas)
  if (header.withdrawalsRoot) fields.withdrawalsRoot = toHex(header.withdrawalsRoot)
  if (header.blobGasUsed !== undefined) fields.blobGasUsed = toQuantity(header.blobGasUsed)
  if (header.excessBlobGas !== undefined) fields.excessBlobGas = toQuantity(header.excessBlobGas)
  if (header.parentBeaconBlockRoot) {
    fields.parentBeaconBlockRoot = toHex(header.parentBeaconBlockRoot)
  }
  if (header.requestsHash) fields.requestsHash = toHex(header.requestsHash)
  return fields
}

const formatWithdrawals = (block: Block) =>
  (block.withdrawals ?? []).map((withdrawal) => ({
    index: toQuantity(withdrawal.index),
    validatorIndex: toQuantity(withdrawal.validatorIndex),
    address: toHex(withdrawal.address.bytes),
    amount: toQuantity(withdrawal.amount),
  }))

const sizes = new WeakMap<Block, number>()

/** The length of a block's RLP in bytes; encoding a large block is dear, so it is done once. */
function sizeOf(block: Block): number {
  const size = sizes.get(block) ?? block.serialize().length
  sizes.set(block, size)
  return size
}
