import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { P2PError } from '../../../src/p2p/errors.ts'
import { DHTError } from '../../../src/storage/dht/errors.ts'
import { encodeStored, storedKey } from '../../../src/storage/dht/kadInternals.ts'
import { cachedLifeMs } from '../../../src/storage/dht/pathCache.ts'
import { storeProtocol } from '../../../src/storage/dht/storeProtocol.ts'
import {
  heldBy,
  location,
  nearestTo,
  startNetwork,
  startNode,
  type TestNode,
  type TestNodeOptions,
  until,
} from './network.ts'

const HOUR_MS = 3_600_000
const K = 3

/** A clock that starts now and is moved by hand. */
function createClock() {
  const clock = { ms: Date.now(), now: () => clock.ms, pass: (ms: number) => (clock.ms += ms) }
  return clock
}

async function addNode(t: TestContext, options: TestNodeOptions): Promise<TestNode> {
  const node = await startNode({ k: K, ...options })
  t.after(() => node.stop())
  return node
}

async function joined(t: TestContext, options: TestNodeOptions): Promise<TestNode> {
  const node = await addNode(t, options)
  await until(() => node.dht.contacts().length > 0)
  await node.dht.duties.handOver()
  return node
}

const values = (nodes: readonly TestNode[], count: number) =>
  Array.from({ length: count }, (_, i) => location(i, nodes[i % nodes.length]!.host.peerId))

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

describe('the four requests (YP 2.5)', () => {
  test('PING, STORE, FIND_NODE and FIND_VALUE are answered', async (t) => {
    const [a, b] = (await startNetwork(t, 2, { k: K })) as [TestNode, TestNode]
    assert.ok((await a.host.libp2p.services.ping.ping(b.host.libp2p.peerId)) >= 0)
    const record = location(1, a.host.peerId)
    assert.deepEqual(
      await storeProtocol.request(a.host, b.host.peerId, { ...record, isCached: false }),
      {
        newer: undefined,
      },
    )
    assert.deepEqual((await heldBy(b, record))?.value, record.value)
    assert.deepEqual(await a.dht.findNode(record.key), [b.host.peerId])
    assert.equal(await heldBy(a, record), undefined)
    assert.deepEqual(await a.dht.get(record.key), record.value)
  })
})

