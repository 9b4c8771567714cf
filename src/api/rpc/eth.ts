import { z } from 'zod'
import { blockReference, optionalBlockReference } from './blockReference.ts'
import { logFilter } from './logFilter.ts'
import { method } from './method.ts'
import { blockOverrides, stateOverrides } from './overrides.ts'
import type {
  RPCAccessList,
  RPCBlock,
  RPCFeeHistory,
  RPCLog,
  RPCProof,
  RPCRawAndFields,
  RPCReceipt,
  RPCTransaction,
} from './results.ts'
import { transactionRequest } from './transactionRequest.ts'
import { typedData } from './typedData.ts'
import {
  address,
  boolean,
  data,
  type Hex,
  hash,
  listOf,
  looseUint64,
  type Quantity,
  storageSlot,
  uint64,
} from './values.ts'

const block = ['block', blockReference] as const
const optionalBlock = ['block', optionalBlockReference] as const
const blockHash = ['blockHash', hash] as const
const transactionHash = ['transactionHash', hash] as const
const transaction = ['transaction', transactionRequest] as const
const account = ['address', address] as const
const full = ['full', boolean.default(false)] as const
const index = ['index', uint64] as const
const filterId = ['filterId', z.string({ error: 'expected a filter id' }).max(66)] as const
const overrides = ['stateOverrides', stateOverrides] as const

const MAX_PERCENTILES = 100
const percentiles = listOf(
  z.number({ error: 'expected percentiles from 0 to 100' }).min(0).max(100),
  MAX_PERCENTILES,
).optional()

const MAX_PROOF_SLOTS = 1_024
const SUBSCRIPTIONS = ['newHeads', 'logs', 'newPendingTransactions', 'syncing'] as const

/** What can be subscribed to. */
export type SubscriptionKind = (typeof SUBSCRIPTIONS)[number]

/** The methods of an Ethereum node. */
export const eth = {
  eth_chainId: method().returns<Quantity>(),
  eth_protocolVersion: method().returns<Quantity>(),
  eth_syncing: method().returns<false>(),
  eth_blockNumber: method().returns<Quantity>(),

  eth_gasPrice: method().returns<Quantity>(),
  eth_maxPriorityFeePerGas: method().returns<Quantity>(),
  eth_baseFee: method().returns<Quantity>(),
  eth_blobBaseFee: method().returns<Quantity>(),
  eth_feeHistory: method(
    ['blockCount', looseUint64],
    ['newestBlock', blockReference],
    ['rewardPercentiles', percentiles],
  ).returns<RPCFeeHistory>(),

  eth_getBlockByHash: method(blockHash, full).returns<RPCBlock | null>(),
  eth_getBlockByNumber: method(block, full).returns<RPCBlock | null>(),
  eth_getBlockTransactionCountByHash: method(blockHash).returns<Quantity | null>(),
  eth_getBlockTransactionCountByNumber: method(block).returns<Quantity | null>(),
  eth_getUncleCountByBlockHash: method(blockHash).returns<Quantity | null>(),
  eth_getUncleCountByBlockNumber: method(block).returns<Quantity | null>(),
  eth_getUncleByBlockHashAndIndex: method(blockHash, index).returns<null>(),
  eth_getUncleByBlockNumberAndIndex: method(block, index).returns<null>(),
  eth_getBlockReceipts: method(block).returns<RPCReceipt[] | null>(),

  eth_getTransactionByHash: method(transactionHash).returns<RPCTransaction | null>(),
  eth_getTransactionByBlockHashAndIndex: method(blockHash, index).returns<RPCTransaction | null>(),
  eth_getTransactionByBlockNumberAndIndex: method(block, index).returns<RPCTransaction | null>(),
  eth_getRawTransactionByHash: method(transactionHash).returns<Hex | null>(),
  eth_getTransactionReceipt: method(transactionHash).returns<RPCReceipt | null>(),

  eth_getBalance: method(account, block).returns<Quantity>(),
  eth_getCode: method(account, block).returns<Hex>(),
  eth_getStorageAt: method(account, ['slot', storageSlot], block).returns<Hex>(),
  eth_getTransactionCount: method(account, block).returns<Quantity>(),
  eth_getProof: method(
    account,
    ['slots', listOf(storageSlotAsWritten(), MAX_PROOF_SLOTS)],
    block,
  ).returns<RPCProof>(),

  eth_call: method(transaction, block, overrides, [
    'blockOverrides',
    blockOverrides,
  ]).returns<Hex>(),
  eth_estimateGas: method(transaction, optionalBlock, overrides).returns<Quantity>(),
  eth_createAccessList: method(transaction, optionalBlock, overrides).returns<RPCAccessList>(),
  eth_fillTransaction: method(transaction).returns<RPCRawAndFields>(),

  eth_accounts: method().returns<Hex[]>(),
  eth_requestAccounts: method().returns<Hex[]>(),
  eth_coinbase: method().returns<Hex>(),
  eth_sendRawTransaction: method(['transaction', data]).returns<Hex>(),
  eth_sendTransaction: method(transaction).returns<Hex>(),
  eth_signTransaction: method(transaction).returns<RPCRawAndFields>(),
  eth_sign: method(account, ['message', data]).returns<Hex>(),
  eth_signTypedData_v4: method(account, ['typedData', typedData]).returns<Hex>(),
  personal_sign: method(['message', data], account, ['password', z.unknown()]).returns<Hex>(),

  eth_getLogs: method(['filter', logFilter]).returns<RPCLog[]>(),
  eth_newFilter: method(['filter', logFilter]).returns<Quantity>(),
  eth_newBlockFilter: method().returns<Quantity>(),
  eth_newPendingTransactionFilter: method().returns<Quantity>(),
  eth_getFilterChanges: method(filterId).returns<Hex[] | RPCLog[]>(),
  eth_getFilterLogs: method(filterId).returns<RPCLog[]>(),
  eth_uninstallFilter: method(filterId).returns<boolean>(),

  eth_subscribe: method(
    ['kind', z.enum(SUBSCRIPTIONS, { error: `expected one of ${SUBSCRIPTIONS.join(', ')}` })],
    ['options', z.union([logFilter, boolean]).optional()],
  ).returns<Hex>(),
  eth_unsubscribe: method(['subscription', z.string().max(66)]).returns<boolean>(),
}

/** A slot together with the text it was asked by, which the proof repeats. */
function storageSlotAsWritten() {
  return z.unknown().transform((text, context) => {
    const slot = storageSlot.safeParse(text)
    if (slot.success) return { slot: slot.data, key: text as Hex }
    context.issues.push({ code: 'custom', message: slot.error.issues[0]!.message, input: text })
    return z.NEVER
  }) as unknown as z.ZodType<{ slot: bigint; key: Hex }, Hex>
}
