import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { listReplicasOfFile } from '../../src/api/actions/listReplicasOfFile.ts'
import { isManifestShard } from '../../src/protocol/manifestShard.ts'
import { patternBytes } from './network.ts'
import { createRepairBench, startNewcomer } from './repairNetwork.ts'

const SHARD_BYTES = 65_536
const SEGMENT_BYTES = 4 * 65_520

describe('repair by the owner', () => {
  const bench = createRepairBench()

  test('that was broken off is gone on with, without what a killed run left behind', async () => {
    const { network, bucketId, scope } = bench
    const workDirectory = network.directory()
    const segments = 5
    const bytes = patternBytes(segments * SEGMENT_BYTES, 71)
    const uploader = await network.client({ maxShardBytes: SHARD_BYTES })
    const { id } = await uploader.upload({ bytes, name: 'half repaired' })
    const before = await listReplicasOfFile(network.provider, { bucketId, fileId: id })
    const replicaBytes = Number(before.find(({ shardIndex }) => shardIndex === 0n)!.sizeBytes)
    const newcomer = await startNewcomer(scope, network, 100)
    await network.farmers.shift()!.stop()

    const first = await network.client({ workDirectory })
    const stop = new AbortController()
    await assert.rejects(
      first.repair(id, {
        signal: stop.signal,
        onProgress: ({ sentBytes }) => sentBytes > 2.5 * replicaBytes && stop.abort(),
      }),
      { code: 'ABORTED' },
    )
    await first.close()
    assert.deepEqual(leftOver(workDirectory, 'segments'), [])
    const [journal] = leftOver(workDirectory, 'repairs')
    const abandoned = join(workDirectory, journal!, `../../segments/repair-${bucketId}-${id}/99`)
    mkdirSync(abandoned, { recursive: true })
    writeFileSync(join(abandoned, 'shard-0'), 'left by a killed run')

    const second = await network.client({ workDirectory })
    const result = await second.repair(id)
    assert.equal(result.isWhole, true)
    assert.equal(result.rebuiltCount, segments)
    const now = await listReplicasOfFile(network.provider, { bucketId, fileId: id })
    const made = now.filter(({ node }) => node === newcomer.node)
    assert.equal(made.filter(({ shardIndex }) => !isManifestShard(shardIndex)).length, segments)
    const manifest = now.find(({ shardIndex }) => isManifestShard(shardIndex))!
    // What was under way when it broke off may be sent twice.
    const mostBytes = (segments + 1) * replicaBytes + Number(manifest.sizeBytes)
    assert.ok(newcomer.status().receivedBytes <= mostBytes)
    assert.deepEqual(leftOver(workDirectory, 'repairs'), [])
    assert.deepEqual(leftOver(workDirectory, 'segments'), [])
    assert.equal((await second.repair(id)).missing.length, 0)
  })

  test('keeps a file through the loss of every farmer it was given to, one by one', async () => {
    const { network, bucketId, scope } = bench
    const bytes = patternBytes(SEGMENT_BYTES + 17, 31)
    const { id } = await (await network.client({ maxShardBytes: SHARD_BYTES })).upload({
      bytes,
      name: 'survivor',
    })
    const originals = [...network.farmers]
    const workDirectory = network.directory()
    for (const [number, farmer] of originals.entries()) {
      await startNewcomer(scope, network, number + 1)
      await farmer.stop()
      const client = await network.client({ workDirectory })
      const result = await client.repair(id)
      assert.equal(result.isWhole, true)
      assert.ok(result.rebuiltCount > 0)
      assert.equal(result.manifestCount, 3)
      assert.ok(result.missing.every(({ node }) => node === farmer.node))
      await client.close()
    }
    const nodes = new Set(originals.map(({ node }) => node))
    const replicas = await listReplicasOfFile(network.provider, { bucketId, fileId: id })
    assert.ok(replicas.every(({ node }) => !nodes.has(node)))
    for (const segment of [0n, 1n]) {
      const holders = replicas.filter(({ shardIndex }) => shardIndex / 256n === segment)
      assert.equal(new Set(holders.map(({ node }) => node)).size, holders.length)
    }
    // On a new machine, which knows no more than the seed.
    const reader = await network.client()
    await bench.expectWhole(reader, id, bytes)
    assert.equal((await reader.repair(id)).missing.length, 0)
  })
})

/** What stands in a folder of the work directory, whichever chain and account it is for. */
const leftOver = (workDirectory: string, folder: string): string[] =>
  readdirSync(workDirectory, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.includes(`/${folder}/`),
  )
