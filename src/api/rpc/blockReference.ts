import { hexToBytes } from '@ethereumjs/util'
import { decoder } from './decoder.ts'
import type { Hex, Quantity } from './values.ts'

const TAGS = ['latest', 'pending', 'safe', 'finalized', 'earliest'] as const

export type BlockTag = (typeof TAGS)[number]

/** Which block is meant: by tag, by number on the canonical chain, or by hash (EIP-1898). */
export type BlockReference =
  | { tag: BlockTag }
  | { number: bigint }
  | { hash: Uint8Array; requireCanonical: boolean }

/** How a block is named in JSON. */
export type EncodedBlockReference =
  | BlockTag
  | Quantity
  | { blockNumber: Quantity }
  | { blockHash: Hex; requireCanonical?: boolean }

const NUMBER = /^0x(0|[1-9a-fA-F][0-9a-fA-F]{0,15})$/
const HASH = /^0x[0-9a-fA-F]{64}$/

export const LATEST: BlockReference = { tag: 'latest' }

function decodeText(text: string): BlockReference | undefined {
  if ((TAGS as readonly string[]).includes(text)) return { tag: text as BlockTag }
  if (NUMBER.test(text)) return { number: BigInt(text) }
  return HASH.test(text) ? { hash: hexToBytes(text as Hex), requireCanonical: false } : undefined
}

function decodeObject(fields: Record<string, unknown>): BlockReference | undefined {
  const { blockNumber, blockHash, requireCanonical = false } = fields
  if (typeof requireCanonical !== 'boolean') return undefined
  if (typeof blockNumber === 'string' && blockHash === undefined) {
    return NUMBER.test(blockNumber) ? { number: BigInt(blockNumber) } : undefined
  }
  if (typeof blockHash !== 'string' || blockNumber !== undefined) return undefined
  return HASH.test(blockHash) ? { hash: hexToBytes(blockHash as Hex), requireCanonical } : undefined
}

const EXPECTED =
  'a block: its number in hexadecimal, latest, pending, safe, finalized, earliest, ' +
  'or an object with blockNumber or blockHash'

/** Any block; `latest` when absent. */
export const blockReference = decoder<EncodedBlockReference | undefined, BlockReference>(
  EXPECTED,
  (value) => {
    if (value === undefined) return LATEST
    if (typeof value === 'string') return decodeText(value)
    return typeof value === 'object' && value !== null
      ? decodeObject(value as Record<string, unknown>)
      : undefined
  },
)

/** Any block, absent left absent: where a method has a better default than `latest`. */
export const optionalBlockReference = blockReference.optional()
