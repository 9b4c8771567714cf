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
  const logOfDifferences = differencesTo(known)
  const weights = known.map(logOfDifferences)
  return wanted.map((target) => {
    const numerator = logOfDifferences(target) + LOGARITHMS_BOUND
    const row = new Uint8Array(known.length)
    for (let column = 0; column < row.length; column++) {
      const denominator = logarithm(target ^ known[column]!) + weights[column]!
      row[column] = exponential(numerator - denominator)
    }
    return row
  })
}

/** The generator's order, the modulus of logarithms. */
const ORDER = 255

/** A multiple of the order that no sum of two logarithms exceeds. */
const LOGARITHMS_BOUND = 2 * ORDER

/**
 * Gives the logarithm of the product of the differences from a point to all others of `points`. The product over
 * the whole field is one, so it is the inverse of that over the points left out, if those are fewer.
 */
function differencesTo(points: readonly number[]): (point: number) => number {
  if (points.length <= 128) return (point) => logOfProduct(point, points)
  const isIn = new Set(points)
  const others = Array.from({ length: 256 }, (_, point) => point).filter((p) => !isIn.has(p))
  return (point) => (ORDER - logOfProduct(point, others)) % ORDER
}

function logOfProduct(point: number, others: readonly number[]): number {
  let sum = 0
  for (const other of others) if (other !== point) sum += logarithm(point ^ other)
  return sum % ORDER
}
