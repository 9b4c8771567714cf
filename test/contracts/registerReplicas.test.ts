import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { DAY_SECONDS, GB } from '../../src/protocol/params.ts'
import { replicaIdOf, signReplicaOffer } from '../../src/protocol/replicaContract.ts'
import {
  ALICE,
  assertReverted,
  BOB,
  checksum,
  eventNames,
  succeeded,
} from '../helpers/contractBench.ts'
import { malleate } from '../helpers/malleate.ts'
import { bucketIdOf } from '../helpers/marketBench.ts'
import {
  BUCKET,
  FARMERS,
  FILE,
  LEAF_BYTES,
  LIMIT_BYTES,
  ReplicaBench,
  TERM_SECONDS,
} from '../helpers/replicaBench.ts'

let replicas: ReplicaBench
beforeEach(async () => {
  replicas = await ReplicaBench.create()
})

const nothingChanged = async () => {
  assert.equal(await replicas.view('replicaCount'), 0n)
  assert.equal(await replicas.usedBytes(), 0n)
  assert.equal(await replicas.reserved(), 0n)
  assert.deepEqual(await replicas.nodeUse(0n), [0n, 0n])
}

describe('register', () => {
  test('records a replica under the struct hash of its offer', async () => {
    const offer = replicas.offer({ shardIndex: 258n })
    const outcome = succeeded(await replicas.register([offer]))
    const id = replicaIdOf(offer)
    assert.equal(await replicas.view('replicaId', offer), id)
    assert.deepEqual(await replicas.view('replicaOf', id), [
      BUCKET,
      FILE,
      258n,
      0n,
      offer.root,
      1_000n,
      1_000n * LEAF_BYTES,
      offer.priceWei,
      0n,
      0n,
      replicas.bench.time,
      offer.endTime,
      false,
      false,
    ])
    assert.deepEqual(eventNames(outcome), ['ReplicaRegistered'])
    const event = outcome.events[0]!.args
    assert.deepEqual([event.bucketId, event.fileId, event.node, event.id], [BUCKET, FILE, 0n, id])
    assert.equal(await replicas.view('isRegistered', id), true)
  })

  test('sets the price aside out of the bucket’s escrow and counts the bytes', async () => {
    const escrow = await replicas.escrow()
    await replicas.registered({ priceWei: 77n })
    await replicas.registered({ priceWei: 11n, node: 1n, leafCount: 3n })
    assert.equal(await replicas.escrow(), escrow - 88n)
    assert.equal(await replicas.reserved(), 88n)
    assert.equal(await replicas.usedBytes(), 1_003n * LEAF_BYTES)
    assert.deepEqual(await replicas.nodeUse(0n), [1_000n * LEAF_BYTES, 1n])
    assert.deepEqual(await replicas.nodeUse(1n), [3n * LEAF_BYTES, 1n])
    const owner = BUCKET.slice(0, 42)
    const used = await replicas.bench.view('StorageView', 'storageGasUsed', owner, BUCKET)
    assert.equal(used, 1_003n * LEAF_BYTES)
  })

  test('lists replicas by file and by node, in pages', async () => {
    const ids: string[] = []
    for (const node of [0n, 1n, 0n]) ids.push(await replicas.registered({ node }))
    const other = await replicas.registered({ fileId: `0x${'f2'.repeat(32)}`, node: 1n })
    assert.equal(await replicas.view('replicaCountOfFile', BUCKET, FILE), 3n)
    assert.deepEqual(await replicas.view('replicasOfFile', BUCKET, FILE, 0, 10), ids)
    assert.deepEqual(await replicas.view('replicasOfFile', BUCKET, FILE, 1, 1), [ids[1]])
    assert.deepEqual(await replicas.view('replicasOfFile', BUCKET, FILE, 3, 10), [])
    assert.deepEqual(await replicas.view('replicasOfNode', 0, 0, 10), [ids[0], ids[2]])
    assert.deepEqual(await replicas.view('replicasOfNode', 1, 0, 10), [ids[1], other])
    assert.equal(await replicas.view('replicaCountOfNode', 1), 2n)
    assert.equal(await replicas.view('replicaCount'), 4n)
  })

  test('keeps another bucket’s replicas out of a file’s list, whatever file id they claim', async () => {
    await replicas.market.bought({}, { from: BOB })
    const mine = await replicas.registered()
    await replicas.registered({ bucketId: bucketIdOf(BOB, 1) }, { from: BOB })
    assert.deepEqual(await replicas.view('replicasOfFile', BUCKET, FILE, 0, 10), [mine])
  })

  test('takes 1 to 64 offers with as many signatures, and fits 64 into a transaction', async () => {
    const offers = Array.from({ length: 65 }, (_, index) =>
      replicas.offer({ node: BigInt(index % 6), shardIndex: BigInt(index), leafCount: 2n }),
    )
    assertReverted(await replicas.register([]), 'BatchOutOfRange', 0n)
    assertReverted(await replicas.register(offers), 'BatchOutOfRange', 65n)
    const few = await replicas.registerSigned(offers.slice(0, 2), [await replicas.sign(offers[0]!)])
    assertReverted(few, 'SignatureCountMismatch', 2n, 1n)
    const outcome = succeeded(await replicas.register(offers.slice(0, 64)))
    assert.equal(await replicas.view('replicaCount'), 64n)
    assert.ok(outcome.gasUsed < 14_000_000n, `${outcome.gasUsed} gas`)
  })

  test('takes all of a batch or nothing', async () => {
    const good = replicas.offer()
    const expired = replicas.offer({ expiry: replicas.bench.time - 1n })
    assertReverted(await replicas.register([good, expired]), 'OfferExpired')
    await nothingChanged()
  })

  test('takes an offer once, even after its replica was released', async () => {
    const offer = replicas.offer()
    const id = replicaIdOf(offer)
    assertReverted(await replicas.register([offer, offer]), 'ReplicaExists', id)
    succeeded(await replicas.register([offer]))
    assertReverted(await replicas.register([offer]), 'ReplicaExists', id)
    succeeded(await replicas.release([id]))
    assertReverted(await replicas.register([offer]), 'ReplicaExists', id)
    assert.equal(await replicas.view('isRegistered', id), true)
  })

  test('takes an offer in the last second before it expires and in none after', async () => {
    const offer = replicas.offer()
    replicas.bench.time = offer.expiry + 1n
    assertReverted(
      await replicas.register([offer]),
      'OfferExpired',
      replicaIdOf(offer),
      offer.expiry,
    )
    replicas.bench.time = offer.expiry
    succeeded(await replicas.register([offer]))
  })
})

