import { Address, hexToBytes, type PrefixedHexString } from '@ethereumjs/util'
import { z } from 'zod'
import { decoder } from './decoder.ts'

/** Bytes in hexadecimal with 0x before them. */
export type Hex = PrefixedHexString
/** A number in hexadecimal with 0x before it and no leading zero. */
export type Quantity = PrefixedHexString

const QUANTITY = /^0x(0|[1-9a-fA-F][0-9a-fA-F]{0,63})$/
const DATA = /^0x([0-9a-fA-F]{2})*$/
const ADDRESS = /^0x[0-9a-fA-F]{40}$/
const HASH = /^0x[0-9a-fA-F]{64}$/
const WORD = /^0x[0-9a-fA-F]{0,64}$/
const DIGITS = /^(0x[0-9a-fA-F]{1,64}|[0-9]{1,78})$/

const MAX_UINT64 = 2n ** 64n - 1n
const MAX_UINT256 = 2n ** 256n - 1n

const atMost = (value: bigint, max: bigint): bigint | undefined =>
  value <= max ? value : undefined

const readQuantity = (value: unknown, max: bigint): bigint | undefined =>
  typeof value === 'string' && QUANTITY.test(value) ? atMost(BigInt(value), max) : undefined

/** A number up to 256 bits. */
export const quantity = decoder<Quantity, bigint>(
  'a number in hexadecimal: 0x and no leading zeros',
  (value) => readQuantity(value, MAX_UINT256),
)

/** A number up to 64 bits: gas, nonces, times, block numbers. */
export const uint64 = decoder<Quantity, bigint>(
  'a number below 2^64 in hexadecimal: 0x and no leading zeros',
  (value) => readQuantity(value, MAX_UINT64),
)

/**
 * A number up to 64 bits as developers' tools write it: in hexadecimal, in decimal, or as a JSON
 * number, since ganache, the first to have the `evm_` methods, took all three.
 */
export const looseUint64 = decoder<Quantity | number | string, bigint>(
  'a whole number, decimal or in hexadecimal',
  (value) => {
    if (typeof value === 'number') {
      return Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : undefined
    }
    return typeof value === 'string' && DIGITS.test(value)
      ? atMost(BigInt(value), MAX_UINT64)
      : undefined
  },
)

/** Bytes of any length. */
export const data = decoder<Hex, Uint8Array>(
  'bytes in hexadecimal: 0x and an even number of digits',
  (value) => (typeof value === 'string' && DATA.test(value) ? hexToBytes(value as Hex) : undefined),
)

/** 20 bytes, in any capitalisation. */
export const address = decoder<Hex, Address>('an address: 0x and 40 hexadecimal digits', (value) =>
  typeof value === 'string' && ADDRESS.test(value)
    ? new Address(hexToBytes(value as Hex))
    : undefined,
)

/** 32 bytes. */
export const hash = decoder<Hex, Uint8Array>('a hash: 0x and 64 hexadecimal digits', (value) =>
  typeof value === 'string' && HASH.test(value) ? hexToBytes(value as Hex) : undefined,
)

/** A storage slot, written as a number or as up to 32 bytes. */
export const storageSlot = decoder<Hex, bigint>(
  'a storage slot: 0x and up to 64 hexadecimal digits',
  (value) =>
    typeof value === 'string' && WORD.test(value) ? BigInt(value === '0x' ? 0 : value) : undefined,
)

export const boolean = decoder<boolean, boolean>('true or false', (value) =>
  typeof value === 'boolean' ? value : undefined,
)

/** A list of at most `max` of something. */
export const listOf = <Item extends z.ZodType>(item: Item, max: number) =>
  z
    .array(item, { error: ({ input }) => `expected a list, got ${typeof input}` })
    .max(max, { error: `expected a list of at most ${max}` })
