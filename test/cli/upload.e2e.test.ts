import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { patternBytes } from '../client/network.ts'
import { firstLine } from './devnetProcess.ts'
import { type FilesBench, startFilesBench } from './filesBench.ts'

describe('files by the command line', () => {
  let bench: FilesBench
  const cleanUps: (() => unknown)[] = []
  before(async () => {
    bench = await startFilesBench({ after: (cleanUp) => cleanUps.push(cleanUp) })
  })
  after(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp()
  })

  test('without a bucket, upload says how to buy one', async () => {
    writeFileSync(bench.at('note'), 'hello')
    const { code, stdout, stderr } = await bench.run(['upload', bench.at('note')])
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.match(stderr, /genaro bucket buy --size/)
    // The first use made a seed, and said so.
    assert.match(stderr, /master seed/)
    assert.equal(statSync(bench.at('seed')).mode & 0o777, 0o600)
  })

  test('a file goes out and comes back; ls, rm and status know of it', async () => {
    await bench.json(['bucket', 'buy', '--size', '1GB', '--term', '365d'])
    const bytes = patternBytes(700_000)
    writeFileSync(bench.at('film.mp4'), bytes)
    const uploaded = await bench.json(['upload', bench.at('film.mp4')])
    const id = String(uploaded.id)
    assert.match(id, /^0x[0-9a-f]{64}$/)
    const { code, stderr } = await bench.run(['download', id, bench.at('back')])
    assert.equal(code, 0, stderr)
    assert.ok(Buffer.compare(readFileSync(bench.at('back')), bytes) === 0)
    const { files } = (await bench.json(['ls'])) as unknown as {
      files: { id: string; name: string; sizeBytes: number }[]
    }
    assert.deepEqual(
      files.map(({ id, name, sizeBytes }) => ({ id, name, sizeBytes })),
      [{ id, name: 'film.mp4', sizeBytes: 700_000 }],
    )
    const status = await bench.json(['status'])
    assert.equal(status.farmerNodeCount, 6)
    assert.equal(status.replicaCount, '9')
    await bench.json(['rm', id])
    assert.equal((await bench.json(['status'])).replicaCount, '0')
    const gone = await bench.run(['download', id, bench.at('gone')])
    assert.equal(gone.code, 1)
    assert.match(gone.stderr, /no file/)
    assert.ok(!existsSync(bench.at('gone')))
  })

  test('several paths, a folder among them', async () => {
    mkdirSync(bench.at('folder', 'inner'), { recursive: true })
    writeFileSync(bench.at('folder', 'inner', 'a'), 'A')
    writeFileSync(bench.at('folder', 'empty'), '')
    const { files } = (await bench.json([
      'upload',
      bench.at('folder'),
      bench.at('note'),
    ])) as unknown as { files: { id: string; isFolder: boolean }[] }
    assert.deepEqual(
      files.map(({ isFolder }) => isFolder),
      [true, false],
    )
    await bench.json(['download', files[0]!.id, bench.at('folder-back')])
    assert.deepEqual(
      readdirSync(bench.at('folder-back'), { recursive: true, encoding: 'utf8' }).sort(),
      ['empty', 'inner', 'inner/a'],
    )
  })

  test('stream serves it in ranges while it is fetched', async () => {
    const bytes = patternBytes(900_000, 3)
    writeFileSync(bench.at('song.mp3'), bytes)
    const { id } = await bench.json(['upload', bench.at('song.mp3')])
    const child = bench.start(['stream', String(id), '--json'])
    const { url } = JSON.parse(await firstLine(child)) as { url: string }
    const response = await fetch(url, { headers: { range: 'bytes=200000-500000' } })
    assert.equal(response.status, 206)
    assert.equal(response.headers.get('content-type'), 'audio/mpeg')
    const body = new Uint8Array(await response.arrayBuffer())
    assert.ok(Buffer.compare(body, bytes.subarray(200_000, 500_001)) === 0)
    child.kill('SIGTERM')
    assert.deepEqual((await once(child, 'close'))[0], 0)
  })

  test('an upload and a download that are killed go on where they were', async () => {
    const bytes = patternBytes(24_000_000, 6)
    writeFileSync(bench.at('large'), bytes)
    const upload = bench.start(['upload', bench.at('large'), '--json'])
    const uploaded = once(upload, 'close')
    // It has begun once its journal is there.
    while (!hasFile(bench.at('work'), '/uploads/')) await sleep(20)
    await sleep(500)
    upload.kill('SIGKILL')
    await uploaded
    const { id } = await bench.json(['upload', bench.at('large')])
    const target = bench.at('large-back')
    const download = bench.start(['download', String(id), target])
    const downloaded = once(download, 'close')
    while (!existsSync(`${target}.genaro-part`) && download.exitCode === null) await sleep(5)
    await sleep(200)
    download.kill('SIGKILL')
    await downloaded
    if (!existsSync(target)) await bench.json(['download', String(id), target])
    assert.ok(Buffer.compare(readFileSync(target), bytes) === 0)
  })

  test('a wrong id is a usage error, a target in the way is none', async () => {
    assert.equal((await bench.run(['download', '0x12', bench.at('x')])).code, 2)
    const { id } = await bench.json(['upload', bench.at('note')])
    writeFileSync(bench.at('precious'), 'precious')
    const { code, stderr } = await bench.run(['download', String(id), bench.at('precious')])
    assert.equal(code, 1)
    assert.match(stderr, /--force/)
    assert.equal(readFileSync(bench.at('precious'), 'utf8'), 'precious')
  })

  test('another seed reads nothing', async () => {
    const { id } = await bench.json(['upload', bench.at('note')])
    const { code, stderr } = await bench.run(['download', String(id), bench.at('y')], {
      GENARO_SEED_FILE: bench.at('other-seed'),
      GENARO_WORK_DIR: bench.at('other-work'),
    })
    assert.equal(code, 1)
    assert.match(stderr, /seed/)
  })
})

const hasFile = (directory: string, part: string): boolean =>
  existsSync(directory) &&
  readdirSync(directory, { recursive: true, encoding: 'utf8' }).some((path) => path.includes(part))
