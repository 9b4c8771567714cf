import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { createErasureCode } from '../../crypto/erasure/erasureCode.ts'
import { createFileCipher } from '../../crypto/fileCipher.ts'
import { CELL_TAG_BYTES } from '../../crypto/fileSizes.ts'
import { createFileLayout } from '../../protocol/fileLayout.ts'
import type { SegmentLayout } from '../../protocol/fileLayoutSegment.ts'
import { CELL_BYTES, CELL_PLAINTEXT_BYTES } from '../../protocol/fileLayoutShape.ts'
import { freeBytes } from '../../util/freeBytes.ts'
import type { EncodeStripesJob } from './jobs.ts'

/**
 * Encrypts stripes, adds the parity of the outer code and writes every shard's cells to its file (SPEC 7). What
 * a shard does not store, the zeros behind a short last cell, is not written. Returns the cells' tags, 16 bytes each:
 * they tell any change of the content.
 */
export async function encodeStripes(job: EncodeStripesJob): Promise<Uint8Array<ArrayBuffer>> {
  const { shape, firstStripe, stripeCount } = job
  const segment = createFileLayout(shape).segment(job.segment)
  const rowBytes = stripeCount * CELL_BYTES
  const memory = new Uint8Array(segment.shardCount * rowBytes)
  const rows = Array.from({ length: segment.shardCount }, (_, shard) =>
    memory.subarray(shard * rowBytes, (shard + 1) * rowBytes),
  )
  const tags = await encryptCells(job, segment, rows)
  // A row is cells of one shard after another; the code works byte by byte, so all stripes go at once.
  createErasureCode(shape).encode(rows.slice(0, shape.dataShards), rows.slice(shape.dataShards))
  const start = firstStripe * CELL_BYTES
  await Promise.all(
    rows.map(async (row, shard) => {
      const sizeBytes = Math.min(row.length, segment.shardBytes(shard) - start)
      if (sizeBytes > 0) await writeAt(job.shardFiles[shard]!, row.subarray(0, sizeBytes), start)
    }),
  )
  freeBytes(memory)
  return tags
}

async function encryptCells(
  { shape, firstStripe, stripeCount, plaintext, fileKey, salt }: EncodeStripesJob,
  { firstCell, cellCount }: SegmentLayout,
  rows: readonly Uint8Array[],
): Promise<Uint8Array<ArrayBuffer>> {
  const lastCell = createFileLayout(shape).cellCount - 1
  const cipher = await createFileCipher({ fileKey, salt })
  const { dataShards } = shape
  const end = Math.min((firstStripe + stripeCount) * dataShards, cellCount)
  const first = firstStripe * dataShards
  const tags = new Uint8Array((end - first) * CELL_TAG_BYTES)
  for (let at = first; at < end; at++) {
    const index = firstCell + at
    const offset = (at - first) * CELL_PLAINTEXT_BYTES
    const plain = plaintext.subarray(offset, offset + CELL_PLAINTEXT_BYTES)
    const start = (Math.floor(at / dataShards) - firstStripe) * CELL_BYTES
    const end = start + plain.length + CELL_TAG_BYTES
    const cell = rows[at % dataShards]!.subarray(start, end)
    await cipher.encryptCell(index, index === lastCell, plain, cell)
    tags.set(cell.subarray(plain.length), (at - first) * CELL_TAG_BYTES)
  }
  return tags
}

async function writeAt(file: string, bytes: Uint8Array, offset: number): Promise<void> {
  let handle: FileHandle | undefined
  try {
    // Never cut: jobs for other stripes write to it at the same time.
    handle = await open(file, constants.O_RDWR | constants.O_CREAT, 0o600)
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, offset + done)
      done += bytesWritten
    }
  } finally {
    await handle?.close()
  }
}
