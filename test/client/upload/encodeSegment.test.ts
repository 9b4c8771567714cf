import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClientContext } from '../../../src/client/context.ts'
import type { FileSource } from '../../../src/client/fileSource.ts'
import { createUploadWorkers } from '../../../src/client/pipeline/uploadWorkers.ts'
import { encodeSegment } from '../../../src/client/upload/encodeSegment.ts'
import type { UploadState } from '../../../src/client/upload/uploadState.ts'
import { createFileLayout } from '../../../src/protocol/fileLayout.ts'

test('giving up while the source is slow leaves no failure that nobody hears of', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'genaro-encode-'))
  const workers = createUploadWorkers()
  context.after(async () => {
    await workers.close()
    rmSync(directory, { recursive: true })
  })
  const shape = {
    plaintextBytes: 6_000_000,
    dataShards: 4,
    parityShards: 2,
    segmentBytes: 128 * 65_536,
  }
  const stop = new AbortController()
  let reads = 0
  const source: FileSource = {
    sizeBytes: shape.plaintextBytes,
    async read() {
      if (++reads === 1) return
      stop.abort()
      await sleep(100)
    },
    async expectSame() {},
    async close() {},
  }
  const state = { shape, fileKey: new Uint8Array(32), salt: new Uint8Array(32), digests: new Map() }
  const unheard: unknown[] = []
  const listen = (reason: unknown): void => void unheard.push(reason)
  process.on('unhandledRejection', listen)
  context.after(() => process.off('unhandledRejection', listen))
  await assert.rejects(
    encodeSegment({ workers } as ClientContext, state as unknown as UploadState, source, {
      layout: createFileLayout(shape),
      segment: 0,
      directory: join(directory, '0'),
      onEncrypted() {},
      signal: stop.signal,
    }),
  )
  assert.equal(reads, 2)
  assert.deepEqual(unheard, [])
})
