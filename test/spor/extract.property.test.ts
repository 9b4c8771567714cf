import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { replicaWindow } from '../../src/protocol/replicaLayout.ts'
import { locateCodedLeaves } from '../../src/spor/codedLeaves.ts'
import { extractShard } from '../../src/spor/extract.ts'
import { bytes, leafReader, replicaOf, type WholeReplica } from './replicas.ts'

const SIZES = [1, 1_024, 40_000, 223 * 1_024, 223 * 1_024 + 1, 600_000]
const replicas = await Promise.all(
  SIZES.map(async (size) => {
    const shard = bytes(size)
    const whole = await replicaOf(shard)
    return { shard, whole, places: await codedPlaces(whole) }
  }),
)

/** For each code group, the replica's leaves that it consists of. */
async function codedPlaces({ layout, secrets }: WholeReplica): Promise<number[][]> {
  const places: number[] = []
  for await (const run of locateCodedLeaves(layout, secrets, 0, layout.codedLeaves)) {
    places.push(...run.leafIndices)
  }
  const { groups, dataLeaves } = layout
  return Array.from({ length: groups }, (_, group) =>
    places.filter((_, coded) =>
      coded < dataLeaves ? coded % groups === group : (coded - dataLeaves) % groups === group,
    ),
  )
}

const extract = (whole: WholeReplica, replica: Uint8Array, lost: ReadonlySet<number>) =>
  extractShard({
    layout: whole.layout,
    secrets: whole.secrets,
    readLeaves: leafReader(replica, lost),
    hashes: { leafHashes: whole.leafHashes, commitment: whole.commitment },
  })

describe('extractShard', () => {
  test('gives the shard back after any loss of up to 32 leaves of each group, missing or changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...replicas),
        fc.integer({ min: 0, max: 32 }),
        fc.infiniteStream(fc.nat()),
        fc.boolean(),
        async ({ shard, whole, places }, most, choices, isChanged) => {
          const lost = new Set<number>()
          for (const group of places) {
            const left = [...group]
            for (let count = 0; count < most && left.length > 0; count++) {
              const [leaf] = left.splice(choices.next().value % left.length, 1)
              lost.add(leaf!)
            }
          }
          const replica = whole.replica.slice()
          if (isChanged) for (const leaf of lost) replica[leaf * 1_024 + (leaf % 1_024)]! ^= 0x40
          const extracted = await extract(whole, replica, isChanged ? new Set() : lost)
          assert.ok(Buffer.from(extracted).equals(shard))
        },
      ),
      { numRuns: 60 },
    )
  })

  test('gives the shard back without any of its sentinels and parity', async () => {
    for (const { shard, whole } of replicas) {
      const { layout, secrets } = whole
      const kept = new Set<number>()
      for await (const run of locateCodedLeaves(layout, secrets, 0, layout.dataLeaves)) {
        for (const leaf of run.leafIndices) kept.add(leaf)
      }
      const all = Array.from({ length: layout.leafCount }, (_, leaf) => leaf)
      const lost = new Set(all.filter((leaf) => !kept.has(leaf)))
      assert.ok(Buffer.from(await extract(whole, whole.replica, lost)).equals(shard))
    }
  })

  test('refuses in words when a group has lost more than 32 leaves', async () => {
    for (const { whole, places } of replicas) {
      const lost = new Set(places[0]!.slice(0, 33))
      await assert.rejects(extract(whole, whole.replica, lost), {
        name: 'SporError',
        code: 'TOO_MANY_LOST',
      })
    }
  })

  test('survives the loss of any whole window of a large replica', async () => {
    const shard = bytes(9 * 2 ** 20)
    const whole = await replicaOf(shard)
    for (const index of [0, 4, whole.layout.windowCount - 1]) {
      const { firstLeaf, leaves } = replicaWindow(whole.layout, index)
      const lost = new Set(Array.from({ length: leaves }, (_, at) => firstLeaf + at))
      assert.ok(Buffer.from(await extract(whole, whole.replica, lost)).equals(shard))
    }
  })

  test('counts leaves of a wrong length as lost', async () => {
    const { shard, whole } = replicas[2]!
    const read = leafReader(whole.replica)
    const extracted = await extractShard({
      layout: whole.layout,
      secrets: whole.secrets,
      readLeaves: async (first, count) =>
        (await read(first, count)).map((leaf, at) =>
          (first + at) % 12 === 0 ? leaf!.subarray(1) : leaf,
        ),
    })
    assert.ok(Buffer.from(extracted).equals(shard))
  })

  test('counts leaves that a reader does not even mention as lost', async () => {
    const { whole } = replicas[2]!
    const { layout, secrets } = whole
    await assert.rejects(extractShard({ layout, secrets, readLeaves: async () => [] }), {
      code: 'TOO_MANY_LOST',
    })
  })

  test('refuses leaf hashes that are not those of the root', async () => {
    const { whole } = replicas[3]!
    const { layout, secrets, commitment, leafHashes } = whole
    const changed = leafHashes.slice()
    changed[50]! ^= 1
    const lies = [
      { commitment, leafHashes: changed },
      { commitment, leafHashes: leafHashes.slice(32) },
      { commitment: { ...commitment, root: bytes(32) }, leafHashes },
      { commitment: { ...commitment, leafCount: commitment.leafCount + 1 }, leafHashes },
    ]
    for (const hashes of lies) {
      const readLeaves = leafReader(whole.replica)
      await assert.rejects(extractShard({ layout, secrets, readLeaves, hashes }), {
        code: 'BAD_ROOT',
      })
    }
  })
})
