import { decoder } from './decoder.ts'

/** EIP-712 typed data: an object, or its JSON text as MetaMask sends it. */
export const typedData = decoder<object | string, Record<string, unknown>>(
  'EIP-712 typed data: an object with domain, types, primaryType and message',
  (value) => {
    const parsed = typeof value === 'string' ? parseJSON(value) : value
    return typeof parsed === 'object' && parsed !== null
      ? (parsed as Record<string, unknown>)
      : undefined
  },
)

function parseJSON(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
