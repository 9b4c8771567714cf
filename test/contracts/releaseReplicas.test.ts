import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { systemContractAddress } from '../../src/protocol/addresses.ts'
import { DAY_SECONDS } from '../../src/protocol/params.ts'
import {
  ALICE,
  assertReverted,
  BOB,
  checksum,
  eventNames,
  succeeded,
} from '../helpers/contractBench.ts'
import { EarningBench } from '../helpers/earningBench.ts'
import { bucketIdOf } from '../helpers/marketBench.ts'
import { BUCKET, FARMERS, FILE, LEAF_BYTES, type ReplicaBench } from '../helpers/replicaBench.ts'

const PRICE = 3n * 10n ** 12n
const FARMER = FARMERS[0]!.address
const UNKNOWN = `0x${'99'.repeat(32)}`

let earnings: EarningBench
let replicas: ReplicaBench
beforeEach(async () => {
  earnings = await EarningBench.create()
  replicas = earnings.replicas
})

const credit = (account = FARMER) => earnings.credit(account)

const amounts = async (id: string) => {
  const view = (await replicas.view('replicaOf', id)) as bigint[]
  return { earnedWei: view[8], collectedWei: view[9] }
}

describe('release', () => {
  test('gives the farmer credit for the time it proved, and the rest back to the escrow', async () => {
    const escrow = await replicas.escrow()
    const { id } = await earnings.earning(PRICE)
    await earnings.proven(3n)
    earnings.at(5n)
    const outcome = succeeded(await replicas.release([id]))
    const earned = (PRICE * 3n) / 10n
    assert.equal(await credit(), earned)
    assert.equal(await replicas.escrow(), escrow - earned)
    assert.equal(await replicas.reserved(), 0n)
    assert.deepEqual(eventNames(outcome), ['ReplicaReleased', 'CreditAdded'])
    const { earnedWei, unearnedWei } = outcome.events[0]!.args
    assert.deepEqual([earnedWei, unearnedWei], [earned, PRICE - earned])
    const before = await replicas.bench.balanceOf(FARMER)
    await replicas.bench.send('StorageMarket', 'withdrawCredit', [], { from: FARMER })
    assert.equal(await replicas.bench.balanceOf(FARMER), before + earned)
  })

  test('frees the bytes of the bucket and the node, and takes the replica off its lists', async () => {
    const ids: string[] = []
    for (let shard = 0n; shard < 4n; shard++) {
      ids.push(await replicas.registered({ shardIndex: shard, node: shard % 2n }))
    }
    succeeded(await replicas.release([ids[0]!, ids[3]!]))
    assert.deepEqual(
      ((await replicas.view('replicasOfFile', BUCKET, FILE, 0, 10)) as string[]).sort(),
      [ids[1]!, ids[2]!].sort(),
    )
    assert.deepEqual(await replicas.view('replicasOfNode', 0, 0, 10), [ids[2]])
    assert.deepEqual(await replicas.view('replicasOfNode', 1, 0, 10), [ids[1]])
    succeeded(await replicas.release([ids[1]!, ids[2]!]))
    assert.deepEqual(await replicas.view('replicasOfFile', BUCKET, FILE, 0, 10), [])
    assert.equal(await replicas.view('replicaCount'), 0n)
    assert.equal(await replicas.usedBytes(), 0n)
    for (const node of [0n, 1n]) assert.deepEqual(await replicas.nodeUse(node), [0n, 0n])
  })

  test('in the block of registration gives everything back', async () => {
    const escrow = await replicas.escrow()
    const id = await replicas.registered({ priceWei: PRICE })
    succeeded(await replicas.release([id]))
    assert.equal(await replicas.escrow(), escrow)
    assert.equal(await credit(), 0n)
  })

  test('is for the bucket’s owner while the replica runs, and for anyone afterwards', async () => {
    const endTime = replicas.bench.time + 10n * DAY_SECONDS
    const id = await replicas.registered({ priceWei: PRICE, endTime })
    for (const from of [BOB, FARMER]) {
      assertReverted(await replicas.release([id], { from }), 'ReplicaRuns', id, endTime)
    }
    replicas.bench.time = endTime - 1n
    assertReverted(await replicas.release([id], { from: BOB }), 'ReplicaRuns')
    replicas.bench.time = endTime
    succeeded(await replicas.release([id], { from: BOB }))
  })

  test('pays nothing for a replica that was never proven', async () => {
    const escrow = await replicas.escrow()
    const joined = await earnings.earning(PRICE)
    const lost = await replicas.registered({ priceWei: PRICE, node: 1n })
    earnings.at(9n)
    succeeded(await replicas.release([joined.id, lost]))
    assert.equal(await credit(), 0n)
    assert.equal(await credit(FARMERS[1]!.address), 0n)
    assert.equal(await replicas.escrow(), escrow)
  })

  test('after the bucket was bought anew under its id leaves the new one alone', async () => {
    const { id } = await earnings.earning(PRICE)
    await earnings.proven(10n)
    await replicas.market.bought()
    const renewed = await replicas.registered({
      endTime: replicas.bench.time + DAY_SECONDS,
      leafCount: 7n,
    })
    const escrow = await replicas.escrow()
    succeeded(await replicas.release([id], { from: BOB }))
    assert.equal(await replicas.usedBytes(), 7n * LEAF_BYTES)
    assert.equal(await replicas.escrow(), escrow)
    assert.equal(await credit(), PRICE)
    succeeded(await replicas.release([renewed]))
    assert.equal(await replicas.usedBytes(), 0n)
  })

  test('after the bucket was extended back to life leaves its new count alone', async () => {
    const id = await replicas.registered({ priceWei: PRICE })
    earnings.at(20n)
    await replicas.market.extended(BUCKET, 0n, DAY_SECONDS)
    assert.equal(await replicas.usedBytes(), 0n)
    succeeded(await replicas.release([id]))
    assert.equal(await replicas.usedBytes(), 0n)
  })

  test('after the bucket was cleaned up still pays the farmer', async () => {
    const { id } = await earnings.earning(PRICE)
    await earnings.proven(10n)
    await replicas.market.bought({ number: 2, cleanUp: 16 }, { from: BOB })
    succeeded(await replicas.release([id], { from: BOB }))
    assert.equal(await credit(), PRICE)
    assert.equal(await replicas.reserved(), 0n)
  })

  test('refuses unknown replicas, released ones, one twice in a batch, and odd batches', async () => {
    const id = await replicas.registered()
    assertReverted(await replicas.release([]), 'BatchOutOfRange', 0n)
    assertReverted(await replicas.release(Array(65).fill(id)), 'BatchOutOfRange', 65n)
    assertReverted(await replicas.release([id, UNKNOWN]), 'UnknownReplica', UNKNOWN)
    assertReverted(await replicas.release([id, id]), 'ReplicaGone', id)
    assert.deepEqual(await replicas.nodeUse(0n), [1_000n * LEAF_BYTES, 1n])
    succeeded(await replicas.release([id]))
    assertReverted(await replicas.release([id]), 'ReplicaGone', id)
    assertReverted(await replicas.bench.call('Replicas', 'replicaOf', [id]), 'ReplicaGone', id)
  })

  test('makes what was not earned its owner’s credit once the bucket has ended', async () => {
    const market = replicas.bench
    const from = systemContractAddress('Replicas')
    await replicas.registered({ priceWei: PRICE })
    earnings.at(10n)
    const args = [BUCKET, 0n, replicas.bench.time, 5n, FARMER, 2n]
    succeeded(await market.call('StorageMarket', 'unreserve', args, { from }))
    assert.equal(await credit(ALICE), 5n)
    assert.equal(await credit(), 2n)
    assert.equal(await replicas.reserved(), PRICE - 7n)
  })
})

