import { GNX } from '../../protocol/params.ts'
import { ApiError } from '../errors.ts'
import { scaleQuantity, splitQuantity } from './quantity.ts'

const UNITS: Record<string, bigint> = { gnx: GNX, gwei: 10n ** 9n, wei: 1n }

/**
 * Reads an amount of coin such as `5000`, `5000 GNX`, `0.5gnx` or `3 gwei` into wei; GNX when no unit is
 * written. Throws `ApiError` with code `BAD_AMOUNT`.
 */
export function parseAmountWei(text: string): bigint {
  const quantity = splitQuantity(text)
  const unitSize = quantity && UNITS[quantity.unit || 'gnx']
  const wei = quantity && unitSize && scaleQuantity(quantity, unitSize)
  if (wei === undefined || wei === 0n) {
    throw new ApiError('BAD_AMOUNT', {
      message: `"${text}" is not an amount of GNX`,
      hint: 'Write a number above zero with at most 18 decimals, for example 5000, 0.5GNX or 1000 wei.',
      facts: { text },
    })
  }
  return wei
}

const GROUPS = /\B(?=(\d{3})+$)/g

/** Wei as GNX, exact: `5,000 GNX`, `0.0045 GNX`. */
export function formatAmount(wei: bigint): string {
  const sign = wei < 0n ? '-' : ''
  const size = wei < 0n ? -wei : wei
  const whole = (size / GNX).toString().replace(GROUPS, ',')
  const fraction = (size % GNX).toString().padStart(18, '0').replace(/0+$/, '')
  return `${sign}${whole}${fraction && `.${fraction}`} GNX`
}
