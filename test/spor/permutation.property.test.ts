import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { CTRCipher } from '../../src/crypto/cipher.ts'
import { createReplicaLayout } from '../../src/protocol/replicaLayout.ts'
import { locateCodedLeaves } from '../../src/spor/codedLeaves.ts'
import { windowPermutation } from '../../src/spor/permutation.ts'
import { createReplicaSecrets } from '../../src/spor/replicaSecrets.ts'
import { locateSentinel } from '../../src/spor/sentinel.ts'
import { bytes, IDENTITY, KEYS, leafOf, replicaOf } from './replicas.ts'

const secrets = await createReplicaSecrets(KEYS, IDENTITY)

describe('the permutation of a window', () => {
  test('is a bijection at every size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1_024 }),
        fc.nat(2 ** 20),
        async (leaves, index) => {
          const places = await windowPermutation(secrets, { index, leaves })
          assert.deepEqual(
            [...places].sort((a, b) => a - b),
            Array.from({ length: leaves }, (_, place) => place),
          )
        },
      ),
    )
  })

  test('is another one in every window and for every key', async () => {
    const other = await createReplicaSecrets(KEYS, { ...IDENTITY, nonce: bytes(32) })
    const orders = await Promise.all([
      windowPermutation(secrets, { index: 0, leaves: 100 }),
      windowPermutation(secrets, { index: 1, leaves: 100 }),
      windowPermutation(other, { index: 0, leaves: 100 }),
    ])
    assert.equal(new Set(orders.map(String)).size, 3)
  })

  test('is unbiased: every order of four leaves comes up equally often', async () => {
    const counts = new Map<string, number>()
    const rounds = 12_000
    for (let index = 0; index < rounds; index++) {
      const order = String(await windowPermutation(secrets, { index, leaves: 4 }))
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    const expected = rounds / 24
    const chiSquare = [...counts.values()].reduce(
      (sum, count) => sum + (count - expected) ** 2 / expected,
      0,
    )
    // Keys are fixed, so this is one draw of χ² with 23 degrees of freedom; 49.7 is its 0.999 quantile.
    assert.equal(counts.size, 24)
    assert.ok(chiSquare < 49.7, `χ² is ${chiSquare}`)
  })

  test('draws again what a remainder would favour, beyond its first batch of words', async () => {
    let calls = 0
    const stubborn: CTRCipher = {
      async apply(_, message) {
        // For three leaves 2^32 − 1 is the one word too many; then come zeros.
        return new Uint8Array(message.length).fill(calls++ === 0 ? 0xff : 0)
      },
    }
    const places = await windowPermutation({ permutation: stubborn }, { index: 0, leaves: 3 })
    assert.equal(calls, 2)
    assert.deepEqual([...places].sort(), [0, 1, 2])
  })
})

describe('places in a replica', () => {
  test('of coded leaves and sentinels together are every leaf once', async () => {
    for (const size of [1, 200_000, 2_500_000]) {
      const layout = createReplicaLayout(size)
      const seen: number[] = []
      for await (const run of locateCodedLeaves(layout, secrets, 0, layout.codedLeaves)) {
        seen.push(...run.leafIndices)
      }
      for (let number = 0; number < layout.sentinels; number++) {
        seen.push((await locateSentinel(layout, secrets, number)).leafIndex)
      }
      assert.deepEqual(
        seen.sort((a, b) => a - b),
        Array.from({ length: layout.leafCount }, (_, index) => index),
      )
    }
  })
})

describe('sentinels', () => {
  test('are in the replica where their owner says, and nowhere else', async () => {
    const { layout, replica, secrets: own } = await replicaOf(bytes(1_500_000))
    for (let number = 0; number < layout.sentinels; number++) {
      const { leafIndex, leaf } = await locateSentinel(layout, own, number)
      assert.deepEqual(leafOf(replica, leafIndex), leaf)
    }
  })

  test('are refused beyond what a replica has', async () => {
    const layout = createReplicaLayout(1)
    for (const number of [-1, 0.5, layout.sentinels]) {
      await assert.rejects(locateSentinel(layout, secrets, number), { code: 'OUT_OF_RANGE' })
    }
  })
})
