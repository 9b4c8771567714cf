import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { segmentBytesFor } from '../../../src/protocol/fileLayoutShape.ts'
import { findDamage, isRecoverable } from '../../../src/storage/repair/findDamage.ts'

const shapeOf = (plaintextBytes: number) => ({
  plaintextBytes,
  dataShards: 4,
  parityShards: 2,
  segmentBytes: segmentBytesFor(4, 65_536),
})

describe('the damage of a file', () => {
  test('is nothing while every shard has a replica', () => {
    assert.deepEqual(
      findDamage(shapeOf(1_000_000), () => true),
      [],
    )
  })

  test('is told by segment, with what is left and what is needed', () => {
    const [damage, ...others] = findDamage(
      shapeOf(600_000),
      (segment, shard) => segment !== 1 || shard > 1,
    )
    assert.deepEqual(damage, { segment: 1, lost: [0, 1], found: 4, needed: 4 })
    assert.deepEqual(others, [])
  })

  test('is beyond repair with more shards lost than there is parity', () => {
    const [damage] = findDamage(shapeOf(200_000), (_, shard) => shard > 2)
    assert.equal(isRecoverable(damage!), false)
  })

  test('does not count shards of no bytes as lost', () => {
    // One cell: three of the four data shards hold nothing.
    const [damage] = findDamage(shapeOf(10), () => false)
    assert.deepEqual(damage!.lost, [0, 4, 5])
    assert.equal(damage!.found, 3)
    assert.equal(isRecoverable(damage!), false)
  })
})
