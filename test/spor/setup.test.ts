import assert from 'node:assert/strict'
import { createCipheriv, hkdfSync } from 'node:crypto'
import { describe, test } from 'node:test'
import { createErasureCode } from '../../src/crypto/erasure/erasureCode.ts'
import type { ReplicaKeys } from '../../src/crypto/keys.ts'
import { hashLeaves } from '../../src/crypto/merkle/hashing.ts'
import { createMerkleTree } from '../../src/crypto/merkle/tree.ts'
import { createWebEngine } from '../../src/crypto/webEngine.ts'
import { createReplicaLayout, replicaWindow } from '../../src/protocol/replicaLayout.ts'
import { shardInMemory } from '../../src/spor/leaves.ts'
import { createReplicaSecrets } from '../../src/spor/replicaSecrets.ts'
import { setUpReplica } from '../../src/spor/setup.ts'
import { bytes, IDENTITY, KEYS, leafOf, replicaOf } from './replicas.ts'

/** The keystream of one purpose, made with Node alone. */
function keystream(key: Uint8Array, purpose: string, stream: number, length: number): Buffer {
  const { shardId, farmer, nonce } = IDENTITY
  const contexts = [shardId, farmer, nonce].flatMap((part) => [
    Buffer.from([0, 0, 0, part.length]),
    part,
  ])
  const info = Buffer.concat([Buffer.from(`genaro/${purpose}/v1`), ...contexts])
  const streamKey = Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), info, 32))
  const counter = Buffer.alloc(16)
  counter.writeUInt32BE(stream, 4)
  return createCipheriv('aes-256-ctr', streamKey, counter).update(Buffer.alloc(length))
}

/** A replica made in the plainest way, whole arrays at a time. */
function plainReplica(shard: Uint8Array, keys: ReplicaKeys): Buffer {
  const layout = createReplicaLayout(shard.length)
  const { groups, codedLeaves, sentinels, windowCount } = layout
  const padded = Buffer.concat([shard], 223 * groups * 1_024)
  const rows = Array.from({ length: 255 }, (_, row) =>
    row < 223
      ? padded.subarray(row * groups * 1_024, (row + 1) * groups * 1_024)
      : Buffer.alloc(groups * 1_024),
  )
  createErasureCode({ dataShards: 223, parityShards: 32 }).encode(
    rows.slice(0, 223),
    rows.slice(223),
  )
  const coded = Buffer.concat([padded.subarray(0, layout.dataLeaves * 1_024), ...rows.slice(223)])
  const seal = keystream(keys.sealKey, 'seal', 0, coded.length)
  const sealed = coded.map((byte, at) => byte ^ seal[at]!)
  const hidden = keystream(keys.sentinelKey, 'sentinel', 0, sentinels * 1_024)
  const replica = Buffer.alloc(layout.replicaBytes)
  assert.equal(sealed.length, codedLeaves * 1_024)
  for (let index = 0; index < windowCount; index++) {
    const window = replicaWindow(layout, index)
    const slots = [
      ...Array.from({ length: window.coded }, (_, at) => leafOf(sealed, window.firstCoded + at)),
      ...Array.from({ length: window.sentinels }, (_, at) =>
        leafOf(hidden, window.firstSentinel + at),
      ),
    ]
    const words = keystream(keys.permutationKey, 'permutation', index, 8_192)
    const places = slots.map((_, slot) => slot)
    for (let last = places.length - 1, at = 0; last > 0; last--) {
      const most = 2 ** 32 - (2 ** 32 % (last + 1))
      while (words.readUInt32BE(at) >= most) at += 4
      const other = words.readUInt32BE(at) % (last + 1)
      at += 4
      const place = places[last]!
      places[last] = places[other]!
      places[other] = place
    }
    for (const [slot, leaf] of slots.entries()) {
      replica.set(leaf, (window.firstLeaf + places[slot]!) * 1_024)
    }
  }
  return replica
}

