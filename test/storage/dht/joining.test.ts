import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
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

/** Has every node know every other. */
async function acquaint(nodes: readonly TestNode[]): Promise<void> {
  for (const { host, table, dht } of nodes) {
    const others = nodes.filter((node) => node.host !== host)
    for (const other of others) {
      await host.connect({ peerId: other.host.peerId, addresses: [other.address] })
    }
    await until(async () => {
      await dht.duties.offer()
      return table.contacts().length === others.length
    })
  }
}

async function knows({ dht }: TestNode, other: TestNode): Promise<boolean> {
  await dht.duties.offer()
  return dht.contacts().includes(other.host.peerId)
}

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
    const node = await addJoined(t, { k: K, bootstrap: [nodes[0]!] })
    for (const neighbour of nearestTo(node.host.libp2p.peerId.toMultihash().bytes, nodes, K)) {
      await until(() => knows(node, neighbour))
      await until(() => knows(neighbour, node))
    }
  })

  test('a newcomer is given the values it is near to, each by one node only', async (t) => {
    const nodes = await startNetwork(t, 6, { k: K })
    await acquaint(nodes)
    const records = locations(nodes, 12)
    for (const record of records) {
      const [asker, ...holders] = nearestTo(record.key, nodes, 6).toReversed()
      for (const { host } of holders.slice(-K)) {
        await storeProtocol.request(asker!.host, host.peerId, { ...record, isCached: false })
      }
    }
    for (const { dht } of nodes) await dht.duties.handOver()
    const newcomer = await addJoined(t, { k: K, bootstrap: [nodes[0]!] })
    await acquaint([...nodes, newcomer])
    const near = records.filter(({ key }) =>
      nearestTo(key, [...nodes, newcomer], K).includes(newcomer),
    )
    assert.ok(near.length > 0)
    // A contact is announced a little after it stands in the table.
    let handed = 0
    await until(async () => {
      for (const { dht } of nodes) handed += await dht.duties.handOver()
      return handed >= near.length
    })
    for (const record of near) assert.ok(await heldBy(newcomer, record))
    for (const { dht } of nodes) handed += await dht.duties.handOver()
    assert.equal(handed, near.length)
  })

  test('a lone node hands on what it published as soon as it meets others', async (t) => {
    const nodes = await startNetwork(t, 4, { k: K })
    const loner = await addNode(t, { k: K })
    const record = location(1, loner.host.peerId)
    assert.equal(await loner.dht.put(record), 0)
    await loner.host.connect({ peerId: nodes[0]!.host.peerId, addresses: [nodes[0]!.address] })
    await acquaint([...nodes, loner])
    await loner.dht.duties.handOver()
    for (const node of nearestTo(record.key, [...nodes, loner], K)) {
      assert.ok(await heldBy(node, record))
    }
  })
})
