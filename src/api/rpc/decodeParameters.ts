import type { z } from 'zod'
import { invalidParams } from './errors.ts'
import type { RPCParameter } from './method.ts'

const NONE: unknown[] = []

/**
 * Decodes what a caller sent as `params`. Absent trailing parameters and null count as not given.
 * Throws `RPCError` INVALID_PARAMS that names the parameter and says what was expected.
 */
export function decodeParameters(parameters: readonly RPCParameter[], sent: unknown): unknown[] {
  const values = sent === undefined || sent === null ? NONE : sent
  if (!Array.isArray(values)) throw invalidParams('Invalid params: expected a list')
  if (values.length > parameters.length) {
    throw invalidParams(
      `Invalid params: expected at most ${parameters.length}, got ${values.length}`,
    )
  }
  return parameters.length === 0
    ? NONE
    : parameters.map(([name, schema], at) => decodeParameter(name, schema, values[at], at))
}

function decodeParameter(name: string, schema: z.ZodType, value: unknown, at: number): unknown {
  const parsed = schema.safeParse(value ?? undefined)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const path = (issue?.path ?? []).map((key) =>
    typeof key === 'number' ? `[${key}]` : `.${String(key).slice(0, 66)}`,
  )
  throw invalidParams(
    `Invalid params: params[${at}] (${name}${path.join('')}): ${issue?.message ?? 'not valid'}`,
  )
}
