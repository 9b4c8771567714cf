import type { Hex, Quantity } from '../../../api/rpc/values.ts'

/** A number as JSON-RPC writes it: hexadecimal without leading zeros. */
export const toQuantity = (value: bigint | number): Quantity => `0x${value.toString(16)}`

/** Bytes as JSON-RPC writes them. */
export const toHex = (bytes: Uint8Array): Hex =>
  `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`

/** A number as 32 bytes. */
export const toWord = (value: bigint): Hex => `0x${value.toString(16).padStart(64, '0')}`
