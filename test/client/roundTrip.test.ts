import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Client } from '../../src/client/createClient.ts'
import type { UploadProgress } from '../../src/client/progress.ts'
import { patternBytes, startTestNetwork, type TestNetwork } from './network.ts'

const CELL = 65_520
const STRIPE = 4 * CELL
const SHARD_BYTES = 4 * 65_536
const SEGMENT = 4 * STRIPE

describe('a file comes back byte for byte', () => {
  let network: TestNetwork
  let client: Client
  let bucketId: string
  const cleanUps: (() => unknown)[] = []
  before(async () => {
    network = await startTestNetwork({ after: (cleanUp) => cleanUps.push(cleanUp) })
    bucketId = await network.buyBucket()
    client = await network.client({ maxShardBytes: SHARD_BYTES })
  })
  after(async () => {
    for (const cleanUp of cleanUps) await cleanUp()
  })

  const target = (): string => join(network.directory(), 'target')

  async function expectRoundTrip(bytes: Uint8Array, name = 'file'): Promise<string> {
    const { id } = await client.upload({ bytes, name })
    const path = target()
    const result = await client.download(id, path)
    assert.equal(result.sizeBytes, bytes.length)
    assert.ok(Buffer.compare(readFileSync(path), bytes) === 0, `${bytes.length} bytes`)
    return id
  }

  for (const [what, size] of [
    ['nothing', 0],
    ['one byte', 1],
    ['exactly one cell', CELL],
    ['one byte more than a cell', CELL + 1],
    ['exactly one stripe', STRIPE],
    ['one byte less than a segment', SEGMENT - 1],
    ['exactly one segment', SEGMENT],
    ['two segments and a ragged end', 2 * SEGMENT + 3 * CELL + 17],
  ] as const) {
    test(`with ${what} in it`, async () => {
      await expectRoundTrip(patternBytes(size, size + 1))
    })
  }

  test('with a name of odd bytes, from a path of odd bytes', async () => {
    const folder = network.directory()
    const name = Buffer.concat([Buffer.from('o\u202edd \n'), Buffer.from([0xff, 0xfe, 0x80])])
    const path = Buffer.concat([Buffer.from(`${folder}/`), name])
    writeFileSync(path, 'content')
    const { id } = await client.upload({ path: new Uint8Array(path) })
    const file = await client.openFile(id)
    assert.deepEqual(Buffer.from(file.nameBytes), name)
    await file.close()
  })

  test('a folder, with empty files, empty folders, odd names, times and permissions', async () => {
    const folder = join(network.directory(), 'photos')
    mkdirSync(join(folder, 'empty', 'inside'), { recursive: true })
    writeFileSync(join(folder, 'nothing'), '')
    writeFileSync(join(folder, 'run.sh'), '#!/bin/sh\n', { mode: 0o755 })
    writeFileSync(join(folder, 'empty', '…'), patternBytes(300_000))
    const odd = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xc3, 0x28, 0x20])])
    writeFileSync(odd, 'odd')
    symlinkSync('/etc/passwd', join(folder, 'link'))
    const uploaded = await client.upload(folder)
    assert.equal(uploaded.isFolder, true)
    assert.deepEqual(uploaded.skipped, [join(folder, 'link')])
    const path = target()
    await client.download(uploaded.id, path)
    const names = (at: string): string[] =>
      readdirSync(at, { encoding: 'latin1', recursive: true }).sort()
    assert.deepEqual(
      names(path),
      names(folder).filter((name) => name !== 'link'),
    )
    assert.deepEqual(readFileSync(join(path, 'empty', '…')), Buffer.from(patternBytes(300_000)))
    assert.equal(statSync(join(path, 'run.sh')).mode & 0o777, 0o755)
    assert.equal(
      Math.floor(statSync(join(path, 'nothing')).mtimeMs),
      Math.floor(statSync(join(folder, 'nothing')).mtimeMs),
    )
  })

  test('any range of it, cell borders and segment borders included', async () => {
    const bytes = patternBytes(SEGMENT + STRIPE + 5, 9)
    const { id } = await client.upload({ bytes, name: 'ranges' })
    const file = await client.openFile(id)
    for (const [start, length] of [
      [0, 0],
      [0, 1],
      [CELL - 1, 2],
      [CELL, CELL],
      [STRIPE - 7, 20],
      [SEGMENT - 3, 3 * CELL],
      [bytes.length - 1, 1],
      [bytes.length, 0],
      [0, bytes.length],
    ] as const) {
      const read = await file.read(start, length)
      assert.ok(Buffer.compare(read, bytes.subarray(start, start + length)) === 0, `at ${start}`)
    }
    await assert.rejects(file.read(bytes.length, 1), { code: 'BAD_RANGE' })
    await assert.rejects(file.read(-1, 1), { code: 'BAD_RANGE' })
    const streamed: Buffer[] = []
    for await (const piece of file.createReadStream({ start: 10, end: bytes.length - 10 })) {
      streamed.push(piece as Buffer)
    }
    assert.ok(Buffer.compare(Buffer.concat(streamed), bytes.subarray(10, -10)) === 0)
    await file.close()
  })

  test('progress ends with everything encrypted, sent, acknowledged and registered', async () => {
    let last: UploadProgress | undefined
    const bytes = patternBytes(SEGMENT + 100, 12)
    await client.upload(
      { bytes, name: 'progress' },
      {
        onProgress: (progress) => {
          last = progress
        },
      },
    )
    const { sizeBytes, replicaBytes } = last!
    assert.equal(sizeBytes, bytes.length)
    assert.equal(last!.encryptedBytes, sizeBytes)
    assert.equal(last!.sentBytes, replicaBytes)
    assert.equal(last!.acknowledgedBytes, replicaBytes)
    assert.equal(last!.registeredBytes, replicaBytes)
  })

  test('a fresh machine needs no more than the id and the master seed', async () => {
    const bytes = patternBytes(100_000, 3)
    const { id } = await client.upload({ bytes, name: 'song.mp3' })
    const other = await network.client()
    const path = target()
    const { name } = await other.download(id, path)
    assert.equal(name, 'song.mp3')
    assert.ok(Buffer.compare(readFileSync(path), bytes) === 0)
  })

  test('another master seed opens nothing', async () => {
    const { id } = await client.upload({ bytes: patternBytes(10), name: 'secret' })
    const stranger = await network.client({ masterSeed: new Uint8Array(32).fill(8) })
    await assert.rejects(stranger.download(id, target()), { code: 'WRONG_SEED' })
  })

  test('it is listed until it is removed, and its space is free then', async () => {
    const { id } = await client.upload({ bytes: patternBytes(1000), name: 'note.txt' })
    const listed = (await client.list({ bucketId })).find((file) => file.id === id)
    assert.equal(listed?.name, 'note.txt')
    assert.equal(listed?.sizeBytes, 1000)
    const before = (await client.status()).buckets[0]!.usedBytes
    const removed = await client.remove(id)
    assert.equal(removed.replicaCount, listed!.replicaCount)
    const { buckets } = await client.status()
    assert.equal(buckets[0]!.usedBytes, before - removed.replicaBytes)
    assert.ok((await client.list()).every((file) => file.id !== id))
    await assert.rejects(client.download(id, target()), { code: 'FILE_UNKNOWN' })
  })

  test('reading is paid by receipts that add up to the bytes that were sent', async () => {
    const bytes = patternBytes(2_000_000, 5)
    const { id } = await client.upload({ bytes, name: 'paid' })
    const before = network.farmers.reduce((sum, farmer) => sum + farmer.status().servedBytes, 0n)
    const unpaidBefore = network.farmers.reduce(
      (sum, farmer) => sum + farmer.status().unredeemedBytes,
      0n,
    )
    const { receivedBytes } = await client.download(id, target())
    const served = network.farmers.reduce((sum, farmer) => sum + farmer.status().servedBytes, 0n)
    const unpaid = network.farmers.reduce(
      (sum, farmer) => sum + farmer.status().unredeemedBytes,
      0n,
    )
    assert.equal(served - before, BigInt(receivedBytes))
    assert.equal(unpaid - unpaidBefore, BigInt(receivedBytes))
  })
})
