import { bytesToHex, hexToBytes } from '@ethereumjs/util'
import { Wallet } from 'ethers'
import { ApiError } from '../../api/errors.ts'

/** The account's key in `GENARO_KEY`, 32 bytes. Throws `ApiError`: `NO_ACCOUNT`, `BAD_KEY`. */
export function readAccountKey(text: string | undefined = process.env.GENARO_KEY): Uint8Array {
  if (!text) {
    throw new ApiError('NO_ACCOUNT', {
      message: 'A farmer signs for itself, and GENARO_KEY holds no private key',
      hint: 'Set it to the key of an account with 5,000 GNX to stake, and a little for gas.',
    })
  }
  const digits = text.trim().replace(/^0x/i, '')
  try {
    const key = /^[0-9a-f]{64}$/i.test(digits) ? hexToBytes(`0x${digits}`) : undefined
    if (key !== undefined && new Wallet(bytesToHex(key)).address) return key
  } catch {
    // Told below, without the value: it may be a real key with a slip in it.
  }
  throw new ApiError('BAD_KEY', {
    message: 'GENARO_KEY does not hold a private key',
    hint: 'Set it to 64 hexadecimal digits, with or without 0x.',
  })
}
