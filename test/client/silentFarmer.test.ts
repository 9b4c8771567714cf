import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { listReplicasOfFile } from '../../src/api/actions/listReplicasOfFile.ts'
import { findFile } from '../../src/client/findFile.ts'
import { openContext } from '../../src/client/openContext.ts'
import { createSegmentReader } from '../../src/client/segmentReader.ts'
import { createFileLayout } from '../../src/protocol/fileLayout.ts'
import { encodeShardIndex } from '../../src/protocol/replicaContract.ts'
import { startLiar } from './liars.ts'
import { patternBytes, startTestNetwork, TEST_SEED } from './network.ts'

test('a farmer that keeps a read open without a leaf is blamed before the read fails', async (context) => {
  const network = await startTestNetwork({ after: (cleanUp) => context.after(cleanUp) })
  await network.buyBucket()
  const workDirectory = network.directory()
  const uploader = await network.client({ workDirectory })
  const { id, bucketId } = await uploader.upload({ bytes: patternBytes(600_000), name: 'file' })
  await uploader.close()

  const { provider, signer } = network
  const all = await listReplicasOfFile(provider, { bucketId, fileId: id })
  const silentNode = all.find(({ shardIndex }) => shardIndex === encodeShardIndex(0, 0))!.node
  const index = network.farmers.findIndex(({ node }) => node === silentNode)
  await network.farmers[index]!.stop()
  const liar = await startLiar(index, {
    read: async (stream) => {
      await stream.read()
      await sleep(60_000, undefined, { ref: false })
    },
  })
  context.after(() => liar.stop())
  const bootstrap = [...network.addresses(), ...liar.addresses()]
  const { context: client, release } = await openContext(
    { provider, signer, masterSeed: TEST_SEED, workDirectory, bootstrap },
    provider,
  )
  context.after(release)
  const { manifest, secrets, replicas } = await findFile(client, id)
  const segment = createFileLayout(manifest.shape).segment(0)
  const options = {
    context: client,
    fileId: id,
    manifest,
    secrets,
    segment,
    replicas: replicas.get(0)!,
  }
  const reader = createSegmentReader(options)
  assert.equal(client.farmers.failuresOf(silentNode), 0)
  const shards = await reader.readStripes({ firstStripe: 0, stripeCount: 1, wanted: [0] })
  assert.ok(shards.has(0))
  assert.ok(client.farmers.failuresOf(silentNode) > 0)
})
