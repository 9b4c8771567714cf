import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { TypedDataEncoder, verifyTypedData, Wallet } from 'ethers'
import fc from 'fast-check'
import { SYSTEM_CONTRACTS } from '../../src/protocol/addresses.ts'
import {
  decodeShardIndex,
  encodeShardIndex,
  type ReplicaOffer,
  replicaIdOf,
  replicaOfferData,
  signReplicaOffer,
  verifyReplicaOffer,
} from '../../src/protocol/replicaContract.ts'
import { ContractBench } from '../helpers/contractBench.ts'

const CHAIN_ID = 31_300n
const farmer = new Wallet(`0x${'11'.repeat(32)}`)
const stranger = new Wallet(`0x${'22'.repeat(32)}`)

const bytes32 = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => `0x${Buffer.from(bytes).toString('hex')}`)
const uint = (bits: number) => fc.bigInt(0n, (1n << BigInt(bits)) - 1n)

const offers: fc.Arbitrary<ReplicaOffer> = fc.record({
  bucketId: bytes32,
  fileId: bytes32,
  shardIndex: uint(32),
  node: uint(64),
  root: bytes32,
  leafCount: uint(32),
  sizeBytes: uint(64),
  priceWei: uint(112),
  endTime: uint(48),
  salt: bytes32,
  expiry: uint(48),
})

const [offer] = fc.sample(offers, { numRuns: 1, seed: 7 }) as [ReplicaOffer]

describe('a replica’s id', () => {
  test('is the struct hash that the contract computes, for every offer', async () => {
    const bench = await ContractBench.create()
    await fc.assert(
      fc.asyncProperty(offers, async (any) => {
        assert.equal(await bench.view('Replicas', 'replicaId', any), replicaIdOf(any))
      }),
      { numRuns: 50 },
    )
  })

  test('has no meaning for values the contract cannot hold', () => {
    for (const [field, bits] of [
      ['shardIndex', 32n],
      ['node', 64n],
      ['leafCount', 32n],
      ['priceWei', 112n],
      ['endTime', 48n],
      ['expiry', 48n],
    ] as const) {
      assert.throws(() => replicaIdOf({ ...offer, [field]: 1n << bits }), /out-of-bounds/, field)
      assert.throws(() => replicaIdOf({ ...offer, [field]: -1n }), Error, field)
    }
    assert.throws(() => replicaIdOf({ ...offer, root: '0x1234' }), Error)
  })
})

describe('a signature of an offer', () => {
  test('is what any wallet makes of the typed data, under the contract’s domain', async () => {
    const signature = await signReplicaOffer(farmer, CHAIN_ID, offer)
    const domain = replicaOfferData.domain(CHAIN_ID)
    assert.deepEqual(domain, {
      name: 'Genaro Replicas',
      version: '1',
      chainId: CHAIN_ID,
      verifyingContract: SYSTEM_CONTRACTS.Replicas,
    })
    assert.equal(verifyTypedData(domain, replicaOfferData.types, offer, signature), farmer.address)
    const bench = await ContractBench.create()
    const separator = await bench.view('Replicas', 'replicaDomain')
    assert.equal(separator, TypedDataEncoder.hashDomain(domain))
  })

  test('is its farmer’s alone, for one offer and chain', async () => {
    const signature = await signReplicaOffer(farmer, CHAIN_ID, offer)
    const verify = (...[chainId, account, what, bytes]: Parameters<typeof verifyReplicaOffer>) =>
      verifyReplicaOffer(chainId, account, what, bytes)
    assert.equal(verify(CHAIN_ID, farmer.address, offer, signature), true)
    assert.equal(verify(CHAIN_ID, farmer.address.toLowerCase(), offer, signature), true)
    assert.equal(verify(CHAIN_ID, stranger.address, offer, signature), false)
    assert.equal(verify(CHAIN_ID + 1n, farmer.address, offer, signature), false)
    const changed = { ...offer, priceWei: offer.priceWei ^ 1n }
    assert.equal(verify(CHAIN_ID, farmer.address, changed, signature), false)
  })

  test('is refused without an exception when anything is malformed', async () => {
    const good = await signReplicaOffer(farmer, CHAIN_ID, offer)
    const bad = ['', '0x', 'x', good.slice(0, -2), `${good}00`, `${good.slice(0, -2)}00`]
    for (const signature of [...bad, `0x${'00'.repeat(64)}1b`, `0x${'ff'.repeat(64)}1b`]) {
      assert.equal(verifyReplicaOffer(CHAIN_ID, farmer.address, offer, signature), false, signature)
    }
    assert.equal(verifyReplicaOffer(CHAIN_ID, 'nobody', offer, good), false)
    const odd = { ...offer, node: 1n << 70n }
    assert.equal(verifyReplicaOffer(CHAIN_ID, farmer.address, odd, good), false)
  })
})

test('a shard index holds segment and shard, and gives them back', () => {
  fc.assert(
    fc.property(fc.nat(0xff_ff_ff), fc.nat(255), (segment, shard) => {
      const index = encodeShardIndex(segment, shard)
      assert.ok(index < 1n << 32n)
      assert.deepEqual(decodeShardIndex(index), { segment, shard })
    }),
  )
})
