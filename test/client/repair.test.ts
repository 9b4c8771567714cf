import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { listReplicasOfFile } from '../../src/api/actions/listReplicasOfFile.ts'
import type { Client } from '../../src/client/createClient.ts'
import { patternBytes, startTestNetwork, type TestNetwork } from './network.ts'
import { startNewcomer } from './repairNetwork.ts'

const SHARD_BYTES = 2 * 65_536
const cleanUps: (() => unknown)[] = []
const scope = { after: (cleanUp: () => unknown) => cleanUps.push(cleanUp) }

describe('repair by the owner', () => {
  let network: TestNetwork
  let bucketId: string
  before(async () => {
    network = await startTestNetwork(scope)
    bucketId = await network.buyBucket()
  })
  after(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp()
  })

  async function expectWhole(client: Client, id: string, bytes: Uint8Array): Promise<void> {
    const path = join(network.directory(), 'target')
    await client.download(id, path)
    assert.ok(Buffer.compare(readFileSync(path), bytes) === 0)
  }

  test('a file survives the loss of every farmer it was given to, one by one', async () => {
    const bytes = patternBytes(5 * SHARD_BYTES + 17, 31)
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
    await expectWhole(reader, id, bytes)
    assert.equal((await reader.repair(id)).missing.length, 0)
  })
})
