import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import {
  addJoined,
  location,
  startNetwork,
  type TestNode,
  type TestNodeOptions,
} from './network.ts'

/** What was found after nodes had died and others had come. */
export interface ChurnOutcome {
  values: { asked: number; found: number }
  nodes: { asked: number; found: number }
}

/**
 * Stores values in a network, kills 30 % of the nodes without warning, lets as many new ones join, lets the
 * duties of one hour pass, and looks for every value and every node from random places.
 */
export async function churn(
  t: TestContext,
  { size, values, k }: { size: number; values: number; k: number },
): Promise<ChurnOutcome> {
  let clock = Date.now()
  const now = (): number => clock
  const nodes = await startNetwork(t, size, { now, k })
  const records = Array.from({ length: values }, (_, i) =>
    location(i, nodes[i % size]!.host.peerId),
  )
  for (const [i, record] of records.entries()) await nodes[i % size]!.dht.put(record)

  const dead = nodes.splice(size - Math.floor(size * 0.3))
  await Promise.all(dead.map((node) => node.stop()))
  await joinAnew(t, nodes, dead.length, { now, k })

  clock += 3_600_000
  for (const node of nodes) await node.dht.duties.evictSilent()
  for (const node of nodes) {
    await node.dht.duties.handOver()
    await node.dht.duties.refreshBuckets()
  }
  for (const node of nodes) await node.dht.duties.republish()

  return { values: await findValues(nodes, records), nodes: await findNodes(nodes) }
}

async function joinAnew(
  t: TestContext,
  nodes: TestNode[],
  count: number,
  options: TestNodeOptions,
): Promise<void> {
  for (let i = 0; i < count; i++) {
    nodes.push(await addJoined(t, { ...options, bootstrap: [nodes[i % nodes.length]!] }))
  }
}

async function findValues(nodes: readonly TestNode[], records: ReturnType<typeof location>[]) {
  let found = 0
  for (const [i, { key, value }] of records.entries()) {
    const asker = nodes[(i * 7 + 3) % nodes.length]!
    const answer = await asker.dht.get(key)
    if (answer !== undefined) {
      assert.deepEqual(answer, value)
      found++
    }
  }
  return { asked: records.length, found }
}

/** Asks for each node by its own id, from another one: it must come first. */
async function findNodes(nodes: readonly TestNode[]) {
  let found = 0
  for (const [i, node] of nodes.entries()) {
    const asker = nodes[(i * 11 + 5) % nodes.length]!
    if (asker === node) {
      found++
      continue
    }
    const [first] = await asker.dht.findNode(node.host.libp2p.peerId.toMultihash().bytes)
    if (first === node.host.peerId) found++
  }
  return { asked: nodes.length, found }
}