describe('collect', () => {
  test('pays what was earned since the last time, and in the end exactly the price', async () => {
    const price = 1_000_000_007n
    const { id } = await earnings.earning(price)
    const before = await replicas.bench.balanceOf(FARMER)
    let paid = 0n
    for (const tenths of [1n, 4n, 7n, 10n, 15n]) {
      await earnings.proven(tenths)
      const outcome = await replicas.collect([id])
      if (outcome.failure === undefined) paid += outcome.result[0] as bigint
    }
    assert.equal(paid, price)
    assert.equal(await replicas.bench.balanceOf(FARMER), before + price)
    assert.deepEqual(await amounts(id), { earnedWei: price, collectedWei: price })
    assert.equal(await replicas.reserved(), 0n)
    succeeded(await replicas.release([id]))
    assert.equal(await credit(), 0n)
  })

  test('takes several replicas at once, each of them once', async () => {
    const ids: string[] = []
    for (const price of [10n ** 12n, PRICE]) ids.push((await earnings.earning(price)).id)
    await earnings.proven(5n)
    const outcome = succeeded(await replicas.collect([...ids, ids[0]!]))
    assert.deepEqual(outcome.result, [(10n ** 12n + PRICE) / 2n])
    assert.deepEqual(eventNames(outcome), ['ReplicaCollected', 'ReplicaCollected'])
    assertReverted(await replicas.collect(ids), 'NothingEarned')
  })

  test('leaves for a release only what was not collected', async () => {
    const { id } = await earnings.earning(PRICE)
    await earnings.proven(2n)
    succeeded(await replicas.collect([id]))
    await earnings.proven(5n)
    succeeded(await replicas.release([id]))
    assert.equal(await credit(), (PRICE * 3n) / 10n)
  })

  test('pays from when a replica joined, and not for rounds its farmer missed', async () => {
    const first = await earnings.earning(PRICE)
    await earnings.proven(1n)
    earnings.at(2n)
    const second = await earnings.earning(PRICE)
    await earnings.proven(3n)
    await earnings.inspections.challenged(0)
    earnings.at(6n)
    await earnings.inspections.missed(0)
    assert.equal((await amounts(first.id)).earnedWei, (PRICE * 3n) / 10n)
    // Its own term is the eight tenths that were left when it was registered.
    assert.equal((await amounts(second.id)).earnedWei, PRICE / 8n)
  })

  test('pays nothing for what is proven after the term has ended', async () => {
    const { id } = await earnings.earning(PRICE)
    await earnings.proven(2n)
    await earnings.inspections.challenged(0)
    earnings.at(8n)
    await earnings.inspections.missed(0)
    await earnings.proven(10n)
    const { earnedWei } = await amounts(id)
    assert.ok((earnedWei as bigint) <= (PRICE * 4n) / 10n, `${earnedWei}`)
    for (const tenths of [12n, 18n]) {
      await earnings.proven(tenths)
      assert.equal((await amounts(id)).earnedWei, earnedWei)
    }
    await earnings.inspections.missed(0)
    assert.equal((await amounts(id)).earnedWei, earnedWei)
  })

  test('refuses everyone but the farmer, unknown replicas, and nothing earned', async () => {
    const { id } = await earnings.earning(PRICE)
    earnings.at(1n)
    assertReverted(await replicas.collect([id]), 'NothingEarned')
    await earnings.proven(2n)
    assertReverted(await replicas.collect([id], ALICE), 'NotFarmer', id, checksum(FARMER))
    assertReverted(await replicas.collect([id], FARMERS[1]!.address), 'NotFarmer')
    assertReverted(await replicas.collect([UNKNOWN]), 'UnknownReplica', UNKNOWN)
    assertReverted(await replicas.collect([]), 'BatchOutOfRange', 0n)
    assert.equal((await amounts(id)).collectedWei, 0n)
  })
})

