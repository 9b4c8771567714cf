import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { buildKernelModules, kernelModulesPath } from '../../../scripts/buildKernel.ts'
import { createErasureCode } from '../../../src/crypto/erasure/erasureCode.ts'
import {
  COEFFICIENTS_AT,
  createKernel,
  fastestKernel,
  WORKSPACE_AT,
} from '../../../src/crypto/erasure/kernel.ts'
import { product } from './scalarReference.ts'

test('the committed modules are what the sources compile to (see scripts/buildKernel.ts)', async () => {
  assert.equal(readFileSync(kernelModulesPath, 'utf8'), await buildKernelModules())
})

for (const name of ['standard', 'relaxed'] as const) {
  describe(`the ${name} kernel`, () => {
    const kernel = createKernel(name)
    const { bytes } = kernel

    test('multiplies all elements of the field', () => {
      for (let factor = 0; factor < 256; factor++) {
        bytes[COEFFICIENTS_AT] = factor
        for (let value = 0; value < 256; value++) bytes[WORKSPACE_AT + value] = value
        kernel.multiply(COEFFICIENTS_AT, 1, 1, WORKSPACE_AT, WORKSPACE_AT + 256, 256, 256)
        const products = bytes.slice(WORKSPACE_AT + 256, WORKSPACE_AT + 512)
        assert.deepEqual(
          products,
          Uint8Array.from({ length: 256 }, (_, v) => product(factor, v)),
        )
      }
    })

    test('sees a difference in any byte of the length and in none beyond', () => {
      const [a, b, length] = [WORKSPACE_AT, WORKSPACE_AT + 100, 37]
      bytes.fill(7, a, b + 100)
      bytes[b + length] = 8
      assert.equal(kernel.equal(a, b, length), true)
      for (let at = 0; at < length; at++) {
        bytes[b + at]! ^= 4
        assert.equal(kernel.equal(a, b, length), false, `byte ${at}`)
        bytes[b + at]! ^= 4
      }
    })

    test('works in the same 640 KiB however long the shards are', () => {
      const code = createErasureCode({ dataShards: 2, parityShards: 1, kernel })
      const data = [new Uint8Array(5_000_000).fill(1), new Uint8Array(5_000_000).fill(2)]
      const parity = new Uint8Array(5_000_000)
      code.encode(data, [parity])
      assert.equal(code.verify([...data, parity]), true)
      assert.equal(bytes.length, 640 * 1_024)
    })
  })
}

test('the relaxed kernel is taken where the engine has it, as this one does', () => {
  assert.equal(fastestKernel(), 'relaxed')
  assert.equal(createKernel().name, 'relaxed')
})

test('the erasure code imports nothing that a browser lacks', () => {
  const start = join(import.meta.dirname, '../../../src/crypto/erasure/erasureCode.ts')
  const seen = new Set<string>()
  const visit = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    for (const [, path] of readFileSync(file, 'utf8').matchAll(/from '([^']+)'/g)) {
      assert.match(path!, /^\.\.?\//, `${file} imports ${path}`)
      visit(join(dirname(file), path!))
    }
  }
  visit(start)
  assert.ok(seen.size > 8, `only ${seen.size} files seen`)
})
