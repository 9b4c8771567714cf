import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Wallet } from 'ethers'
import { getBucket } from '../../src/api/actions/getBucket.ts'
import { listReplicasOfFile } from '../../src/api/actions/listReplicasOfFile.ts'
import { nameSteward } from '../../src/api/actions/nameSteward.ts'
import { registerReplicas } from '../../src/api/actions/registerReplicas.ts'
import { releaseReplicas } from '../../src/api/actions/releaseReplicas.ts'
import { createHost } from '../../src/p2p/createHost.ts'
import { signPeerGrant } from '../../src/storage/shardProtocol/peerGrant.ts'
import { makeReplica, nowInSeconds, store } from '../storage/farmer/network.ts'
import { startLiar } from './liars.ts'
import { patternBytes } from './network.ts'
import { createRepairBench, startNewcomer } from './repairNetwork.ts'

describe('a repair among liars and losses', () => {
  const bench = createRepairBench()

  test('replaces what a lying steward registered, which costs readers nothing', async () => {
    const { network, bucketId, scope } = bench
    const bytes = patternBytes(4 * 65_520, 51)
    const { id } = await (await network.client()).upload({ bytes, name: 'lied about' })
    const steward = new Wallet(network.node.devnet!.accounts[3]!.privateKey, network.provider)
    await nameSteward(network.signer, { bucketId, steward: steward.address })
    const { chainId } = await network.provider.getNetwork()
    const host = await createHost({ listen: [] })
    scope.after(() => host.stop())
    const nowSeconds = nowInSeconds()
    const grant = await signPeerGrant(steward, { peerId: host.peerId, chainId, nowSeconds })
    const { endTime } = await getBucket(network.provider, { id: bucketId })
    const replicas = await listReplicasOfFile(network.provider, { bucketId, fileId: id })
    const lies = replicas.filter(({ shardIndex }) => shardIndex === 0n || shardIndex === 5n)
    for (const { shardIndex, node, leafCount } of lies) {
      const farmer = network.farmers.find((each) => each.node === node)!
      const replica = makeReplica({ bucketId, bucketEndTime: endTime }, farmer, {
        leaves: Number(leafCount),
        fileId: id,
        shardIndex,
      })
      const signature = await store({ host, grant }, farmer, replica)
      await registerReplicas(steward, { offers: [{ offer: replica.offer, signature }] })
    }
    await releaseReplicas(steward, { ids: lies.map((replica) => replica.id) })
    await bench.expectWhole(await network.client(), id, bytes)

    await startNewcomer(scope, network, 1)
    await startNewcomer(scope, network, 2)
    const result = await (await network.client()).repair(id)
    assert.equal(result.isWhole, true)
    assert.deepEqual(result.missing.map(({ reason, shard }) => [reason, shard]).sort(), [
      ['wrong', 0],
      ['wrong', 5],
    ])
    assert.equal(result.rebuiltCount, 2)
    await bench.expectWhole(await network.client(), id, bytes)
  })

  test('takes a farmer that serves garbage for one that lost it', async () => {
    const { network, bucketId } = bench
    const bytes = patternBytes(300_000, 52)
    const { id } = await (await network.client()).upload({ bytes, name: 'garbled' })
    const replicas = await listReplicasOfFile(network.provider, { bucketId, fileId: id })
    const victim = network.farmers
      .slice(0, 6)
      .findIndex(({ node }) => replicas.some((replica) => replica.node === node))
    const { node } = network.farmers[victim]!
    await network.farmers[victim]!.stop()
    const liar = await startLiar(victim, {
      read: async (stream) => {
        await stream.read()
        await stream.read()
        await stream.write(Uint8Array.of(1), new Uint8Array(3 * 1_024 + 32 * 20))
      },
    })
    const client = await network.client({
      bootstrap: [...network.addresses(), ...liar.addresses()],
    })
    const result = await client.repair(id)
    await liar.stop()
    assert.equal(result.isWhole, true)
    assert.ok(result.missing.length > 0)
    assert.ok(result.missing.every((each) => each.node === node && each.reason === 'lost'))
    await bench.expectWhole(await network.client(), id, bytes)
  })

  test('tells what is missing when too much of it is, and ends no contract', async () => {
    const { network, bucketId } = bench
    const { id } = await (await network.client()).upload({
      bytes: patternBytes(4 * 65_520, 53),
      name: 'gone',
    })
    const client = await network.client()
    await client.openFile(id).then((file) => file.close())
    const replicas = await listReplicasOfFile(network.provider, { bucketId, fileId: id })
    const holders = replicas.filter(({ shardIndex }) => shardIndex < 3n)
    for (const { node } of holders) {
      await network.farmers.find((farmer) => farmer.node === node)!.stop()
    }
    const result = await client.repair(id)
    assert.equal(result.isWhole, false)
    assert.deepEqual(result.lostSegments, [{ segment: 0, lost: [0, 1, 2], found: 3, needed: 4 }])
    const left = await listReplicasOfFile(network.provider, { bucketId, fileId: id })
    const content = left.filter(({ shardIndex }) => shardIndex < 256n)
    assert.equal(content.length, 6)
  })
})
