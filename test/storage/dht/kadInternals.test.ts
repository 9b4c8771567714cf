import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { KadDHT } from '@libp2p/kad-dht'
import { openRoutingTable } from '../../../src/storage/dht/kadInternals.ts'
import { heldBy, location, startNetwork, until } from './network.ts'

describe('what is used of the inside of @libp2p/kad-dht', () => {
  test('lists, drops, offers and announces contacts', async (t) => {
    const [a, b] = await startNetwork(t, 2)
    const [contact, ...others] = a!.table.contacts()
    assert.deepEqual(others, [])
    assert.equal(contact?.peerId.toString(), b!.host.peerId)
    assert.equal(contact?.kadId.length, 32)
    assert.deepEqual(a!.table.buckets().flat(), [contact])
    const added: string[] = []
    const stop = a!.table.onAdded((peerId) => added.push(peerId.toString()))
    await a!.table.remove(contact!.peerId)
    assert.deepEqual(a!.table.contacts(), [])
    a!.table.offer(contact!.peerId)
    await until(() => a!.table.contacts().length === 1)
    assert.deepEqual(added, [b!.host.peerId])
    stop()
  })

  test('keeps records where libp2p itself looks for them', async (t) => {
    const [a, b] = await startNetwork(t, 2)
    const record = location(1, a!.host.peerId)
    const { dht } = a!.host.libp2p.services
    for await (const _ of dht.put(record.key, record.value)) {
      // The events are libp2p's own business.
    }
    for (const node of [a!, b!]) {
      const held = await heldBy(node, record)
      assert.deepEqual(held?.key, record.key)
      assert.deepEqual(held?.value, record.value)
      assert.ok(Math.abs(held.storedAt - Date.now()) < 60_000)
    }
  })

  test('is refused at the start when it looks different', () => {
    for (const strange of [{}, { routingTable: {} }, { routingTable: { kb: { root: {} } } }]) {
      assert.throws(() => openRoutingTable(strange as KadDHT), { code: 'UNKNOWN_LIBRARY' })
    }
  })
})
