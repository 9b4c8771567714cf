import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import fc from 'fast-check'
import { signPeerRecord } from '../../../src/p2p/peerRecord.ts'
import { DHTError } from '../../../src/storage/dht/errors.ts'
import {
  type DHTRecord,
  MAX_RECORD_BYTES,
  peerRecordToDHT,
  signRecord,
  verifyRecord,
} from '../../../src/storage/dht/record.ts'
import { encodeRecordKey } from '../../../src/storage/dht/recordKey.ts'
import { createRecordRules } from '../../../src/storage/dht/recordRules.ts'
import { readReplicaLocation } from '../../../src/storage/dht/replicaLocation.ts'
import { readStreamHead, signStreamHead } from '../../../src/storage/dht/streamHead.ts'
import { account, accountKey, chain, location } from './network.ts'

const nodeKey = await generateKeyPair('Ed25519')
const peerId = peerIdFromPrivateKey(nodeKey).toString()
const nowSeconds = BigInt(Math.floor(Date.now() / 1_000))
const rules = createRecordRules({ chain, now: Date.now })

const code = (expected: string) => (error: unknown) =>
  error instanceof DHTError && error.code === expected

const contact = async (sequence: bigint): Promise<DHTRecord> =>
  peerRecordToDHT(
    await signPeerRecord(
      chain,
      { peerId, account, addresses: ['/ip4/192.0.2.1/tcp/1'], sequence, expiry: nowSeconds + 60n },
      { accountKey, nodeKey },
    ),
  )

const head = (sequence: bigint): DHTRecord =>
  signStreamHead(
    chain,
    {
      streamId: new Uint8Array(32).fill(3),
      author: account,
      length: 5n,
      head: new Uint8Array(32).fill(9),
      sequence,
      expiry: nowSeconds + 60n,
    },
    accountKey,
  )

describe('a DHT record', () => {
  test('of each kind is taken and says what was signed', async () => {
    const replica = location(1, peerId)
    for (const record of [await contact(1n), replica, head(1n)]) {
      await rules.validate(record.key, record.value)
      assert.ok(record.value.length <= MAX_RECORD_BYTES)
    }
    assert.equal(readReplicaLocation(replica), peerId)
    assert.deepEqual(readStreamHead(head(1n)), { length: 5n, head: new Uint8Array(32).fill(9) })
  })

  test('is refused under the key of another account, subject or kind', async () => {
    const { key, value } = location(1, peerId)
    const text = Buffer.from(key).toString()
    const keys = [
      encodeRecordKey({ kind: 'replica', account: new Uint8Array(20), subject: text.slice(-64) }),
      location(2, peerId).key,
      Buffer.from(text.replace('/replica/', '/stream/')),
    ]
    for (const other of keys) {
      await assert.rejects(async () => rules.validate(other, value), code('BAD_RECORD'))
    }
    const own = await contact(1n)
    const foreign = encodeRecordKey({ kind: 'peer', account, subject: `${peerId.slice(0, -1)}1` })
    await assert.rejects(async () => rules.validate(foreign, own.value), code('BAD_RECORD'))
  })

  test('cannot be signed for another account', () => {
    const stranger = {
      kind: 'stream',
      account: new Uint8Array(20),
      subject: 'ab'.repeat(32),
    } as const
    const content = { key: stranger, sequence: 1n, expiry: nowSeconds, body: new Uint8Array() }
    assert.throws(() => signRecord(chain, content, accountKey), code('BAD_RECORD'))
  })

  test('is refused from its expiry on, and when that is more than two days away', async () => {
    const expired = location(1, peerId, { expiry: nowSeconds })
    await assert.rejects(verifyRecord(chain, expired, nowSeconds), code('RECORD_EXPIRED'))
    await verifyRecord(chain, expired, nowSeconds - 1n)
    const eternal = location(1, peerId, { expiry: nowSeconds + 200_000n })
    await assert.rejects(verifyRecord(chain, eternal, nowSeconds), code('BAD_RECORD'))
  })

  test('is refused on another chain', async () => {
    const other = createRecordRules({ chain: { ...chain, chainId: 1n }, now: Date.now })
    for (const { key, value } of [await contact(1n), location(1, peerId), head(1n)]) {
      await assert.rejects(async () => other.validate(key, value), code('BAD_RECORD'))
    }
  })

  test('is refused over 1 KiB', async () => {
    const { key } = location(1, peerId)
    const oversized = new Uint8Array(MAX_RECORD_BYTES + 1)
    await assert.rejects(async () => rules.validate(key, oversized), code('BAD_RECORD'))
    const subject = 'ab'.repeat(32)
    const content = { sequence: 1n, expiry: nowSeconds, body: new Uint8Array(901) }
    const stream = { kind: 'stream', account, subject } as const
    assert.throws(() => signRecord(chain, { key: stream, ...content }, accountKey), DHTError)
  })

  test('is refused when the chain does not let its account publish', async () => {
    const strict = createRecordRules({ chain, now: Date.now, mayPublish: async () => false })
    const { key, value } = location(1, peerId)
    await assert.rejects(async () => strict.validate(key, value), code('BAD_RECORD'))
  })

  test('is refused after any byte was changed, added or lost', async () => {
    const records = [await contact(1n), location(1, peerId), head(1n)]
    const damaged = fc
      .tuple(fc.nat(2), fc.nat(), fc.integer({ min: 1, max: 255 }), fc.nat(2))
      .map(([which, at, flip, how]) => {
        const { key, value } = records[which]!
        const i = at % value.length
        if (how === 0) return { key, value: value.map((byte, j) => (i === j ? byte ^ flip : byte)) }
        if (how === 1) return { key, value: value.slice(0, i) }
        return { key, value: Uint8Array.of(...value, flip) }
      })
    await fc.assert(
      fc.asyncProperty(damaged, async ({ key, value }) => {
        await assert.rejects(async () => rules.validate(key, value), DHTError)
      }),
      { numRuns: 300 },
    )
  })

  test('never makes the rules fail with anything but their own error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), fc.uint8Array({ maxLength: 200 }), async (key, value) => {
        await assert.rejects(async () => rules.validate(key, value), DHTError)
        const { key: good } = location(1, peerId)
        await assert.rejects(async () => rules.validate(good, value), DHTError)
      }),
    )
  })

  test('with the higher sequence wins, and of equal ones the same for everybody', async () => {
    const values = [head(2n), head(3n), head(1n)].map(({ value }) => value)
    assert.equal(rules.select(head(1n).key, values), 1)
    const [a, b] = [location(1, peerId), location(1, peerId, { expiry: nowSeconds + 99n })]
    const first = rules.select(a.key, [a.value, b.value])
    assert.equal(rules.select(a.key, [b.value, a.value]), 1 - first)
    const contacts = [await contact(1n), await contact(2n)]
    const encoded = contacts.map(({ value }) => value)
    assert.equal(rules.select(contacts[0]!.key, encoded), 1)
  })
})
