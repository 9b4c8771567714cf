import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { extractShard } from '../../src/spor/extract.ts'
import { bytesNamed } from './inspectionBench.ts'
import { bytes, leafReader, replicaOf } from './replicas.ts'

describe('a replica of 32 MiB of shard', () => {
  test('gives it back without any 4 % of its leaves, and tells when a third is gone', async () => {
    const shard = bytes(32 * 2 ** 20)
    const { layout, secrets, replica, leafHashes, commitment } = await replicaOf(shard)
    const draws = bytesNamed('which leaves are lost', layout.leafCount)
    const extract = (missingOf256: number): Promise<Uint8Array> => {
      const lost = new Set<number>()
      for (const [leaf, draw] of draws.entries()) if (draw < missingOf256) lost.add(leaf)
      const readLeaves = leafReader(replica, lost)
      return extractShard({ layout, secrets, readLeaves, hashes: { leafHashes, commitment } })
    }
    assert.ok(Buffer.from(await extract(11)).equals(shard))
    await assert.rejects(extract(86), { code: 'TOO_MANY_LOST' })
  })
})
