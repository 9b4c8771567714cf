import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { patternBytes, startTestNetwork, type TestNetwork } from './network.ts'

const SHARD_BYTES = 4 * 65_536
const SEGMENT_BYTES = 16 * 65_520

describe('what was broken off is gone on with', () => {
  let network: TestNetwork
  const cleanUps: (() => unknown)[] = []
  before(async () => {
    network = await startTestNetwork({ after: (cleanUp) => cleanUps.push(cleanUp) })
    await network.buyBucket()
  })
  after(async () => {
    for (const cleanUp of cleanUps) await cleanUp()
  })
  const received = (): bigint =>
    network.farmers.reduce((sum, farmer) => sum + farmer.status().receivedBytes, 0n)

  test('an upload, by another client with the same source and work directory', async () => {
    const workDirectory = network.directory()
    const source = join(network.directory(), 'source')
    const bytes = patternBytes(4 * SEGMENT_BYTES, 21)
    writeFileSync(source, bytes)
    const options = { workDirectory, maxShardBytes: SHARD_BYTES }
    const first = await network.client(options)
    const stop = new AbortController()
    let replicaBytes = 0
    const before = received()
    await assert.rejects(
      first.upload(source, {
        signal: stop.signal,
        onProgress(progress) {
          replicaBytes = progress.replicaBytes
          if (progress.acknowledgedBytes > replicaBytes / 2) stop.abort()
        },
      }),
      { code: 'ABORTED' },
    )
    await first.close()
    const second = await network.client(options)
    const { id } = await second.upload(source)
    const sent = Number(received() - before)
    // What was under way when it broke off may be sent twice: no more than a segment, and the manifest's copies.
    assert.ok(sent < replicaBytes * 1.6, `${sent} bytes were sent for ${replicaBytes}`)
    const target = join(network.directory(), 'target')
    await second.download(id, target)
    assert.ok(Buffer.compare(readFileSync(target), bytes) === 0)
    assert.deepEqual(leftOver(workDirectory, 'uploads'), [])
    assert.deepEqual(leftOver(workDirectory, 'segments'), [])
  })

  test('an upload whose source changed meanwhile starts anew, under another key', async () => {
    const workDirectory = network.directory()
    const source = join(network.directory(), 'source')
    writeFileSync(source, patternBytes(2 * SEGMENT_BYTES, 22))
    const options = { workDirectory, maxShardBytes: SHARD_BYTES }
    const client = await network.client(options)
    const stop = new AbortController()
    await assert.rejects(
      client.upload(source, {
        signal: stop.signal,
        onProgress: ({ acknowledgedBytes }) => acknowledgedBytes > 0 && stop.abort(),
      }),
      { code: 'ABORTED' },
    )
    const changed = patternBytes(2 * SEGMENT_BYTES, 23)
    writeFileSync(source, changed)
    const { id } = await client.upload(source)
    const target = join(network.directory(), 'target')
    await client.download(id, target)
    assert.ok(Buffer.compare(readFileSync(target), changed) === 0)
  })

  test('an upload whose source is written to meanwhile is refused, and begins anew the next time', async () => {
    const workDirectory = network.directory()
    const folder = network.directory()
    const client = await network.client({ workDirectory, maxShardBytes: SHARD_BYTES })
    for (const path of [join(folder, 'source'), folder]) {
      const source = join(folder, 'source')
      writeFileSync(source, patternBytes(2 * SEGMENT_BYTES, 26))
      let isWritten = false
      const writeOnce = (): void => {
        if (isWritten) return
        isWritten = true
        const { atime, mtime } = statSync(source)
        writeFileSync(source, patternBytes(2 * SEGMENT_BYTES, 27))
        utimesSync(source, atime, mtime)
      }
      const onProgress = (progress: { acknowledgedBytes: number }): void => {
        if (progress.acknowledgedBytes > 0) writeOnce()
      }
      await assert.rejects(client.upload(path, { onProgress }), { code: 'SOURCE_CHANGED' })
      assert.deepEqual(leftOver(workDirectory, 'uploads'), [])
      await client.upload(path)
    }
  })

  test('a download, which fetches only what is missing and checks what is there', async () => {
    const bytes = patternBytes(5 * 64 * 65_520, 24)
    const { id } = await (await network.client()).upload({ bytes, name: 'large' })
    const workDirectory = network.directory()
    const target = join(network.directory(), 'target')
    const first = await network.client({ workDirectory })
    const stop = new AbortController()
    await assert.rejects(
      first.download(id, target, {
        signal: stop.signal,
        onProgress: ({ writtenBytes }) => writtenBytes > bytes.length / 2 && stop.abort(),
      }),
      { code: 'ABORTED' },
    )
    await first.close()
    assert.ok(!existsSync(target))
    const part = readFileSync(`${target}.genaro-part`)
    const wholePieces = [0, 1, 2, 3, 4].filter((piece) => isSame(part, bytes, piece))
    assert.ok(wholePieces.length >= 2)
    // One of them is damaged on the disk meanwhile.
    part[wholePieces[0]! * 64 * 65_520 + 5]! ^= 1
    writeFileSync(`${target}.genaro-part`, part)
    const second = await network.client({ workDirectory })
    let foundBytes = 0
    await second.download(id, target, {
      onProgress: ({ writtenBytes, receivedBytes }) => {
        if (receivedBytes === 0) foundBytes = writtenBytes
      },
    })
    assert.ok(Buffer.compare(readFileSync(target), bytes) === 0)
    // All that was whole but the damaged piece; what is not missing is not fetched.
    assert.equal(foundBytes, (wholePieces.length - 1) * 64 * 65_520)
    assert.ok(!existsSync(`${target}.genaro-part`))
    assert.deepEqual(leftOver(workDirectory, 'downloads'), [])
  })

  test('an upload, in the bucket it was begun in, without what a killed run left behind', async () => {
    const workDirectory = network.directory()
    const client = await network.client({ workDirectory, maxShardBytes: SHARD_BYTES })
    const source = { bytes: patternBytes(2 * SEGMENT_BYTES, 28), name: 'begun' }
    const stop = new AbortController()
    await assert.rejects(
      client.upload(source, {
        signal: stop.signal,
        onProgress: ({ acknowledgedBytes }) => acknowledgedBytes > 0 && stop.abort(),
      }),
      { code: 'ABORTED' },
    )
    const [journal] = leftOver(workDirectory, 'uploads')
    const abandoned = join(workDirectory, journal!.replace('/uploads/', '/segments/'), '99')
    mkdirSync(abandoned, { recursive: true })
    writeFileSync(join(abandoned, 'shard-0'), 'left by a killed run')
    const roomier = await network.buyBucket({ sizeBytes: 2n * 10n ** 9n })
    const { bucketId } = await client.upload(source)
    assert.notEqual(bucketId, roomier)
    assert.deepEqual(leftOver(workDirectory, 'segments'), [])
  })

  test('two clients do not work on one upload at once', async () => {
    const workDirectory = network.directory()
    const source = { bytes: patternBytes(3_000_000, 25), name: 'both' }
    const one = await network.client({ workDirectory })
    const other = await network.client({ workDirectory })
    const results = await Promise.allSettled([one.upload(source), other.upload(source)])
    const refused = results.filter((result) => result.status === 'rejected')
    assert.equal(refused.length, 1)
    assert.equal(refused[0]!.reason.code, 'BUSY')
  })
})

const isSame = (part: Uint8Array, bytes: Uint8Array, piece: number): boolean => {
  const [start, end] = [piece * 64 * 65_520, (piece + 1) * 64 * 65_520]
  return Buffer.compare(part.subarray(start, end), bytes.subarray(start, end)) === 0
}

/** What stands in a folder of the work directory, whichever chain and account it is for. */
const leftOver = (workDirectory: string, folder: string): string[] =>
  readdirSync(workDirectory, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.includes(`/${folder}/`),
  )
