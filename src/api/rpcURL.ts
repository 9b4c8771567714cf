import { ApiError } from './errors.ts'

/** Where a node started with `npm start` answers. */
export const DEFAULT_RPC_URL = 'http://127.0.0.1:8545'

/** An HTTP address of a node, checked. Throws `ApiError` with code `BAD_URL`. */
export function parseRPCURL(text: string): string {
  const url = URL.parse(text)
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new ApiError('BAD_URL', {
      message: `"${text}" is not the address of a node`,
      hint: `Pass an http or https URL, for example ${DEFAULT_RPC_URL}.`,
      facts: { text },
    })
  }
  return text
}
