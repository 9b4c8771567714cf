import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inverse, multiply } from '../../../src/crypto/erasure/galoisField.ts'
import { interpolationMatrix } from '../../../src/crypto/erasure/interpolation.ts'
import { product, scalarParityMatrix } from './scalarReference.ts'

test('multiplies as polynomials modulo 0x11d', () => {
  for (let a = 0; a < 256; a++) {
    for (let b = 0; b < 256; b++) assert.equal(multiply(a, b), product(a, b))
  }
})

test('every element but zero has an inverse', () => {
  for (let a = 1; a < 256; a++) assert.equal(product(a, inverse(a)), 1)
})

test('interpolating from the data points gives the rows of the Vandermonde code', () => {
  for (const [data, parity] of [
    [1, 3],
    [4, 2],
    [16, 11],
    [20, 20],
    [223, 32],
  ] as const) {
    const points = Array.from({ length: data + parity }, (_, point) => point)
    const matrix = interpolationMatrix(points.slice(0, data), points.slice(data))
    assert.deepEqual(
      matrix.map((row) => [...row]),
      scalarParityMatrix(data, parity),
    )
  }
})
