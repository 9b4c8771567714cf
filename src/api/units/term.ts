import { DAY_SECONDS, MONTH_SECONDS } from '../../protocol/params.ts'
import { ApiError } from '../errors.ts'
import { scaleQuantity, splitQuantity } from './quantity.ts'

const HOUR_SECONDS = 3_600n
const YEAR_SECONDS = 365n * DAY_SECONDS

const UNITS: Record<string, bigint> = {
  s: 1n,
  sec: 1n,
  second: 1n,
  seconds: 1n,
  min: 60n,
  minute: 60n,
  minutes: 60n,
  h: HOUR_SECONDS,
  hour: HOUR_SECONDS,
  hours: HOUR_SECONDS,
  d: DAY_SECONDS,
  day: DAY_SECONDS,
  days: DAY_SECONDS,
  w: 7n * DAY_SECONDS,
  week: 7n * DAY_SECONDS,
  weeks: 7n * DAY_SECONDS,
  month: MONTH_SECONDS,
  months: MONTH_SECONDS,
  y: YEAR_SECONDS,
  year: YEAR_SECONDS,
  years: YEAR_SECONDS,
}

/**
 * Reads a term such as `90d`, `3months` or `1 year` into seconds. A month is the paper's 30 days, a year
 * 365. Throws `ApiError` with code `BAD_TERM`.
 */
export function parseTermSeconds(text: string): bigint {
  const quantity = splitQuantity(text)
  const unitSize = quantity && UNITS[quantity.unit]
  const seconds = quantity && unitSize && scaleQuantity(quantity, unitSize)
  if (seconds === undefined || seconds === 0n) {
    throw new ApiError('BAD_TERM', {
      message: `"${text}" is not a term`,
      hint: 'Write a number above zero and a unit, for example 90d, 12h, 3months or 1year.',
      facts: { text },
    })
  }
  return seconds
}

/** A term as people read it, in its two largest units, rounded down: `90 days`, `1 day 6 hours`, `42 seconds`. */
export function formatTerm(seconds: bigint): string {
  const parts: string[] = []
  let rest = seconds
  for (const unit of ['day', 'hour', 'minute', 'second']) {
    const count = rest / UNITS[unit]!
    rest %= UNITS[unit]!
    if (count > 0n) parts.push(`${count} ${unit}${count === 1n ? '' : 's'}`)
  }
  return parts.slice(0, 2).join(' ') || '0 seconds'
}
