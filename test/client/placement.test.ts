import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type FarmerCandidate, placeShards } from '../../src/client/placement.ts'
import { DEFAULT_FARMER_PRICE_WEI } from '../../src/protocol/storageParams.ts'

const candidate = (node: number, options: Partial<FarmerCandidate> = {}): FarmerCandidate => ({
  node: BigInt(node),
  account: `0x${node}`,
  freeBytes: 10n ** 12n,
  priceWeiPerGBDay: DEFAULT_FARMER_PRICE_WEI,
  subnet: undefined,
  ...options,
})

const seeded = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

describe('placing shards', () => {
  test('no node gets two, none that is taken or full gets one, whatever the candidates', () => {
    const anyCandidate = fc.record({
      node: fc.bigInt(0n, 30n),
      account: fc.constantFrom('a', 'b', 'c', 'd'),
      freeBytes: fc.bigInt(0n, 1_000n),
      priceWeiPerGBDay: fc.bigInt(0n, 1_000n),
      subnet: fc.constantFrom(undefined, '10.0.0', '10.0.1'),
    })
    const nodes = fc.uniqueArray(anyCandidate, { selector: ({ node }) => node })
    fc.assert(
      fc.property(nodes, fc.nat(6), fc.integer({ min: 1, max: 1e6 }), (all, count, seed) => {
        const taken = all.slice(0, 2)
        const able = all.slice(2).filter(({ freeBytes }) => freeBytes >= 100n)
        const place = (): FarmerCandidate[] =>
          placeShards({
            candidates: all,
            count,
            replicaBytes: 100n,
            taken,
            random: seeded(seed),
          })
        if (able.length < count) return void assert.throws(place, { code: 'NOT_ENOUGH_FARMERS' })
        const placed = place()
        assert.equal(placed.length, count)
        assert.equal(new Set(placed.map(({ node }) => node)).size, count)
        assert.ok(placed.every(({ node }) => able.some((each) => each.node === node)))
      }),
    )
  })

  test('owners come twice only when there are no others', () => {
    const candidates = [0, 1, 2, 3, 4, 5].map((node) =>
      candidate(node, { account: node < 4 ? 'one' : `owner ${node}` }),
    )
    for (let seed = 1; seed < 50; seed++) {
      const placed = placeShards({ candidates, count: 3, replicaBytes: 1n, random: seeded(seed) })
      assert.equal(new Set(placed.map(({ account }) => account)).size, 3)
    }
  })

  test('subnets come twice only when there are no others', () => {
    const candidates = [0, 1, 2, 3, 4, 5].map((node) =>
      candidate(node, { subnet: node < 4 ? '10.0.0' : `10.0.${node}` }),
    )
    for (let seed = 1; seed < 50; seed++) {
      const placed = placeShards({ candidates, count: 3, replicaBytes: 1n, random: seeded(seed) })
      assert.equal(new Set(placed.map(({ subnet }) => subnet)).size, 3)
    }
  })

  test('who has nine times the room is drawn about nine times as often', () => {
    const candidates = [candidate(0, { freeBytes: 9_000n }), candidate(1, { freeBytes: 1_000n })]
    const random = seeded(7)
    let first = 0
    for (let draw = 0; draw < 4_000; draw++) {
      if (placeShards({ candidates, count: 1, replicaBytes: 1n, random })[0]!.node === 0n) first++
    }
    assert.ok(first > 3_480 && first < 3_720, `${first} of 4000`)
  })

  test('whoever claims endless room for nothing is not drawn much more often than others', () => {
    const candidates = Array.from({ length: 200 }, (_, node) =>
      candidate(node, node < 12 ? { freeBytes: 2n ** 64n, priceWeiPerGBDay: 0n } : {}),
    )
    const random = seeded(11)
    let lost = 0
    let liars = 0
    for (let draw = 0; draw < 500; draw++) {
      const placed = placeShards({ candidates, count: 6, replicaBytes: 1n, random })
      const lying = placed.filter(({ node }) => node < 12n).length
      liars += lying
      if (lying > 2) lost++
    }
    // 12 of 200 at twice the weight of others get about a ninth of the shards.
    assert.ok(liars < 500 * 6 * 0.16, `${liars} of 3000 shards`)
    assert.ok(lost < 500 * 0.05, `${lost} of 500 segments`)
  })

  test('the same random numbers place the same', () => {
    const candidates = Array.from({ length: 20 }, (_, node) => candidate(node))
    const draw = () => placeShards({ candidates, count: 6, replicaBytes: 1n, random: seeded(3) })
    assert.deepEqual(draw(), draw())
  })
})
