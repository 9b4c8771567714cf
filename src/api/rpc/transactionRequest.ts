import type { AccessList } from '@ethereumjs/tx'
import type { Address, EOACode7702AuthorizationListItem } from '@ethereumjs/util'
import { bytesToHex, equalsBytes } from '@ethereumjs/util'
import { z } from 'zod'
import { address, data, hash, listOf, quantity, uint64 } from './values.ts'

const MAX_ACCESS_LIST = 4_096
const MAX_AUTHORIZATIONS = 1_024

const signatureNumber = quantity.transform((value) => `0x${value.toString(16)}` as const)

const accessListEntry = z
  .object({ address, storageKeys: listOf(hash, MAX_ACCESS_LIST) })
  .transform((entry) => ({
    address: entry.address.toString(),
    storageKeys: entry.storageKeys.map(bytesToHex),
  }))

const authorization = z
  .object({
    chainId: signatureNumber,
    address: address.transform((value) => value.toString()),
    nonce: uint64.transform((value) => `0x${value.toString(16)}` as const),
    yParity: signatureNumber,
    r: signatureNumber,
    s: signatureNumber,
  })
  .transform((fields): EOACode7702AuthorizationListItem => fields)

const fields = z.object(
  {
    from: address.nullish(),
    to: address.nullish(),
    gas: uint64.nullish(),
    gasPrice: quantity.nullish(),
    maxFeePerGas: quantity.nullish(),
    maxPriorityFeePerGas: quantity.nullish(),
    value: quantity.nullish(),
    input: data.nullish(),
    data: data.nullish(),
    nonce: uint64.nullish(),
    chainId: quantity.nullish(),
    type: quantity.nullish(),
    accessList: listOf(accessListEntry, MAX_ACCESS_LIST).nullish(),
    authorizationList: listOf(authorization, MAX_AUTHORIZATIONS).nullish(),
    blobVersionedHashes: z.unknown().optional(),
    blobs: z.unknown().optional(),
    maxFeePerBlobGas: z.unknown().optional(),
  },
  { error: 'expected a transaction object' },
)

/** What a caller says about a transaction or call; the node fills in the rest. */
export interface TransactionRequest {
  from?: Address
  /** Absent: a contract creation. */
  to?: Address
  gas?: bigint
  gasPrice?: bigint
  maxFeePerGas?: bigint
  maxPriorityFeePerGas?: bigint
  value?: bigint
  data?: Uint8Array
  nonce?: bigint
  chainId?: bigint
  type?: bigint
  accessList?: AccessList
  authorizationList?: EOACode7702AuthorizationListItem[]
}

type Fields = z.output<typeof fields>

/** Network transactions (SPEC 4). */
const NETWORK_TYPE = 0x60n

/** The first rule the fields break together, if any. */
function conflictOf(request: Fields): string | undefined {
  const { input, data, gasPrice, maxFeePerGas, maxPriorityFeePerGas: tip } = request
  const isBlob = request.blobVersionedHashes ?? request.blobs ?? request.maxFeePerBlobGas
  if (isBlob != null || request.type === 3n) return 'blob transactions are not supported'
  if (request.type === NETWORK_TYPE) {
    return 'network transactions (type 0x60) have no gas to estimate and no sender to call from; sign them and send them raw'
  }
  if (input && data && !equalsBytes(input, data)) {
    return 'both "data" and "input" are set and not equal; set one of them'
  }
  if (gasPrice != null && (maxFeePerGas != null || tip != null)) {
    return 'both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) are set; set one kind of fee'
  }
  if (maxFeePerGas != null && tip != null && tip > maxFeePerGas) {
    return `maxPriorityFeePerGas (${tip}) is higher than maxFeePerGas (${maxFeePerGas})`
  }
  return undefined
}

const isSet = ([, value]: [string, unknown]): boolean => value !== undefined && value !== null

/**
 * A transaction or call object. `input` and `data` are one field with two names: Foundry sends both,
 * so equal ones are accepted. Unknown fields are ignored, as in geth.
 */
export const transactionRequest = fields.transform((request, context): TransactionRequest => {
  const conflict = conflictOf(request)
  if (conflict !== undefined) {
    context.issues.push({ code: 'custom', message: conflict, input: request })
    return z.NEVER
  }
  const { input, data, blobVersionedHashes, blobs, maxFeePerBlobGas, ...rest } = request
  const merged = { ...rest, data: input ?? data }
  return Object.fromEntries(Object.entries(merged).filter(isSet)) as TransactionRequest
})
