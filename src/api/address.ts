import { getAddress, isAddress } from 'ethers'
import { ApiError } from './errors.ts'

/** An address with its checksum (EIP-55). Throws `ApiError` with code `BAD_ADDRESS`, also on a wrong checksum. */
export function parseAddress(text: string): string {
  if (isAddress(text) && /^0x/i.test(text)) return getAddress(text)
  throw new ApiError('BAD_ADDRESS', {
    message: `"${text}" is not an address`,
    hint: 'An address is 0x and 40 hexadecimal digits; mixed case must match its checksum.',
    facts: { text },
  })
}