describe('setUpReplica', () => {
  test('makes the bytes that coding, sealing, sentinels and permutation give one after another', async () => {
    for (const size of [1, 1_023, 1_025, 65_536, 223 * 1_024, 223 * 1_024 + 1, 1_500_000]) {
      const shard = bytes(size)
      const { replica } = await replicaOf(shard)
      assert.ok(plainReplica(shard, KEYS).equals(replica), `${size} bytes`)
    }
  })

  test('commits to the root and the number of all leaves', async () => {
    const { replica, leafHashes, commitment, layout } = await replicaOf(bytes(1_200_000))
    assert.ok(layout.windowCount > 1)
    assert.deepEqual(leafHashes, hashLeaves(0, replica))
    const tree = createMerkleTree(leafHashes)
    assert.deepEqual(commitment, { root: tree.root.slice(), leafCount: tree.leafCount })
  })

  test('hands windows over in order and waits for each', async () => {
    const shard = bytes(3_000_000)
    const firsts: number[] = []
    let busy = false
    await setUpReplica({
      shard: shardInMemory(shard),
      secrets: await createReplicaSecrets(KEYS, IDENTITY),
      async onWindow({ firstLeaf }) {
        assert.equal(busy, false)
        busy = true
        firsts.push(firstLeaf)
        await new Promise(setImmediate)
        busy = false
      },
    })
    const layout = createReplicaLayout(shard.length)
    const expected = firsts.map((_, index) => replicaWindow(layout, index).firstLeaf)
    assert.equal(firsts.length, layout.windowCount)
    assert.deepEqual(firsts, expected)
  })

  test('reads a shard from wherever it is, a piece at a time', async () => {
    const shard = bytes(700_001)
    const whole = await replicaOf(shard)
    let largest = 0
    const commitment = await setUpReplica({
      shard: {
        sizeBytes: shard.length,
        async read(start, end) {
          assert.ok(start >= 0 && start < end && end <= shard.length)
          largest = Math.max(largest, end - start)
          return shard.slice(start, end)
        },
      },
      secrets: whole.secrets,
      onWindow() {},
    })
    assert.deepEqual(commitment, whole.commitment)
    assert.ok(largest <= 65_536)
  })

  test('stops when it is told to', async () => {
    const controller = new AbortController()
    const secrets = await createReplicaSecrets(KEYS, IDENTITY)
    let windows = 0
    const running = setUpReplica({
      shard: shardInMemory(bytes(3_000_000)),
      secrets,
      signal: controller.signal,
      onWindow() {
        windows++
        controller.abort()
      },
    })
    await assert.rejects(running, { name: 'AbortError' })
    assert.equal(windows, 1)
  })

  test('gives what a failing receiver throws to the caller', async () => {
    const secrets = await createReplicaSecrets(KEYS, IDENTITY)
    const onWindow = () => Promise.reject(new Error('disk full'))
    const running = setUpReplica({ shard: shardInMemory(bytes(10)), secrets, onWindow })
    await assert.rejects(running, /disk full/)
  })

  test('has the same bytes with WebCrypto', async () => {
    const shard = bytes(100_000)
    const secrets = await createReplicaSecrets(KEYS, IDENTITY, createWebEngine())
    const web = await setUpReplica({ shard: shardInMemory(shard), secrets, onWindow() {} })
    assert.deepEqual(web, (await replicaOf(shard)).commitment)
  })

  test('makes nothing of an empty shard', async () => {
    await assert.rejects(replicaOf(new Uint8Array(0)), { code: 'BAD_SIZE' })
  })
})

describe('a seal', () => {
  test('gives another farmer, nonce or shard unrelated bytes', async () => {
    const shard = bytes(300_000)
    const one = await replicaOf(shard)
    for (const change of [
      { farmer: new Uint8Array(20).fill(9) },
      { nonce: new Uint8Array(32).fill(9) },
      { shardId: new Uint8Array(32).fill(9) },
    ]) {
      const other = await replicaOf(shard, change)
      const equal = one.replica.reduce(
        (sum, byte, at) => sum + Number(byte === other.replica[at]),
        0,
      )
      const expected = one.replica.length / 256
      // Ten standard deviations of the number of bytes that are equal by chance.
      assert.ok(Math.abs(equal - expected) < 10 * Math.sqrt(expected))
      const leaves = new Set(
        Array.from({ length: one.layout.leafCount }, (_, at) =>
          Buffer.from(leafOf(one.replica, at)).toString('base64'),
        ),
      )
      for (let at = 0; at < other.layout.leafCount; at++) {
        assert.ok(!leaves.has(Buffer.from(leafOf(other.replica, at)).toString('base64')))
      }
    }
  })

  test('hides equal leaves from each other', async () => {
    const { replica, layout } = await replicaOf(new Uint8Array(300_000))
    const leaves = new Set(
      Array.from({ length: layout.leafCount }, (_, at) =>
        Buffer.from(leafOf(replica, at)).toString('base64'),
      ),
    )
    assert.equal(leaves.size, layout.leafCount)
  })

  test('is refused for an identity of wrong lengths', async () => {
    for (const change of [
      { shardId: bytes(31) },
      { farmer: bytes(32) },
      { nonce: new Uint8Array(0) },
    ]) {
      await assert.rejects(replicaOf(bytes(1), change), { code: 'BAD_IDENTITY' })
    }
  })
})
