import { hexToBytes } from '@ethereumjs/util'
import { z } from 'zod'
import { address, data, type Hex, hash, quantity, uint64 } from './values.ts'

const MAX_ACCOUNTS = 1_000
const MAX_SLOTS = 10_000

const mapOf = <Value extends z.ZodType>(value: Value, name: string, max: number) =>
  z
    .record(z.string(), value, { error: `expected an object with ${name}` })
    .refine((map) => Object.keys(map).length <= max, { error: `expected at most ${max} entries` })

const WORD = /^0x[0-9a-fA-F]{64}$/

const wordKeys = (map: Record<string, Uint8Array>, context: z.RefinementCtx) =>
  Object.entries(map).map(([key, value]): [slot: Uint8Array, value: Uint8Array] => {
    if (!WORD.test(key)) {
      context.addIssue({ code: 'custom', message: `expected slots of 32 bytes, got "${key}"` })
      return z.NEVER
    }
    return [hexToBytes(key as Hex), value]
  })

const slots = mapOf(hash, 'values of 32 bytes by slot', MAX_SLOTS).transform(wordKeys)

const accountOverride = z
  .object(
    {
      balance: quantity.optional(),
      nonce: uint64.optional(),
      code: data.optional(),
      /** Replaces all storage. */
      state: slots.optional(),
      /** Replaces single slots. */
      stateDiff: slots.optional(),
    },
    { error: 'expected an account override' },
  )
  .refine(({ state, stateDiff }) => !(state && stateDiff), {
    error: 'state and stateDiff cannot stand together',
  })

/** What an account is taken to be while a call runs. */
export type AccountOverride = z.output<typeof accountOverride>

/** Account overrides by address, as geth takes them for `eth_call` and `eth_estimateGas`. */
export const stateOverrides = mapOf(accountOverride, 'account overrides by address', MAX_ACCOUNTS)
  .transform((map, context) =>
    Object.entries(map).map(([key, override]) => {
      const parsed = address.safeParse(key)
      if (parsed.success) return { address: parsed.data, override }
      context.addIssue({ code: 'custom', message: `expected addresses as keys, got "${key}"` })
      return z.NEVER
    }),
  )
  .optional()

export type StateOverrides = NonNullable<z.output<typeof stateOverrides>>

/** A header field's replacement while a call runs, by geth's names. */
export const blockOverrides = z
  .object(
    {
      number: uint64.optional(),
      time: uint64.optional(),
      gasLimit: uint64.optional(),
      feeRecipient: address.optional(),
      prevRandao: hash.optional(),
      baseFeePerGas: quantity.optional(),
    },
    { error: 'expected an object with block overrides' },
  )
  .optional()

export type BlockOverrides = NonNullable<z.output<typeof blockOverrides>>
