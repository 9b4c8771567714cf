import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { P2PError } from '../../../src/p2p/errors.ts'
import { encodeStored, storedKey } from '../../../src/storage/dht/kadInternals.ts'
import { storeProtocol } from '../../../src/storage/dht/storeProtocol.ts'
import { heldBy, location, nearestTo, startNetwork, type TestNode } from './network.ts'

const K = 3

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
