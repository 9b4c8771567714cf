import { z } from 'zod'

const MAX_SHOWN = 66

/** A value as an error message shows it: short, on one line, whatever it is. */
export function showValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = typeof value === 'string' ? `"${value.slice(0, MAX_SHOWN + 1)}"` : showOther(value)
  return text.length > MAX_SHOWN + 2 ? `${text.slice(0, MAX_SHOWN)}…` : text
}

const showOther = (value: unknown): string =>
  Array.isArray(value)
    ? `a list of ${value.length}`
    : typeof value === 'object' && value !== null
      ? 'an object'
      : String(value)

/**
 * A schema made of one function, which returns undefined for what it refuses. `expected` completes
 * the sentence "expected …".
 */
export const decoder = <Input, Output>(
  expected: string,
  decode: (value: unknown) => Output | undefined,
): z.ZodType<Output, Input> =>
  z.unknown().transform((input, context): Output => {
    const decoded = decode(input)
    if (decoded !== undefined) return decoded
    context.issues.push({
      code: 'custom',
      message: `expected ${expected}, got ${showValue(input)}`,
      input,
    })
    return z.NEVER
  }) as unknown as z.ZodType<Output, Input>
// The cast narrows what the schema says it takes from `unknown` to `Input`, for clients.
