import type { Address } from '@ethereumjs/util'
import { z } from 'zod'
import { type BlockReference, LATEST, optionalBlockReference } from './blockReference.ts'
import { decoder } from './decoder.ts'
import { address, type Hex, hash } from './values.ts'

/** Which logs are meant: of which blocks, from which contracts, with which topics. */
export interface LogFilter {
  blocks: { from: BlockReference; to: BlockReference } | { hash: Uint8Array }
  /** Undefined: any address. */
  addresses: Address[] | undefined
  /** By position; undefined: any topic there. */
  topics: (Uint8Array[] | undefined)[]
}

const MAX_ADDRESSES = 1_000
const MAX_ALTERNATIVES = 1_000
const MAX_TOPICS = 4

/** One of something, a list of it, or null for any. */
const alternativesOf = <Output>(item: z.ZodType<Output, Hex>, name: string, max: number) =>
  decoder<Hex | Hex[] | null | undefined, { any: Output[] | undefined }>(
    `${name}, a list of at most ${max}, or null`,
    (value) => {
      if (value === null || value === undefined) return { any: undefined }
      const list = Array.isArray(value) ? value : [value]
      if (list.length > max) return undefined
      const items = list.map((entry) => item.safeParse(entry))
      if (!items.every((parsed) => parsed.success)) return undefined
      return { any: items.length === 0 ? undefined : items.map((parsed) => parsed.data) }
    },
  ).transform(({ any }) => any)

const topics = z
  .array(alternativesOf(hash, 'a topic of 32 bytes', MAX_ALTERNATIVES), {
    error: 'expected a list of topics',
  })
  .max(MAX_TOPICS, { error: `expected at most ${MAX_TOPICS} topics, as many as a log has` })

const fields = z.object(
  {
    fromBlock: optionalBlockReference.nullish(),
    toBlock: optionalBlockReference.nullish(),
    blockHash: hash.nullish(),
    address: alternativesOf(address, 'an address', MAX_ADDRESSES).optional(),
    topics: topics.nullish(),
  },
  { error: 'expected a filter object' },
)

/** The filter object of `eth_getLogs`, `eth_newFilter` and `eth_subscribe`. */
export const logFilter = fields.transform((request, context): LogFilter => {
  const { fromBlock, toBlock, blockHash } = request
  const shared = { addresses: request.address, topics: request.topics ?? [] }
  if (!blockHash) {
    return { blocks: { from: fromBlock ?? LATEST, to: toBlock ?? LATEST }, ...shared }
  }
  if (fromBlock || toBlock) {
    const message = 'blockHash cannot stand together with fromBlock or toBlock'
    context.issues.push({ code: 'custom', message, input: request })
    return z.NEVER
  }
  return { blocks: { hash: blockHash }, ...shared }
})
