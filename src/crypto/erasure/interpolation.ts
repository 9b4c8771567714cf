import { exponential, logarithm } from './galoisField.ts'

/**
 * The matrix that takes the values of a polynomial at the points `known` to its values at the points
 * `wanted`, by Lagrange's formula: a row for each wanted point, a column for each known one. The polynomial's
 * degree is below the number of known points. No point is twice among both.
 *
 * Shard i of the Vandermonde code of Backblaze and klauspost is the value at point i of the polynomial that the
 * data shards fix, so this one formula makes the code's parity rows and every matrix that repairs a loss.
 * It takes no elimination: sums of logarithms, one per pair of points.
 */
export function interpolationMatrix(
  known: readonly number[],
  wanted: readonly number[],
): Uint8Array[] {
  const weights = known.map((point) => logOfProduct(point, known))
  return wanted.map((target) => {
    const numerator = logOfProduct(target, known)
    return Uint8Array.from(known, (point, column) => {
      const denominator = logarithm(target ^ point) + weights[column]!
      return exponential(numerator - denominator + DENOMINATOR_BOUND)
    })
  })
}

/** A multiple of 255, the order of the generator, that no sum of two logarithms exceeds. */
const DENOMINATOR_BOUND = 2 * 255

/** The logarithm, 0 to 254, of the product of the differences to all other points. */
function logOfProduct(point: number, others: readonly number[]): number {
  let sum = 0
  for (const other of others) if (other !== point) sum += logarithm(point ^ other)
  return sum % 255
}