describe('look-up (YP 2.6)', () => {
  test('finds the k nodes nearest to a key, nearest first', async (t) => {
    const nodes = await startNetwork(t, 12, { k: K })
    for (const { key } of values(nodes, 6)) {
      const asker = nodes[3]!
      const others = nodes.filter((node) => node !== asker)
      const expected = nearestTo(key, others, K).map(({ host }) => host.peerId)
      assert.deepEqual(await asker.dht.findNode(key), expected)
    }
  })

  test('stores at the k nodes nearest to the key, and says how many took it', async (t) => {
    const nodes = await startNetwork(t, 12, { k: K })
    for (const record of values(nodes, 6)) {
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

describe('caching on the path (YP 2.7)', () => {
  test('lasts a day, halved for each node between the holder and the key', () => {
    assert.equal(cachedLifeMs(0), 24 * HOUR_MS)
    assert.equal(cachedLifeMs(1), 12 * HOUR_MS)
    assert.equal(cachedLifeMs(4), 1.5 * HOUR_MS)
    assert.equal(cachedLifeMs(200), 60_000)
  })

  test('leaves a copy at the nearest node that did not have the value', async (t) => {
    const clock = createClock()
    const between = await addNode(t, { now: clock.now })
    const asker = await joined(t, { now: clock.now, bootstrap: [between], host: { listen: [] } })
    const holder = await addNode(t, { now: clock.now })
    // A look-up only goes on to nodes nearer to the key than the one that named them.
    const record = values([holder], 64).find(
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

describe('refresh and joining (YP 2.8)', () => {
  test('a bucket without a look-up for an hour gets one, a fresh one does not', async (t) => {
    const clock = createClock()
    const nodes = await startNetwork(t, 10, { k: K, now: clock.now })
    const { duties } = nodes[0]!.dht
    assert.equal(await duties.refreshBuckets(), 0)
    clock.pass(HOUR_MS)
    assert.ok((await duties.refreshBuckets()) > 0)
    assert.equal(await duties.refreshBuckets(), 0)
  })

  test('a node that joins comes to know its neighbours, and they it', async (t) => {
    const nodes = await startNetwork(t, 10, { k: K })
    const node = await joined(t, { bootstrap: [nodes[0]!] })
    for (const neighbour of nearestTo(node.host.libp2p.peerId.toMultihash().bytes, nodes, K)) {
      await until(() => node.dht.contacts().includes(neighbour.host.peerId))
      await until(() => neighbour.dht.contacts().includes(node.host.peerId))
    }
  })

  test('a newcomer is given the values it is near to, each by one node only', async (t) => {
    const nodes = await startNetwork(t, 6, { k: K })
    const records = values(nodes, 12)
    for (const [i, record] of records.entries()) await nodes[i % 6]!.dht.put(record)
    const newcomer = await joined(t, { bootstrap: [nodes[0]!] })
    for (const node of nodes) {
      await until(() => node.dht.contacts().includes(newcomer.host.peerId))
    }
    let handed = 0
    for (const node of nodes) handed += await node.dht.duties.handOver()
    const all = [...nodes, newcomer]
    const near = records.filter(({ key }) => nearestTo(key, all, K).includes(newcomer))
    assert.ok(near.length > 0)
    for (const record of near) assert.ok(await heldBy(newcomer, record))
    assert.equal(handed, near.length)
  })

  test('a lone node hands on what it published as soon as it meets others', async (t) => {
    const nodes = await startNetwork(t, 4, { k: K })
    const loner = await addNode(t, {})
    const record = location(1, loner.host.peerId)
    assert.equal(await loner.dht.put(record), 0)
    await loner.host.connect({ peerId: nodes[0]!.host.peerId, addresses: [nodes[0]!.address] })
    await until(() => loner.dht.contacts().length > 0)
    await loner.dht.duties.handOver()
    for (const node of nearestTo(record.key, [...nodes, loner], K)) {
      assert.ok(await heldBy(node, record))
    }
  })
})

describe('redistribution (YP 2.9)', () => {
  test('every hour brings each value to the k nodes that are nearest now', async (t) => {
    const clock = createClock()
    const nodes = await startNetwork(t, 10, { k: K, now: clock.now })
    const records = values(nodes, 8)
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
    const records = values(nodes, 5)
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
    for (const record of values(nodes, 5)) await holder.dht.put(record)
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

describe('hostile nodes', () => {
  test('a forged record is refused, and costs its sender points', async (t) => {
    const [a, b] = (await startNetwork(t, 2, { k: K })) as [TestNode, TestNode]
    const { key } = location(1, a.host.peerId)
    const { value } = location(2, a.host.peerId)
    await assert.rejects(
      storeProtocol.request(a.host, b.host.peerId, { key, value, isCached: false }),
      (error) => error instanceof P2PError && error.facts.code === 'BAD_RECORD',
    )
    assert.equal(await heldBy(b, { key }), undefined)
    assert.ok(b.host.scores.score(a.host.peerId) < -30)
  })

  test('a holder that lies hides no value and gives no false one', async (t) => {
    const nodes = await startNetwork(t, 8, { k: K })
    const record = location(1, nodes[0]!.host.peerId)
    await nodes[0]!.dht.put(record)
    const [liar] = nearestTo(record.key, nodes.slice(1), K)
    const forged = {
      key: record.key,
      value: location(2, liar!.host.peerId).value,
      storedAt: Date.now(),
    }
    await liar!.datastore.put(storedKey(record.key), encodeStored(forged))
    const asker = nearestTo(record.key, nodes.slice(1), 7).at(-1)!
    assert.deepEqual(await asker.dht.get(record.key), record.value)
    assert.deepEqual(await asker.dht.get(record.key, { newest: true }), record.value)
  })
})