describe('register refuses', () => {
  test('anyone but the bucket’s owner', async () => {
    const outcome = await replicas.register([replicas.offer()], { from: BOB })
    assertReverted(outcome, 'NotBucketManager', BUCKET, checksum(BOB))
    const farmer = await replicas.register([replicas.offer()], { from: FARMERS[0]!.address })
    assertReverted(farmer, 'NotBucketManager')
    await nothingChanged()
  })

  test('a bucket that was never bought or has ended', async () => {
    const bucketId = bucketIdOf(BOB, 9)
    const unknown = await replicas.register([replicas.offer({ bucketId })], { from: BOB })
    assertReverted(unknown, 'UnknownBucket', bucketId)
    replicas.bench.time += TERM_SECONDS
    const endTime = replicas.bench.time + 1n
    const ended = await replicas.register([replicas.offer({ endTime })])
    assertReverted(ended, 'BucketEnded', BUCKET, replicas.bench.time)
  })

  test('a term longer than the bucket’s, and one that is over', async () => {
    const end = replicas.bench.time + TERM_SECONDS
    const late = await replicas.register([replicas.offer({ endTime: end + 1n })])
    assertReverted(late, 'TermBeyondBucket', BUCKET, end + 1n, end)
    const past = replicas.offer({ endTime: replicas.bench.time })
    assertReverted(await replicas.register([past]), 'TermOver', replicaIdOf(past), past.endTime)
  })

  test('a size that is not that of the leaves, and no leaves', async () => {
    const wrong = replicas.offer({ sizeBytes: 1_000n * LEAF_BYTES - 1n })
    assertReverted(
      await replicas.register([wrong]),
      'SizeMismatch',
      replicaIdOf(wrong),
      1_000n,
      1_023_999n,
    )
    assertReverted(await replicas.register([replicas.offer({ leafCount: 0n })]), 'SizeMismatch')
    const most = replicas.offer({ leafCount: (1n << 32n) - 1n, sizeBytes: LEAF_BYTES })
    assertReverted(await replicas.register([most]), 'SizeMismatch')
  })

  test('a signature of anyone but the node’s owner', async () => {
    const offer = replicas.offer()
    const farmer = checksum(FARMERS[0]!.address)
    const attempt = (signature: string) => replicas.registerSigned([offer], [signature])
    const refused = async (signature: string) =>
      assertReverted(await attempt(signature), 'BadFarmerSignature', replicaIdOf(offer), farmer)
    await refused(await replicas.sign(offer, 1))
    const good = await replicas.sign(offer)
    for (const signature of ['0x', good.slice(0, -2), `${good}00`, `0x${'00'.repeat(65)}`]) {
      await refused(signature)
    }
    await refused(`${good.slice(0, -2)}1d`)
    await refused(malleate(good))
    const chainId = replicas.bench.genesis.chainId + 1n
    await refused(await signReplicaOffer(FARMERS[0]!.wallet, chainId, offer))
    await nothingChanged()
    succeeded(await attempt(good))
  })

  test('an offer of which any field was changed after signing', async () => {
    await replicas.market.bought({ number: 2 })
    const offer = replicas.offer()
    const signature = await replicas.sign(offer)
    const changes = {
      bucketId: bucketIdOf(ALICE, 2),
      fileId: `0x${'f3'.repeat(32)}`,
      shardIndex: 1n,
      root: `0x${'aa'.repeat(32)}`,
      priceWei: offer.priceWei - 1n,
      endTime: offer.endTime - 1n,
      salt: `0x${'bb'.repeat(32)}`,
      expiry: offer.expiry + 1n,
      node: 1n,
    }
    for (const [field, value] of Object.entries(changes)) {
      const changed = { ...offer, [field]: value }
      const outcome = await replicas.registerSigned([changed], [signature])
      assertReverted(outcome, 'BadFarmerSignature')
    }
    const leaves = { ...offer, leafCount: 999n, sizeBytes: 999n * LEAF_BYTES }
    assertReverted(await replicas.registerSigned([leaves], [signature]), 'BadFarmerSignature')
  })

  test('a node that was never registered or was retired', async () => {
    const unknown = replicas.offer({ node: 6n })
    const signature = await replicas.sign(unknown, 0)
    assertReverted(await replicas.registerSigned([unknown], [signature]), 'UnknownNode', 6n)
    await replicas.bench.send('Nodes', 'retire', [2], { from: FARMERS[2]!.address })
    assertReverted(await replicas.register([replicas.offer({ node: 2n })]), 'NodeRetired', 2n)
  })

  test('more bytes than the node offers', async () => {
    const capacity = 1_500n * LEAF_BYTES
    const from = FARMERS[0]!.address
    await replicas.bench.send('Nodes', 'update', [0, capacity, `0x${'00'.repeat(32)}`], { from })
    await replicas.registered()
    const full = await replicas.register([replicas.offer({ leafCount: 501n })])
    assertReverted(full, 'CapacityExceeded', 0n, 1_501n * LEAF_BYTES, capacity)
    await replicas.registered({ leafCount: 500n })
    assert.deepEqual(await replicas.nodeUse(0n), [capacity, 2n])
  })

  test('more bytes than size, backups and expansion of the bucket allow', async () => {
    const most = LIMIT_BYTES / LEAF_BYTES
    assert.equal(await replicas.market.view('replicaLimitOf', BUCKET), LIMIT_BYTES)
    const over = await replicas.register([replicas.offer({ leafCount: most + 1n })])
    assertReverted(over, 'SpaceExceeded', BUCKET, (most + 1n) * LEAF_BYTES, LIMIT_BYTES)
    await replicas.registered({ leafCount: most })
    assertReverted(await replicas.register([replicas.offer({ leafCount: 1n })]), 'SpaceExceeded')
    await replicas.market.bought({ number: 2, backups: 3, sizeBytes: 5n * GB })
    assert.equal(await replicas.market.view('replicaLimitOf', bucketIdOf(ALICE, 2)), 30n * GB)
  })

  test('a price above what is left in escrow', async () => {
    const escrow = await replicas.escrow()
    const dear = await replicas.register([replicas.offer({ priceWei: escrow + 1n })])
    assertReverted(dear, 'EscrowExceeded', BUCKET, escrow + 1n, escrow)
    await replicas.registered({ priceWei: escrow })
    assert.equal(await replicas.escrow(), 0n)
    const second = await replicas.register([replicas.offer({ priceWei: 1n })])
    assertReverted(second, 'EscrowExceeded', BUCKET, 1n, 0n)
    await replicas.registered({ priceWei: 0n })
  })

  test('to spend the escrow of the caller’s other bucket', async () => {
    await replicas.market.bought({ number: 2, termSeconds: DAY_SECONDS }, { from: BOB })
    const escrow = await replicas.escrow(bucketIdOf(BOB, 2))
    const offer = replicas.offer({ bucketId: bucketIdOf(BOB, 2) })
    assertReverted(await replicas.register([offer]), 'NotBucketManager')
    assert.equal(await replicas.escrow(bucketIdOf(BOB, 2)), escrow)
  })
})
