import { ApiError } from '../errors.ts'
import { scaleQuantity, splitQuantity } from './quantity.ts'

const UNITS: Record<string, bigint> = {
  b: 1n,
  byte: 1n,
  bytes: 1n,
  kb: 10n ** 3n,
  mb: 10n ** 6n,
  gb: 10n ** 9n,
  tb: 10n ** 12n,
  pb: 10n ** 15n,
  kib: 2n ** 10n,
  mib: 2n ** 20n,
  gib: 2n ** 30n,
  tib: 2n ** 40n,
  pib: 2n ** 50n,
}

/**
 * Reads a size such as `3GB`, `1.5 TB` or `512MiB` into bytes. A GB is 10^9 bytes, a GiB 2^30 (IEC 80000-13).
 * Throws `ApiError` with code `BAD_SIZE`.
 */
export function parseSizeBytes(text: string): bigint {
  const quantity = splitQuantity(text)
  const unitSize = quantity && UNITS[quantity.unit]
  const bytes = quantity && unitSize && scaleQuantity(quantity, unitSize)
  if (bytes === undefined || bytes === 0n) {
    throw new ApiError('BAD_SIZE', {
      message: `"${text}" is not a size`,
      hint: 'Write a number above zero and a unit, for example 3GB, 1.5TB or 512MiB.',
      facts: { text },
    })
  }
  return bytes
}

const SHOWN = ['PB', 'TB', 'GB', 'MB', 'kB'] as const

/** A size as people read it: `3 GB`, `1.5 TB`, `512 B`; at most three digits behind the point, rounded down. */
export function formatSize(bytes: bigint): string {
  const unit = SHOWN.find((name) => bytes >= UNITS[name.toLowerCase()]!)
  if (unit === undefined) return `${bytes} B`
  const thousandths = (bytes * 1000n) / UNITS[unit.toLowerCase()]!
  return `${Number(thousandths) / 1000} ${unit}`
}
