import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { hexToBytes } from '@ethereumjs/util'
import { generateKeyPair, privateKeyFromRaw } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import fc from 'fast-check'
import { publicKeyOf, publicKeyToAddress } from '../../src/crypto/secp256k1.ts'
import { P2PError } from '../../src/p2p/errors.ts'
import { createNodeKey } from '../../src/p2p/nodeKey.ts'
import {
  decodePeerRecord,
  encodePeerRecord,
  MAX_PEER_RECORD_BYTES,
  type PeerRecord,
  signPeerRecord,
  verifyPeerRecord,
} from '../../src/p2p/peerRecord.ts'

const chain = { chainId: 31_300n, genesisHash: new Uint8Array(32).fill(7) }
const accountKey = hexToBytes(`0x${'11'.repeat(32)}`)
const account = publicKeyToAddress(publicKeyOf(accountKey))
const nodeKey = privateKeyFromRaw(createNodeKey())
const record: PeerRecord = {
  peerId: peerIdFromPrivateKey(nodeKey).toString(),
  account,
  addresses: ['/ip4/192.0.2.1/tcp/7000', '/dns4/farmer.example/tcp/7000'],
  sequence: 3n,
  expiry: 2_000n,
}
const signed = await signPeerRecord(chain, record, { accountKey, nodeKey })

const isBad = (error: unknown) => error instanceof P2PError && error.code === 'BAD_PEER_RECORD'

describe('a peer record', () => {
  test('comes back from its bytes and verifies, with both kinds of node key', async () => {
    for (const key of [nodeKey, await generateKeyPair('Ed25519')]) {
      const peerId = peerIdFromPrivateKey(key).toString()
      const own = await signPeerRecord(chain, { ...record, peerId }, { accountKey, nodeKey: key })
      const decoded = decodePeerRecord(encodePeerRecord(own))
      assert.deepEqual(decoded, own)
      await verifyPeerRecord(chain, decoded, 1_999n)
    }
  })

  test('is void from its expiry on', async () => {
    await assert.rejects(verifyPeerRecord(chain, signed, 2_000n), isBad)
  })

  test('is void on another chain', async () => {
    await assert.rejects(verifyPeerRecord({ ...chain, chainId: 1n }, signed, 0n), isBad)
    const other = { ...chain, genesisHash: new Uint8Array(32) }
    await assert.rejects(verifyPeerRecord(other, signed, 0n), isBad)
  })

  test('is void when any field was changed after signing', async () => {
    const otherNode = peerIdFromPrivateKey(await generateKeyPair('Ed25519')).toString()
    const changes: Partial<PeerRecord>[] = [
      { peerId: otherNode },
      { account: new Uint8Array(20) },
      { addresses: [] },
      { sequence: 4n },
      { expiry: 2_001n },
    ]
    for (const change of changes) {
      await assert.rejects(verifyPeerRecord(chain, { ...signed, ...change }, 0n), isBad)
    }
  })

  test('cannot be signed for another account or another node', async () => {
    const other = { ...record, account: new Uint8Array(20).fill(9) }
    await assert.rejects(signPeerRecord(chain, other, { accountKey, nodeKey }), isBad)
    const stranger = await generateKeyPair('secp256k1')
    await assert.rejects(signPeerRecord(chain, record, { accountKey, nodeKey: stranger }), isBad)
  })

  test('stays below 1 KiB, and holds at most eight addresses', async () => {
    const many = { ...record, addresses: Array(8).fill('/ip6/2001:db8::1/tcp/65535') }
    const bytes = encodePeerRecord(await signPeerRecord(chain, many, { accountKey, nodeKey }))
    assert.ok(bytes.length <= MAX_PEER_RECORD_BYTES)
    const tooMany = { ...record, addresses: Array(9).fill('/ip4/192.0.2.1/tcp/1') }
    await assert.rejects(signPeerRecord(chain, tooMany, { accountKey, nodeKey }), isBad)
    const tooLong = { ...record, addresses: [`/dns4/${'a'.repeat(100)}/tcp/1`] }
    await assert.rejects(signPeerRecord(chain, tooLong, { accountKey, nodeKey }), isBad)
    assert.throws(() => decodePeerRecord(new Uint8Array(MAX_PEER_RECORD_BYTES + 1)), isBad)
  })

  test('never decodes, or never verifies, after any byte was changed, added or lost', async () => {
    const bytes = encodePeerRecord(signed)
    const damaged = fc.oneof(
      fc
        .tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }))
        .map(([at, flip]) => bytes.map((byte, i) => (i === at ? byte ^ flip : byte))),
      fc.nat(bytes.length - 1).map((length) => bytes.slice(0, length)),
      fc.uint8Array({ minLength: 1, maxLength: 9 }).map((more) => Uint8Array.of(...bytes, ...more)),
    )
    await fc.assert(
      fc.asyncProperty(damaged, async (input) => {
        await assert.rejects(async () => {
          await verifyPeerRecord(chain, decodePeerRecord(input), 0n)
        }, isBad)
      }),
      { numRuns: 300 },
    )
  })

  test('refuses random bytes with its own error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (input) => {
        assert.throws(() => decodePeerRecord(input), isBad)
      }),
    )
  })
})
