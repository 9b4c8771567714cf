import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DHTError } from '../../../src/storage/dht/errors.ts'
import { storeProtocol } from '../../../src/storage/dht/storeProtocol.ts'
import { heldBy, location, locations, nearestTo, startNetwork, until } from './network.ts'

const K = 3

describe('look-up (YP 2.6)', () => {
  test('finds the k nodes nearest to a key, nearest first', async (t) => {
    const nodes = await startNetwork(t, 12, { k: K })
    for (const { key } of locations(nodes, 6)) {
      const asker = nodes[3]!
      const others = nodes.filter((node) => node !== asker)
      const expected = nearestTo(key, others, K).map(({ host }) => host.peerId)
      assert.deepEqual(await asker.dht.findNode(key), expected)
    }
  })

  test('stores at the k nodes nearest to the key, and says how many took it', async (t) => {
    const nodes = await startNetwork(t, 12, { k: K })
    for (const record of locations(nodes, 6)) {
      const publisher = nodes[5]!
      assert.equal(await publisher.dht.put(record), K)
      const others = nodes.filter((node) => node !== publisher)
      for (const node of nearestTo(record.key, others, K)) assert.ok(await heldBy(node, record))
    }
  })

  test('finds a value from every node, and nothing where nothing was stored', async (t) => {
    const nodes = await startNetwork(t, 8, { k: K })
    const record = location(1, nodes[0]!.host.peerId)
    await nodes[0]!.dht.put(record)
    for (const { dht } of nodes) assert.deepEqual(await dht.get(record.key), record.value)
    assert.equal(await nodes[4]!.dht.get(location(2, nodes[0]!.host.peerId).key), undefined)
  })

  test('with newest finds the newest of the holders, and corrects the others', async (t) => {
    const nodes = await startNetwork(t, 8, { k: K })
    const [old, young] = [1n, 2n].map((sequence) =>
      location(1, nodes[0]!.host.peerId, { sequence }),
    )
    const [holder, ...others] = nearestTo(old!.key, nodes, 8)
    const rest = others.slice(0, K - 1)
    const [asker, publisher] = [others.at(-1)!, others.at(-2)!]
    await publisher.dht.put(old!)
    await storeProtocol.request(asker.host, holder!.host.peerId, { ...young!, isCached: false })
    assert.deepEqual(await asker.dht.get(old!.key, { newest: true }), young!.value)
    for (const node of rest) {
      await until(async () => Buffer.compare((await heldBy(node, old!))!.value, young!.value) === 0)
    }
  })

  test('refuses to publish what is older than what the network holds, and learns the newer', async (t) => {
    const nodes = await startNetwork(t, 6, { k: K })
    const [old, young] = [1n, 2n].map((sequence) =>
      location(1, nodes[0]!.host.peerId, { sequence }),
    )
    await nodes[0]!.dht.put(young!)
    const outsider = nearestTo(old!.key, nodes.slice(1), 5).at(-1)!
    await assert.rejects(
      outsider.dht.put(old!),
      (error) => error instanceof DHTError && error.code === 'RECORD_STALE',
    )
    assert.deepEqual((await heldBy(outsider, old!))?.value, young!.value)
  })

  test('ends when its asker gives up', async (t) => {
    const [a] = await startNetwork(t, 3, { k: K })
    await assert.rejects(a!.dht.findNode(new Uint8Array(32), AbortSignal.abort()))
  })
})
