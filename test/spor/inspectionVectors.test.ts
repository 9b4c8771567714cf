import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { hexToBytes, type PrefixedHexString } from '@ethereumjs/util'
import { extraSeed, scheduledSeed } from '../../src/spor/inspectionSeed.ts'
import { verifyInspection, verifyReplicaInspection } from '../../src/spor/verifyInspection.ts'
import { makeInspectionVectors, VECTORS_FILE } from './inspectionVectors.ts'

type Vectors = Awaited<ReturnType<typeof makeInspectionVectors>>

const vectors: Vectors = JSON.parse(readFileSync(VECTORS_FILE, 'utf8'))
const bytes = (hex: string): Uint8Array => hexToBytes(hex as PrefixedHexString)

/** Runs a check that a vector says is passed, or refused with its reason. */
function holds({ isValid, reason }: { isValid: boolean; reason: string }, check: () => void): void {
  if (isValid) check()
  else assert.throws(check, { name: 'InspectionError', code: reason })
}

describe('the vectors shared with the contracts', () => {
  test('are what the code makes (otherwise: node test/spor/inspectionVectors.ts)', async () => {
    assert.deepEqual(vectors, JSON.parse(JSON.stringify(await makeInspectionVectors())))
  })

  test('are few enough bytes to keep', () => {
    assert.ok(readFileSync(VECTORS_FILE).length < 600_000)
  })

  for (const one of vectors.inspections) {
    test(`${one.isValid ? 'accept' : 'refuse'} ${one.name}`, () => {
      const { node, round, height } = one
      const seed = scheduledSeed({ mix: bytes(one.mix), node: BigInt(node), round: BigInt(round) })
      assert.deepEqual(seed, bytes(one.seed))
      holds(one, () =>
        verifyInspection({
          root: bytes(one.root),
          totalLeaves: BigInt(one.totalLeaves),
          height,
          seed,
          isExcused: (id) => one.excused.some((excused) => Buffer.from(bytes(excused)).equals(id)),
          answer: bytes(one.proof),
        }),
      )
    })
  }

  for (const one of vectors.replicaInspections) {
    test(`of one replica ${one.isValid ? 'accept' : 'refuse'} ${one.name}`, () => {
      const { leafCount, challengeId } = one
      const replicaId = bytes(one.replicaId)
      const seed = extraSeed({ mix: bytes(one.mix), replicaId, challengeId: BigInt(challengeId) })
      assert.deepEqual(seed, bytes(one.seed))
      holds(one, () =>
        verifyReplicaInspection({
          root: bytes(one.root),
          leafCount,
          seed,
          answer: bytes(one.proof),
        }),
      )
    })
  }
})
