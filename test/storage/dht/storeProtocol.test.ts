import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { storeProtocol } from '../../../src/storage/dht/storeProtocol.ts'
import { heldBy, location, startNetwork, type TestNode } from './network.ts'

const K = 3

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
