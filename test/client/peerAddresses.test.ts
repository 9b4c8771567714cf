import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { bytesToHex } from '@ethereumjs/util'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { memory } from '@libp2p/memory'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { plaintext } from '@libp2p/plaintext'
import { createPeerAddresses, type PeerAddresses } from '../../src/client/peerAddresses.ts'
import { createHost } from '../../src/p2p/createHost.ts'
import type { Host } from '../../src/p2p/host.ts'
import { signPeerRecord } from '../../src/p2p/peerRecord.ts'
import { openRoutingTable } from '../../src/storage/dht/kadInternals.ts'
import { peerRecordToDHT } from '../../src/storage/dht/record.ts'
import { createRecordReader } from '../../src/storage/dht/recordReader.ts'
import { createRecordRules } from '../../src/storage/dht/recordRules.ts'
import { account, accountKey, chain, startNode, type TestNode } from '../storage/dht/network.ts'

const nodeKey = await generateKeyPair('secp256k1')
const farmer = { account: bytesToHex(account), peerId: peerIdFromPrivateKey(nodeKey).toString() }
const FIRST = ['/ip4/192.0.2.1/tcp/1']
const SECOND = ['/ip4/192.0.2.2/tcp/2']

describe("a farmer's addresses", () => {
  const nodes: TestNode[] = []
  let host: Host
  let time = 0
  before(async () => {
    for (let count = 0; count < 3; count++) {
      nodes.push(await startNode({ bootstrap: nodes.slice(0, 1) }))
    }
    const rules = createRecordRules({ chain, now: Date.now })
    host = await createHost({
      listen: [],
      stack: { transports: [memory()], connectionEncrypters: [plaintext()] },
      dht: { rules, firstSelfLookupMs: 20 },
      bootstrap: [nodes[0]!.address],
    })
    const table = openRoutingTable(host.libp2p.services.dht)
    while (table.contacts().length === 0) await sleep(10)
  })
  after(async () => {
    await host.stop()
    for (const node of nodes) await node.stop()
  })

  /** As a client has them that knows nothing yet. */
  const addressesFor = (named: readonly string[] = []): PeerAddresses =>
    createPeerAddresses({
      named,
      records: createRecordReader(host, createRecordRules({ chain, now: Date.now })),
      isConnected: (peerId) => host.connectedPeers().includes(peerId),
      now: () => time,
    })

  const publish = async (addresses: readonly string[], sequence: bigint): Promise<void> => {
    const expiry = BigInt(Math.floor(Date.now() / 1_000)) + 3_600n
    const record = { peerId: farmer.peerId, account, addresses, sequence, expiry }
    const signed = await signPeerRecord(chain, record, { accountKey, nodeKey })
    await nodes[2]!.dht.put(peerRecordToDHT(signed))
  }

  test('come from its signed record in the DHT, the newest once they led nowhere', async () => {
    const addresses = addressesFor()
    assert.deepEqual(await addresses.of(farmer), [])
    await publish(FIRST, 1n)
    time += 30_001
    assert.deepEqual(await addresses.of(farmer), FIRST)
    await publish(SECOND, 2n)
    time += 30_001
    assert.deepEqual(await addresses.of(farmer), FIRST)
    addresses.doubt(farmer.peerId)
    assert.deepEqual(await addresses.of(farmer), SECOND)
  })

  test('are those that were named, where there are any', async () => {
    const named = [`/ip4/198.51.100.1/tcp/3/p2p/${farmer.peerId}`, '/ip4/198.51.100.2/tcp/3']
    assert.deepEqual(await addressesFor(named).of(farmer), named.slice(0, 1))
  })

  test('are not taken from the record of another account', async () => {
    const stranger = { ...farmer, account: `0x${'11'.repeat(20)}` }
    assert.deepEqual(await addressesFor().of(stranger), [])
  })
})
