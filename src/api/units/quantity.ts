/** A number with a unit as a person writes it, split and exact: `1.5 GB` is 15 tenths of a `gb`. */
export interface Quantity {
  /** The digits without the point. */
  digits: bigint
  /** How many of the digits stand behind the point. */
  decimals: number
  /** The unit in lower case; empty when none was written. */
  unit: string
}

const QUANTITY = /^(\d{1,30})(?:\.(\d{1,18}))?\s*([a-z]*)$/i

/** Splits a number and its unit; undefined when the text is anything else. Never rounds. */
export function splitQuantity(text: string): Quantity | undefined {
  const match = QUANTITY.exec(text.trim().replaceAll('_', ''))
  if (match === null) return undefined
  const [, whole = '', fraction = '', unit = ''] = match
  return { digits: BigInt(whole + fraction), decimals: fraction.length, unit: unit.toLowerCase() }
}

/** A quantity in its smallest unit; undefined when it is no whole number of them. */
export function scaleQuantity(
  { digits, decimals }: Quantity,
  unitSize: bigint,
): bigint | undefined {
  const scaled = digits * unitSize
  const divisor = 10n ** BigInt(decimals)
  return scaled % divisor === 0n ? scaled / divisor : undefined
}
