import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createErasureCode } from '../../src/crypto/erasure/erasureCode.ts'
import { createFileCipher, openFileCipher } from '../../src/crypto/fileCipher.ts'
import { createFileLayout, type FileLayout } from '../../src/protocol/fileLayout.ts'
import {
  CELL_BYTES,
  CELL_PLAINTEXT_BYTES,
  type FileShape,
} from '../../src/protocol/fileLayoutShape.ts'
import { shardId } from '../../src/protocol/replicaId.ts'
import { extractShard } from '../../src/spor/extract.ts'
import { bytes, leafReader, replicaOf } from './replicas.ts'

const fileKey = bytes(32)
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

/** The cells of a stripe as the code sees them: what a shard does not have is zeros. */
function paddedStripe(
  layout: FileLayout,
  segment: number,
  shards: readonly Uint8Array[],
  stripe: number,
) {
  const sizeBytes = layout.segment(segment).stripeCellBytes(stripe)
  return shards.map((shard) => {
    const cell = new Uint8Array(sizeBytes)
    cell.set(shard.subarray(stripe * CELL_BYTES, stripe * CELL_BYTES + sizeBytes))
    return cell
  })
}

/** The shards of every segment of a file. */
async function encode(layout: FileLayout, plaintext: Uint8Array) {
  const cipher = await createFileCipher({ fileKey })
  const code = createErasureCode(layout)
  const segments = upTo(layout.segmentCount).map((index) => {
    const { shardCount, shardBytes } = layout.segment(index)
    return upTo(shardCount).map((shard) => new Uint8Array(shardBytes(shard)))
  })
  for (let cell = 0; cell < layout.cellCount; cell++) {
    const { segment, shard, offset, sizeBytes } = layout.locateCell(cell)
    const start = cell * CELL_PLAINTEXT_BYTES
    const plain = plaintext.subarray(start, start + CELL_PLAINTEXT_BYTES)
    const into = segments[segment]![shard]!.subarray(offset, offset + sizeBytes)
    await cipher.encryptCell(cell, cell === layout.cellCount - 1, plain, into)
  }
  for (const [index, shards] of segments.entries()) {
    for (let stripe = 0; stripe < layout.segment(index).stripeCount; stripe++) {
      const cells = paddedStripe(layout, index, shards, stripe)
      const parity = cells.slice(layout.dataShards)
      code.encode(cells.slice(0, layout.dataShards), parity)
      for (const [at, cell] of parity.entries()) {
        shards[layout.dataShards + at]!.set(cell, stripe * CELL_BYTES)
      }
    }
  }
  return { header: cipher.header, segments }
}

/** The file again, from shards some of which are lost. */
async function decode(
  layout: FileLayout,
  header: Uint8Array,
  segments: readonly (readonly (Uint8Array | undefined)[])[],
): Promise<Uint8Array> {
  const code = createErasureCode(layout)
  const cipher = await openFileCipher({ fileKey, header })
  const plaintext = new Uint8Array(layout.plaintextBytes)
  for (let cell = 0; cell < layout.cellCount; cell++) {
    const { segment, stripe, shard, sizeBytes } = layout.locateCell(cell)
    const shards = segments[segment]!
    const present = shards.map((bytes) => bytes ?? new Uint8Array(0))
    const stored = paddedStripe(layout, segment, present, stripe)
    const repaired = code.reconstructData(
      stored.map((bytes, at) => (shards[at] === undefined ? undefined : bytes)),
    )
    const encrypted = repaired[shard]!.subarray(0, sizeBytes)
    const plain = await cipher.decryptCell(cell, cell === layout.cellCount - 1, encrypted)
    plaintext.set(plain, cell * CELL_PLAINTEXT_BYTES)
  }
  return plaintext
}

describe('a file', () => {
  const shape: Omit<FileShape, 'plaintextBytes'> = {
    dataShards: 4,
    parityShards: 2,
    segmentBytes: 8 * CELL_BYTES,
  }
  for (const plaintextBytes of [
    0,
    1,
    CELL_PLAINTEXT_BYTES,
    4 * CELL_PLAINTEXT_BYTES,
    4 * CELL_PLAINTEXT_BYTES + 1,
    6 * CELL_PLAINTEXT_BYTES + 70,
    8 * CELL_PLAINTEXT_BYTES,
    8 * CELL_PLAINTEXT_BYTES + 5,
  ]) {
    test(`of ${plaintextBytes} bytes comes back byte for byte without any two of its shards`, async () => {
      const layout = createFileLayout({ ...shape, plaintextBytes })
      const plaintext = bytes(plaintextBytes)
      const { header, segments } = await encode(layout, plaintext)
      for (const lost of [
        [0, 1],
        [0, 5],
        [3, 4],
        [4, 5],
        [1, 2],
      ]) {
        const left = segments.map((shards) =>
          shards.map((shard, at) => (lost.includes(at) ? undefined : shard)),
        )
        assert.ok(Buffer.from(await decode(layout, header, left)).equals(plaintext))
      }
    })
  }

  test('comes back from replicas on farmers, one of whom lost leaves and two everything', async () => {
    const layout = createFileLayout({ ...shape, plaintextBytes: 700_000 })
    const plaintext = bytes(700_000)
    const { header, segments } = await encode(layout, plaintext)
    const fileId = bytes(32)
    const back = await Promise.all(
      segments.map((shards, segment) =>
        Promise.all(
          shards.map(async (shard, at) => {
            if (at === 0 || at === 4) return undefined
            if (shard.length === 0) return shard
            const id = shardId({ fileId, segment, shard: at })
            const whole = await replicaOf(shard, { shardId: id, farmer: bytes(20) })
            const lost = new Set(
              at === 2 ? upTo(whole.layout.leafCount).filter((i) => i % 17 === 0) : [],
            )
            const { layout: replica, secrets, commitment, leafHashes } = whole
            return extractShard({
              layout: replica,
              secrets,
              readLeaves: leafReader(whole.replica, lost),
              hashes: { commitment, leafHashes },
            })
          }),
        ),
      ),
    )
    assert.ok(Buffer.from(await decode(layout, header, back)).equals(plaintext))
  })
})
