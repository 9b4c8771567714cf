import { randomBytes } from 'node:crypto'
import type { Quantity } from '../../../api/rpc/values.ts'
import { toQuantity } from '../format/hex.ts'

/** An id that others cannot guess, since whoever knows it may read and remove. */
export const randomId = (): Quantity =>
  toQuantity(BigInt(`0x${randomBytes(16).toString('hex')}`) | (1n << 127n))
