import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createClock, heldBy, location, locations, nearestTo, startNetwork } from './network.ts'

const HOUR_MS = 3_600_000
const K = 3

describe('redistribution (YP 2.9)', () => {
  test('every hour brings each value to the k nodes that are nearest now', async (t) => {
    const clock = createClock()
    const nodes = await startNetwork(t, 10, { k: K, now: clock.now })
    const records = locations(nodes, 8)
    for (const [i, record] of records.entries()) await nodes[i % 10]!.dht.put(record)
    const dead = nodes.splice(7)
    await Promise.all(dead.map((node) => node.stop()))
    clock.pass(HOUR_MS)
    for (const { dht } of nodes) await dht.duties.evictSilent()
    for (const { dht } of nodes) await dht.duties.republish()
    for (const record of records) {
      for (const node of nearestTo(record.key, nodes, K)) assert.ok(await heldBy(node, record))
    }
  })

  test('who was given a value within the hour stays silent: one of the holders is enough', async (t) => {
    const clock = createClock()
    const nodes = await startNetwork(t, 4, { k: 5, now: clock.now })
    const records = locations(nodes, 5)
    for (const record of records) await nodes[0]!.dht.put(record)
    const republishAll = async (): Promise<number> => {
      let total = 0
      for (const { dht } of nodes) total += await dht.duties.republish()
      return total
    }
    assert.equal(await republishAll(), 0, 'stored just now')
    clock.pass(HOUR_MS)
    assert.equal(await republishAll(), records.length)
    clock.pass(HOUR_MS)
    assert.equal(await republishAll(), records.length)
  })

  test('needs no look-up where the buckets were refreshed', async (t) => {
    const clock = createClock()
    const nodes = await startNetwork(t, 4, { k: 5, now: clock.now })
    const holder = nodes[0]!
    for (const record of locations(nodes, 5)) await holder.dht.put(record)
    const { dht } = holder.host.libp2p.services
    const lookUp = dht.getClosestPeers.bind(dht)
    let lookups = 0
    dht.getClosestPeers = (...input) => {
      lookups++
      return lookUp(...input)
    }
    clock.pass(HOUR_MS)
    await holder.dht.duties.refreshBuckets()
    lookups = 0
    assert.equal(await holder.dht.duties.republish(), 5)
    assert.equal(lookups, 0)
    clock.pass(HOUR_MS)
    assert.equal(await holder.dht.duties.republish(), 5)
    assert.ok(lookups > 0, 'an hour later the buckets are stale')
  })

  test('does not prolong a record: it ends at the expiry that was signed', async (t) => {
    const clock = createClock()
    const nodes = await startNetwork(t, 4, { k: K, now: clock.now })
    const record = location(1, nodes[0]!.host.peerId, {
      expiry: BigInt(Math.floor(clock.ms / 1_000) + 5_000),
    })
    await nodes[0]!.dht.put(record)
    clock.pass(HOUR_MS)
    for (const { dht } of nodes) await dht.duties.republish()
    assert.deepEqual(await nodes[1]!.dht.get(record.key), record.value)
    clock.pass(HOUR_MS)
    for (const { dht } of nodes)
      assert.equal(await dht.get(record.key, { newest: true }), undefined)
  })
})
