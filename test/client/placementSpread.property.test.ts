import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { subnetOf } from '../../src/client/farmers.ts'
import { type FarmerCandidate, placeShards } from '../../src/client/placement.ts'
import { DEFAULT_FARMER_PRICE_WEI } from '../../src/protocol/storageParams.ts'

type Place = Pick<FarmerCandidate, 'account' | 'subnet'>

const candidatesAt = (places: readonly Place[]): FarmerCandidate[] =>
  places.map((place, node) => ({
    node: BigInt(node),
    freeBytes: 10n ** 12n,
    priceWeiPerGBDay: DEFAULT_FARMER_PRICE_WEI,
    ...place,
  }))

const place = (candidates: readonly FarmerCandidate[], count: number, taken = 0) =>
  placeShards({ candidates, count, replicaBytes: 1n, taken: candidates.slice(0, taken) })

/** How often each value of a property comes, of those that come at all. */
const countsOf = (items: readonly FarmerCandidate[], key: 'account' | 'subnet') =>
  new Map(
    [...Map.groupBy(items, (item) => item[key])].map(([value, { length }]) => [value, length]),
  )

/** Nobody has two more than another who could have taken one. */
function assertEven(
  candidates: readonly FarmerCandidate[],
  holders: readonly FarmerCandidate[],
  placed: readonly FarmerCandidate[],
  key: 'account' | 'subnet',
): void {
  const held = countsOf(holders, key)
  const most = Math.max(0, ...placed.map((one) => held.get(one[key])!))
  for (const idle of candidates.filter((one) => !holders.includes(one))) {
    assert.ok((held.get(idle[key]) ?? 0) >= most - 1, `${idle[key]} of ${[...held]}`)
  }
}

const anyOwner = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const anySubnet = fc.constantFrom('192.0.2', '198.51.100', '203.0.113', '2001:db8:1:2')

describe('shards of a segment', () => {
  test('go to as many owners as there are, and evenly to those', () => {
    const anyPlace = fc.record({
      account: anyOwner,
      subnet: fc.option(anySubnet, { nil: undefined }),
    })
    const anyPlaces = fc.array(anyPlace, { minLength: 1, maxLength: 24 })
    fc.assert(
      fc.property(anyPlaces, fc.nat(), (places, share) => {
        const candidates = candidatesAt(places)
        const count = 1 + (share % candidates.length)
        const placed = place(candidates, count)
        const owners = new Set(places.map(({ account }) => account)).size
        assert.equal(countsOf(placed, 'account').size, Math.min(count, owners))
        assertEven(candidates, placed, placed, 'account')
      }),
    )
  })

  test('go to as many subnets as there are, and evenly to those, where owners do not decide', () => {
    const anySubnets = fc.array(anySubnet, { minLength: 1, maxLength: 24 })
    fc.assert(
      fc.property(anySubnets, fc.nat(), (subnets, share) => {
        const places = subnets.map((subnet, node) => ({ account: `owner ${node}`, subnet }))
        const candidates = candidatesAt(places)
        const count = 1 + (share % candidates.length)
        const placed = place(candidates, count)
        assert.equal(countsOf(placed, 'subnet').size, Math.min(count, new Set(subnets).size))
        assertEven(candidates, placed, placed, 'subnet')
      }),
    )
  })

  test('keep away from the owners and subnets of those that hold others already', () => {
    const anyPlaces = fc.array(fc.record({ account: anyOwner, subnet: anySubnet }), {
      minLength: 4,
      maxLength: 24,
    })
    fc.assert(
      fc.property(anyPlaces, (places) => {
        const candidates = candidatesAt(places)
        const taken = candidates.slice(0, 3)
        const [placed] = place(candidates, 1, 3)
        const heldByOwner = countsOf(taken, 'account')
        const heldInSubnet = countsOf(taken, 'subnet')
        const crowding = ({
          account,
          subnet,
        }: FarmerCandidate): [owner: number, subnet: number] => [
          heldByOwner.get(account) ?? 0,
          heldInSubnet.get(subnet) ?? 0,
        ]
        const [ofOwner, ofSubnet] = crowding(placed!)
        for (const other of candidates.slice(3).map(crowding)) {
          const isBetter = other[0] < ofOwner || (other[0] === ofOwner && other[1] < ofSubnet)
          assert.ok(!isBetter, `${ofOwner} and ${ofSubnet}, where ${other} was to be had`)
        }
      }),
    )
  })
})

describe('the subnet of a farmer', () => {
  test('is the first 24 bits of its IPv4 address', () => {
    assert.equal(subnetOf(['/ip4/192.0.2.7/tcp/4001']), subnetOf(['/ip4/192.0.2.200/tcp/9']))
    assert.notEqual(subnetOf(['/ip4/192.0.2.7/tcp/4001']), subnetOf(['/ip4/192.0.3.7/tcp/4001']))
  })

  test('is the first 64 bits of its IPv6 address', () => {
    const one = subnetOf(['/ip6/2001:db8:1:2:3:4:5:6/tcp/4001'])
    assert.equal(one, subnetOf(['/ip6/2001:db8:1:2:7:8:9:a/tcp/4001']))
    assert.notEqual(one, subnetOf(['/ip6/2001:db8:1:3:3:4:5:6/tcp/4001']))
  })

  test('is the same in whatever form an address is written', () => {
    assert.equal(subnetOf(['/ip6/2001:db8::1/tcp/1']), subnetOf(['/ip6/2001:db8::2/tcp/1']))
    assert.equal(subnetOf(['/ip6/::ffff:192.0.2.7/tcp/1']), subnetOf(['/ip4/192.0.2.9/tcp/1']))
    assert.equal(
      subnetOf(['/ip6zone/eth0/ip6/fe80::1/tcp/1']),
      subnetOf(['/ip6/fe80:0:0:0:9::1/tcp/1']),
    )
  })

  test('is unknown on this machine itself, and where a peer was not reached by an address', () => {
    assert.equal(subnetOf(['/ip4/127.0.0.1/tcp/4001', '/ip6/::1/tcp/4001']), undefined)
    assert.equal(subnetOf(['/memory/7']), undefined)
    assert.equal(subnetOf([]), undefined)
  })
})
