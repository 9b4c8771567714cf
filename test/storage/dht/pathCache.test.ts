import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { cachedLifeMs } from '../../../src/storage/dht/pathCache.ts'
import { storeProtocol } from '../../../src/storage/dht/storeProtocol.ts'
import {
  addJoined,
  addNode,
  createClock,
  heldBy,
  location,
  locations,
  nearestTo,
  startNetwork,
  type TestNode,
  until,
} from './network.ts'

const HOUR_MS = 3_600_000
const K = 3

describe('caching on the path (YP 2.7)', () => {
  test('lasts a day, halved for each node between the holder and the key', () => {
    assert.equal(cachedLifeMs(0), 24 * HOUR_MS)
    assert.equal(cachedLifeMs(1), 12 * HOUR_MS)
    assert.equal(cachedLifeMs(4), 1.5 * HOUR_MS)
    assert.equal(cachedLifeMs(200), 60_000)
  })

  test('leaves a copy at the nearest node that did not have the value', async (t) => {
    const clock = createClock()
    const between = await addNode(t, { k: K, now: clock.now })
    const asker = await addJoined(t, {
      k: K,
      now: clock.now,
      bootstrap: [between],
      host: { listen: [] },
    })
    const holder = await addNode(t, { k: K, now: clock.now })
    // A look-up only goes on to nodes nearer to the key than the one that named them.
    const record = locations([holder], 64).find(
      ({ key }) => nearestTo(key, [between, holder], 1)[0] === holder,
    )!
    assert.equal(await holder.dht.put(record), 0, 'it knows nobody yet')
    await holder.host.connect({ peerId: between.host.peerId, addresses: [between.address] })
    await until(() => between.dht.contacts().includes(holder.host.peerId))
    assert.equal(await heldBy(between, record), undefined)
    assert.deepEqual(await asker.dht.get(record.key), record.value)
    await until(async () => (await heldBy(between, record)) !== undefined)
    const copy = await heldBy(between, record)
    assert.equal(copy?.storedAt, clock.ms - 48 * HOUR_MS + cachedLifeMs(1))
  })

  test('is never republished', async (t) => {
    const clock = createClock()
    const [a, b] = (await startNetwork(t, 2, { k: K, now: clock.now })) as [TestNode, TestNode]
    const record = location(1, a.host.peerId)
    await storeProtocol.request(a.host, b.host.peerId, { ...record, isCached: true })
    clock.pass(HOUR_MS)
    assert.equal(await b.dht.duties.republish(), 0)
  })
})
