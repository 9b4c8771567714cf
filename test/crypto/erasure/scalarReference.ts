/**
 * Reed-Solomon as its textbook definition has it, one byte at a time, sharing nothing with the code under test:
 * a Vandermonde matrix, made systematic by the inverse of its upper square.
 */
export function scalarParity(data: readonly Uint8Array[], parityShards: number): Uint8Array[] {
  const matrix = scalarParityMatrix(data.length, parityShards)
  return matrix.map((row) =>
    data[0]!.map((_, at) => sum(row.map((factor, column) => product(factor, data[column]![at]!)))),
  )
}

/** The rows of the systematic matrix that make parity. */
export function scalarParityMatrix(dataShards: number, parityShards: number): number[][] {
  const vandermonde = range(dataShards + parityShards).map((row) =>
    range(dataShards).map((column) => power(row, column)),
  )
  const upperInverse = inverseOf(vandermonde.slice(0, dataShards))
  return vandermonde
    .slice(dataShards)
    .map((row) =>
      range(dataShards).map((column) =>
        sum(row.map((factor, at) => product(factor, upperInverse[at]![column]!))),
      ),
    )
}

/** Multiplies polynomials over GF(2) and reduces by 0x11d, bit by bit. */
export function product(a: number, b: number): number {
  let result = 0
  for (let factor = a, bits = b; bits > 0; bits >>= 1) {
    if ((bits & 1) === 1) result ^= factor
    factor = factor < 128 ? factor << 1 : (factor << 1) ^ 0x11d
  }
  return result
}

const power = (base: number, exponent: number): number =>
  range(exponent).reduce((result) => product(result, base), 1)

const quotient = (a: number, b: number): number => range(256).find((q) => product(q, b) === a)!

const sum = (values: number[]): number => values.reduce((total, value) => total ^ value, 0)

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

/** Gauss-Jordan elimination. */
function inverseOf(matrix: number[][]): number[][] {
  const size = matrix.length
  const rows = matrix.map((row, at) => [...row, ...range(size).map((column) => +(column === at))])
  for (let column = 0; column < size; column++) {
    const pivot = rows.findIndex((row, at) => at >= column && row[column] !== 0)
    const [swapped, chosen] = [rows[column]!, rows[pivot]!]
    rows[pivot] = swapped
    const reciprocal = quotient(1, chosen[column]!)
    const unit = chosen.map((value) => product(value, reciprocal))
    rows[column] = unit
    for (const [at, row] of rows.entries()) {
      const factor = row[column]!
      if (at === column || factor === 0) continue
      rows[at] = row.map((value, index) => value ^ product(factor, unit[index]!))
    }
  }
  return rows.map((row) => row.slice(size))
}
