import { COEFFICIENTS_AT, type Kernel } from './kernel.ts'

/** A matrix over GF(2^8) in the order in which the kernel reads its coefficients. */
export interface PackedMatrix {
  readonly rows: number
  readonly columns: number
  readonly coefficients: Uint8Array
}

/** Orders a matrix of equally long rows by groups of four rows, then two, then one; in a group by columns. */
export function packMatrix(matrix: readonly Uint8Array[]): PackedMatrix {
  const rows = matrix.length
  const columns = matrix[0]?.length ?? 0
  const coefficients = new Uint8Array(rows * columns)
  let at = 0
  for (let first = 0; first < rows; ) {
    const end = first + groupSize(rows - first)
    for (let column = 0; column < columns; column++) {
      for (let row = first; row < end; row++) coefficients[at++] = matrix[row]![column]!
    }
    first = end
  }
  return { rows, columns, coefficients }
}

const groupSize = (left: number): number => (left >= 4 ? 4 : left >= 2 ? 2 : 1)

/** Hands the matrix to the kernel for the multiplications that follow. */
export const loadMatrix = ({ bytes }: Kernel, { coefficients }: PackedMatrix): void =>
  bytes.set(coefficients, COEFFICIENTS_AT)
