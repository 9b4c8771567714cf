import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createClock, startNetwork, until } from './network.ts'

const HOUR_MS = 3_600_000

describe('node status (YP 2.4)', () => {
  test('a contact that is dead leaves within an hour, and the living stay', async (t) => {
    const clock = createClock()
    const nodes = await startNetwork(t, 6, { now: clock.now })
    const [watcher, victim] = [nodes[0]!, nodes[5]!]
    await until(() => watcher.dht.contacts().length === 5)
    await victim.stop()
    await until(() => !watcher.host.connectedPeers().includes(victim.host.peerId))
    assert.equal(await watcher.dht.duties.evictSilent(), 0)
    assert.ok(watcher.dht.contacts().includes(victim.host.peerId))
    clock.pass(HOUR_MS)
    assert.equal(await watcher.dht.duties.evictSilent(), 1)
    assert.equal(watcher.dht.contacts().includes(victim.host.peerId), false)
    assert.equal(watcher.dht.contacts().length, 4)
  })

  test('a contact that fails two look-ups in a row leaves at once', async (t) => {
    const nodes = await startNetwork(t, 5)
    const [asker, victim] = [nodes[0]!, nodes[4]!]
    await until(() => asker.dht.contacts().length === 4)
    await victim.stop()
    await until(() => !asker.host.connectedPeers().includes(victim.host.peerId))
    await until(async () => {
      await asker.dht.findNode(victim.host.libp2p.peerId.toMultihash().bytes)
      return !asker.dht.contacts().includes(victim.host.peerId)
    })
  })

  test('a bucket holds no more than k contacts', async (t) => {
    const nodes = await startNetwork(t, 12, { k: 1 })
    for (const { table } of nodes) {
      assert.ok(table.contacts().length > 0)
      for (const bucket of table.buckets()) assert.ok(bucket.length <= 1)
    }
  })
})
