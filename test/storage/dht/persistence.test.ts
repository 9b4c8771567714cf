import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { createNodeKey } from '../../../src/p2p/nodeKey.ts'
import { location, startNetwork, startNode, type TestNode, until } from './network.ts'

describe('the routing table', () => {
  test('is there again after a restart without any bootstrap node, and so are the values', async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'genaro-dht-'))
    t.after(() => rm(directory, { recursive: true, force: true }))
    const nodes = await startNetwork(t, 4)
    const host = { directory, nodeKey: createNodeKey() }
    const before = await startNode({ bootstrap: [nodes[0]!], host })
    await until(() => before.dht.contacts().length > 0)
    await before.dht.join()
    await until(() => before.dht.contacts().length === 4)
    const record = location(1, before.host.peerId)
    await before.dht.put(record)
    await before.stop()
    const after = await startNode({ host })
    t.after(() => after.stop())
    assert.equal(after.host.peerId, before.host.peerId)
    await until(() => after.dht.contacts().length === 4)
    assert.deepEqual(await after.dht.get(record.key), record.value)
  })

  test('of two halves that dropped each other becomes one again', async (t) => {
    const nodes = await startNetwork(t, 6)
    const halves = [nodes.slice(0, 3), nodes.slice(3)] as const
    const peerIds = (half: readonly TestNode[]) => half.map(({ host }) => host.peerId)
    for (const [own, other] of [halves, halves.toReversed()] as (readonly [
      TestNode[],
      TestNode[],
    ])[]) {
      for (const node of own) {
        for (const stranger of other) {
          await node.host.libp2p.hangUp(stranger.host.libp2p.peerId)
          await node.table.remove(stranger.host.libp2p.peerId)
        }
      }
    }
    const crossings = (): number =>
      halves[0].flatMap(({ dht }) => dht.contacts()).filter((id) => peerIds(halves[1]).includes(id))
        .length
    assert.equal(crossings(), 0)
    await until(async () => {
      for (const { dht } of nodes) await dht.duties.merge()
      return crossings() > 0
    })
    for (const { dht } of nodes) await dht.join()
    await until(() => crossings() === 9)
  })
})
