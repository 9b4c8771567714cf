import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freeBytes } from '../../src/util/freeBytes.ts'

test('frees the whole buffer that bytes are a part of, and no second time', () => {
  const bytes = new Uint8Array(1 << 20)
  const part = bytes.subarray(10, 20)
  freeBytes(part)
  assert.equal(bytes.buffer.detached, true)
  freeBytes(part)
  freeBytes(bytes)
})

test('gives memory back without the collector', () => {
  const bytes = new Uint8Array(64 << 20)
  const before = process.memoryUsage().arrayBuffers
  freeBytes(bytes)
  assert.ok(before - process.memoryUsage().arrayBuffers >= 64 << 20)
})

test("leaves the memory of Node's pool and shared memory alone", () => {
  const pooled = Buffer.from('a few bytes')
  freeBytes(pooled)
  assert.equal(pooled.toString(), 'a few bytes')
  const shared = new Uint8Array(new SharedArrayBuffer(1 << 20)).fill(7)
  freeBytes(shared)
  assert.equal(shared[9], 7)
})
