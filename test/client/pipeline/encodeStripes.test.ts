import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { encodeStripes } from '../../../src/client/pipeline/encodeStripes.ts'
import { createErasureCode } from '../../../src/crypto/erasure/erasureCode.ts'
import { createFileCipher, openFileCipher } from '../../../src/crypto/fileCipher.ts'
import { CELL_BYTES, CELL_PLAINTEXT_BYTES } from '../../../src/protocol/fileLayoutShape.ts'
import { patternBytes } from '../network.ts'

test('jobs for different stripes may write the same files at the same time', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'genaro-encode-'))
  context.after(() => rmSync(directory, { recursive: true }))
  const [fileKey, salt] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]
  const stripes = 12
  const plaintext = patternBytes(stripes * 2 * CELL_PLAINTEXT_BYTES)
  const shape = {
    plaintextBytes: plaintext.length,
    dataShards: 2,
    parityShards: 1,
    segmentBytes: 2 * stripes * CELL_BYTES,
  }
  const shardFiles = [0, 1, 2].map((shard) => join(directory, String(shard)))
  await Promise.all(
    Array.from({ length: stripes }, (_, stripe) => {
      const start = stripe * 2 * CELL_PLAINTEXT_BYTES
      return encodeStripes({
        kind: 'encodeStripes',
        shape,
        segment: 0,
        firstStripe: stripe,
        stripeCount: 1,
        plaintext: plaintext.slice(start, start + 2 * CELL_PLAINTEXT_BYTES),
        fileKey,
        salt,
        shardFiles,
      })
    }),
  )
  const shards = shardFiles.map((file) => new Uint8Array(readFileSync(file)))
  assert.ok(createErasureCode(shape).verify(shards))
  const { header } = await createFileCipher({ fileKey, salt })
  const decipher = await openFileCipher({ fileKey, header })
  for (let cell = 0; cell < 2 * stripes; cell++) {
    const start = Math.floor(cell / 2) * CELL_BYTES
    const bytes = shards[cell % 2]!.subarray(start, start + CELL_BYTES)
    const opened = await decipher.decryptCell(cell, cell === 2 * stripes - 1, bytes)
    const expected = plaintext.subarray(
      cell * CELL_PLAINTEXT_BYTES,
      (cell + 1) * CELL_PLAINTEXT_BYTES,
    )
    assert.deepEqual(opened, expected)
  }
})
