import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { raceShards, type ShardRace } from '../../src/client/raceShards.ts'

const bytes = (shard: number): Uint8Array => Uint8Array.of(shard)

/** A race over 4+2 shards, of which some fail and some never answer. */
function race(options: Partial<ShardRace> & { fail?: number[]; stall?: number[] }) {
  const { fail = [], stall = [], ...rest } = options
  const asked: number[] = []
  const result = raceShards({
    wanted: [0, 1, 2, 3],
    spare: [4, 5],
    needed: 4,
    hedgeMs: 20,
    async read(shard, signal) {
      asked.push(shard)
      if (fail.includes(shard)) throw new Error(`shard ${shard} failed`)
      if (stall.includes(shard)) {
        await new Promise((_, reject) => signal.addEventListener('abort', reject))
      }
      return bytes(shard)
    },
    ...rest,
  })
  return { asked, result }
}

const keys = (shards: Map<number, Uint8Array>): number[] => [...shards.keys()].sort()

describe('racing shards', () => {
  test('asks nobody but those wanted while they answer', async () => {
    const { asked, result } = race({})
    assert.deepEqual(keys((await result).shards), [0, 1, 2, 3])
    assert.deepEqual(asked, [0, 1, 2, 3])
  })

  test('takes a spare for each that fails', async () => {
    const { asked, result } = race({ fail: [1, 3] })
    assert.deepEqual(keys((await result).shards), [0, 2, 4, 5])
    assert.equal(asked.length, 6)
  })

  test('takes spares for those that are slow', async () => {
    const { result } = race({ stall: [0, 2] })
    assert.deepEqual(keys((await result).shards), [1, 3, 4, 5])
  })

  test('of one wanted shard it reads as many others as rebuild it, once it fails', async () => {
    const { asked, result } = race({ wanted: [0], spare: [1, 2, 3, 4, 5], fail: [0] })
    assert.deepEqual(keys((await result).shards), [1, 2, 3, 4])
    assert.deepEqual(asked, [0, 1, 2, 3, 4])
  })

  test('counts shards that are known without reading', async () => {
    const { result } = race({ wanted: [0], spare: [4, 5], known: 3, fail: [0] })
    assert.deepEqual(keys((await result).shards), [4])
  })

  test('does not wait for the doubtful, and asks them last', async () => {
    const { asked, result } = race({ isDoubtful: (shard) => shard === 0 })
    assert.deepEqual(keys((await result).shards), [1, 2, 3, 4])
    assert.ok(!asked.includes(0))
    const desperate = race({ isDoubtful: (shard) => shard === 0, fail: [4, 5] })
    assert.deepEqual(keys((await desperate.result).shards), [0, 1, 2, 3])
  })

  test('gives what there is when too many fail', async () => {
    const { result } = race({ fail: [0, 1, 2] })
    const { shards, failures } = await result
    assert.deepEqual(keys(shards), [3, 4, 5])
    assert.equal(failures.length, 3)
  })

  test('ends with its signal', async () => {
    const stop = new AbortController()
    const { result } = race({ stall: [0, 1, 2, 3, 4, 5], signal: stop.signal })
    stop.abort()
    await assert.rejects(result, { code: 'ABORTED' })
  })
})
