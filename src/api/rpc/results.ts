import type { Hex, Quantity } from './values.ts'

/** A block as `eth_getBlockBy…` shows it: Ethereum's fields and Genaro's two. */
export interface RPCBlock<Transaction = Hex | RPCTransaction> extends RPCHeader {
  size: Quantity
  transactions: Transaction[]
  uncles: Hex[]
  withdrawals?: RPCWithdrawal[]
}

/** A header as `newHeads` shows it. Hash, number and nonce are null for a pending block. */
export interface RPCHeader {
  hash: Hex
  parentHash: Hex
  sha3Uncles: Hex
  miner: Hex
  stateRoot: Hex
  transactionsRoot: Hex
  receiptsRoot: Hex
  logsBloom: Hex
  difficulty: Quantity
  number: Quantity
  gasLimit: Quantity
  gasUsed: Quantity
  timestamp: Quantity
  extraData: Hex
  mixHash: Hex
  nonce: Hex
  baseFeePerGas?: Quantity
  withdrawalsRoot?: Hex
  blobGasUsed?: Quantity
  excessBlobGas?: Quantity
  parentBeaconBlockRoot?: Hex
  requestsHash?: Hex
  /** The slot the block was made in. */
  slot: Quantity
  /** Inspections verified on this chain up to and including this block. */
  totalInspections: Quantity
}

/** A validator withdrawal (EIP-4895). */
export interface RPCWithdrawal {
  index: Quantity
  validatorIndex: Quantity
  address: Hex
  amount: Quantity
}

export interface RPCAccessListEntry {
  address: Hex
  storageKeys: Hex[]
}

/** An authorization to set an account's code (EIP-7702). */
export interface RPCAuthorization {
  chainId: Quantity
  address: Hex
  nonce: Quantity
  yParity: Quantity
  r: Quantity
  s: Quantity
}

/** An argument of a special transaction: numbers are quantities, structs objects. */
export type RPCArgument = Hex | string | boolean | RPCArgument[] | { [name: string]: RPCArgument }

/** A special transaction's kind and decoded arguments. */
export interface RPCSpecial {
  kind: number
  name: string
  /** The system contract and the function of it that is called. */
  contract: string
  method: string
  args: Record<string, RPCArgument>
}

/** A transaction without its place in a block; signature and hash are absent while it is unsigned. */
export interface RPCTransactionFields {
  hash?: Hex
  type: Quantity
  /** The special kind of a network transaction (type 0x60), absent from others. */
  kind?: Quantity
  nonce: Quantity
  gas: Quantity
  gasPrice?: Quantity
  maxFeePerGas?: Quantity
  maxPriorityFeePerGas?: Quantity
  to: Hex | null
  value: Quantity
  input: Hex
  chainId?: Quantity
  accessList?: RPCAccessListEntry[]
  authorizationList?: RPCAuthorization[]
  v?: Quantity
  yParity?: Quantity
  r?: Quantity
  s?: Quantity
}

/** A transaction with its sender and place; what places it is null while it waits in the pool. */
export interface RPCTransaction extends RPCTransactionFields {
  hash: Hex
  from: Hex
  blockHash: Hex | null
  blockNumber: Quantity | null
  blockTimestamp: Quantity | null
  transactionIndex: Quantity | null
  /** Present when it is of one of the special kinds, sent by a user or by the network. */
  special?: RPCSpecial
}

export interface RPCLog {
  address: Hex
  topics: Hex[]
  data: Hex
  blockHash: Hex
  blockNumber: Quantity
  blockTimestamp: Quantity
  transactionHash: Hex
  transactionIndex: Quantity
  logIndex: Quantity
  /** True when its block left the canonical chain. */
  removed: boolean
}

export interface RPCReceipt {
  type: Quantity
  status: Quantity
  transactionHash: Hex
  transactionIndex: Quantity
  blockHash: Hex
  blockNumber: Quantity
  from: Hex
  to: Hex | null
  contractAddress: Hex | null
  cumulativeGasUsed: Quantity
  gasUsed: Quantity
  effectiveGasPrice: Quantity
  logs: RPCLog[]
  logsBloom: Hex
  /** The special kind of a network transaction (type 0x60), absent from others. */
  kind?: Quantity
}

/** Fees of past blocks and of the next; `reward` has one row per block, one column per percentile. */
export interface RPCFeeHistory {
  oldestBlock: Quantity
  baseFeePerGas: Quantity[]
  gasUsedRatio: number[]
  baseFeePerBlobGas: Quantity[]
  blobGasUsedRatio: number[]
  reward?: Quantity[][]
}

/** The Merkle proof of an account and of some of its slots (EIP-1186). */
export interface RPCProof {
  address: Hex
  balance: Quantity
  codeHash: Hex
  nonce: Quantity
  storageHash: Hex
  accountProof: Hex[]
  storageProof: { key: Hex; value: Quantity; proof: Hex[] }[]
}

export interface RPCAccessList {
  accessList: RPCAccessListEntry[]
  gasUsed: Quantity
  /** Why the call failed, if it did. */
  error?: string
}

/** A transaction in its wire form and in fields. */
export interface RPCRawAndFields {
  raw: Hex
  tx: RPCTransactionFields
}

/** Waiting transactions by sender and nonce (in decimal). */
export type RPCByNonce<Item> = Record<string, Item>
export type RPCByAccount<Item> = Record<string, RPCByNonce<Item>>
