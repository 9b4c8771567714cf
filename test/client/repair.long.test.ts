import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { listReplicasOfFile } from '../../src/api/actions/listReplicasOfFile.ts'
import { patternBytes, startTestNetwork } from './network.ts'
import { startNewcomer } from './repairNetwork.ts'

const CODE = { dataShards: 16, parityShards: 11 }
const SHARDS = 27

test('the 27 shards of 16+11 survive the loss of every farmer they were given to, one by one', async (t) => {
  const cleanUps: (() => unknown)[] = []
  t.after(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp()
  })
  const scope = { after: (cleanUp: () => unknown) => cleanUps.push(cleanUp) }
  const network = await startTestNetwork(scope)
  const bucketId = await network.buyBucket()
  let number = 0
  while (network.farmers.length < SHARDS) await startNewcomer(scope, network, ++number)
  const bytes = patternBytes(16 * 65_520, 61)
  const workDirectory = network.directory()
  const uploader = await network.client({ workDirectory, code: CODE })
  const { id } = await uploader.upload({ bytes, name: 'survivor' })
  await uploader.close()
  const originals = [...network.farmers]
  for (const farmer of originals) {
    await startNewcomer(scope, network, ++number)
    await farmer.stop()
    const bootstrap = network.farmers.slice(-SHARDS).flatMap((each) => each.addresses())
    const client = await network.client({ workDirectory, bootstrap })
    const result = await client.repair(id)
    assert.equal(result.isWhole, true)
    assert.equal(result.rebuiltCount, 1)
    await client.close()
  }
  const nodes = new Set(originals.map(({ node }) => node))
  const replicas = await listReplicasOfFile(network.provider, { bucketId, fileId: id })
  assert.ok(replicas.every(({ node }) => !nodes.has(node)))
  const bootstrap = network.farmers.slice(-SHARDS).flatMap((each) => each.addresses())
  const path = join(network.directory(), 'target')
  await (await network.client({ bootstrap })).download(id, path)
  assert.ok(Buffer.compare(readFileSync(path), bytes) === 0)
})