describe('a node with replicas', () => {
  test('cannot retire, so the stake that secures them stays locked until they are released', async () => {
    const id = await replicas.registered()
    const from = FARMER
    const retire = () => replicas.bench.call('Nodes', 'retire', [0], { from })
    assertReverted(await retire(), 'NodeHoldsReplicas', 0n, 1n)
    assertReverted(await replicas.bench.call('Staking', 'unstake', [1], { from }), 'StakeLocked')
    earnings.at(10n)
    assertReverted(await retire(), 'NodeHoldsReplicas')
    succeeded(await replicas.release([id], { from }))
    succeeded(await retire())
    succeeded(await replicas.bench.call('Staking', 'unstake', [5_000n * 10n ** 18n], { from }))
  })

  test('cannot offer less than they take', async () => {
    await replicas.registered()
    const update = (capacity: bigint) =>
      replicas.bench.call('Nodes', 'update', [0, capacity, UNKNOWN], { from: FARMER })
    const used = 1_000n * LEAF_BYTES
    assertReverted(await update(used - 1n), 'CapacityExceeded', 0n, used, used - 1n)
    succeeded(await update(used))
  })
})

describe('a steward', () => {
  test('registers and releases in the buckets it was named for, and in no other', async () => {
    const named = await replicas.bench.send('Replicas', 'nameSteward', [BUCKET, BOB])
    assert.deepEqual(eventNames(named), ['StewardNamed'])
    assert.equal(await replicas.view('stewardOf', BUCKET), checksum(BOB))
    const id = await replicas.registered({}, { from: BOB })
    succeeded(await replicas.release([id], { from: BOB }))
    await replicas.market.bought({ number: 2 })
    const other = replicas.offer({ bucketId: bucketIdOf(ALICE, 2) })
    assertReverted(await replicas.register([other], { from: BOB }), 'NotBucketManager')
  })

  test('is named by the owner alone, who may take it back', async () => {
    const steal = await replicas.bench.call('Replicas', 'nameSteward', [BUCKET, BOB], { from: BOB })
    assertReverted(steal, 'NotBucketOwner', BUCKET)
    await replicas.bench.send('Replicas', 'nameSteward', [BUCKET, BOB])
    const nobody = `0x${'00'.repeat(20)}`
    await replicas.bench.send('Replicas', 'nameSteward', [BUCKET, nobody])
    assertReverted(await replicas.register([replicas.offer()], { from: BOB }), 'NotBucketManager')
  })

  test('is no farmer of the files it may rebuild', async () => {
    await replicas.bench.send('Replicas', 'nameSteward', [BUCKET, FARMER])
    const refused = await replicas.register([replicas.offer()])
    assertReverted(refused, 'StewardIsFarmer', BUCKET, checksum(FARMER))
    await replicas.registered({ node: 1n }, { from: FARMER })
  })

  test('cannot be named while it holds replicas of the bucket', async () => {
    const ids = [await replicas.registered(), await replicas.registered({ shardIndex: 1n })]
    const name = () => replicas.bench.call('Replicas', 'nameSteward', [BUCKET, FARMER])
    for (const id of ids) {
      assertReverted(await name(), 'StewardIsFarmer', BUCKET, checksum(FARMER))
      succeeded(await replicas.release([id]))
    }
    succeeded(await name())
    await replicas.market.bought({ number: 2 })
    const other = bucketIdOf(ALICE, 2)
    await replicas.registered({ bucketId: other, node: 1n })
    await replicas.bench.send('Replicas', 'nameSteward', [other, FARMER])
  })
})

test('what serves Replicas alone refuses everyone else', async () => {
  const calls: ['StorageMarket' | 'Nodes', string, unknown[]][] = [
    ['StorageMarket', 'reserve', [BUCKET, 1, 1, 1]],
    ['StorageMarket', 'unreserve', [BUCKET, 0, 0, 0, ALICE, 0]],
    ['StorageMarket', 'payFarmer', [ALICE, 0]],
    ['Nodes', 'hold', [0, 1]],
    ['Nodes', 'letGo', [0, 0]],
  ]
  for (const [contract, method, args] of calls) {
    const outcome = await replicas.bench.call(contract, method, args)
    assertReverted(outcome, 'OnlyReplicas', checksum(ALICE))
  }
})
