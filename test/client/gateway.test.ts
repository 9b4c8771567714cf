import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { createGateway, type Gateway } from '../../src/client/gateway.ts'
import type { OpenFile } from '../../src/client/openFile.ts'
import { parseRangeHeader } from '../../src/client/ranges.ts'
import { createFileLayout } from '../../src/protocol/fileLayout.ts'
import { patternBytes } from './network.ts'

const BYTES = patternBytes(1_000_000)

/** A file whose content is in memory; `taken` counts what was read of it. */
function memoryFile(bytes: Uint8Array): OpenFile & { taken: number } {
  const file = {
    id: `0x${'ab'.repeat(32)}`,
    bucketId: `0x${'00'.repeat(32)}`,
    name: 'a film.mp4',
    nameBytes: new TextEncoder().encode('a film.mp4'),
    contentType: 'video/mp4',
    sizeBytes: bytes.length,
    modifiedMs: 0,
    isFolder: false,
    layout: createFileLayout({
      plaintextBytes: bytes.length,
      dataShards: 4,
      parityShards: 2,
      segmentBytes: 4 * 65_536,
    }),
    taken: 0,
    read: async (offset: number, length: number) => bytes.subarray(offset, offset + length),
    createReadStream({ start = 0, end = bytes.length } = {}) {
      const pieces = (function* () {
        for (let at = start; at < end; at += 10_000) {
          file.taken += 10_000
          yield bytes.subarray(at, Math.min(end, at + 10_000))
        }
      })()
      return Readable.from(pieces, { objectMode: false, highWaterMark: 20_000 })
    },
    close: async () => {},
  }
  return file
}

describe('the gateway', () => {
  const file = memoryFile(BYTES)
  let gateway: Gateway
  let url: string
  before(async () => {
    gateway = await createGateway({ files: new Map([['key', file]]), maxConcurrent: 2 })
    url = gateway.urlOf('key')
  })
  after(() => gateway.close())

  const get = (headers: Record<string, string> = {}, method = 'GET') =>
    fetch(url, { headers, method })
  const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer())

  test('serves the whole file with its type', async () => {
    const response = await get()
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('content-type'), 'video/mp4')
    assert.equal(response.headers.get('accept-ranges'), 'bytes')
    assert.equal(response.headers.get('content-length'), '1000000')
    assert.deepEqual(await bytesOf(response), BYTES)
  })

  for (const [range, start, end] of [
    ['bytes=0-0', 0, 1],
    ['bytes=500-', 500, 1_000_000],
    ['bytes=999999-2000000', 999_999, 1_000_000],
    ['bytes=-5', 999_995, 1_000_000],
    ['bytes=-9999999', 0, 1_000_000],
  ] as const) {
    test(`serves ${range}`, async () => {
      const response = await get({ range })
      assert.equal(response.status, 206)
      assert.equal(response.headers.get('content-range'), `bytes ${start}-${end - 1}/1000000`)
      assert.deepEqual(await bytesOf(response), BYTES.subarray(start, end))
    })
  }

  test('serves the whole for ranges it does not understand', async () => {
    for (const range of ['bytes=5-1', 'lines=1-2', 'bytes=0-1,5-6', 'bytes=-', 'bytes=x']) {
      const response = await get({ range })
      assert.equal(response.status, 200, range)
      await response.body?.cancel()
    }
  })

  test('answers 416 for what lies behind the end', async () => {
    for (const range of ['bytes=1000000-', 'bytes=-0']) {
      const response = await get({ range })
      assert.equal(response.status, 416)
      assert.equal(response.headers.get('content-range'), 'bytes */1000000')
      await response.body?.cancel()
    }
  })

  test('heads, other methods, other paths and what is known already', async () => {
    const head = await get({ range: 'bytes=1-2' }, 'HEAD')
    assert.equal(head.status, 206)
    assert.equal(head.headers.get('content-length'), '2')
    assert.equal((await get({}, 'POST')).status, 405)
    assert.equal((await fetch(`${gateway.url}/other`)).status, 404)
    assert.equal((await fetch(`${gateway.url}/%`)).status, 404)
    const etag = head.headers.get('etag')!
    assert.equal((await get({ 'if-none-match': etag })).status, 304)
    const changed = await get({ range: 'bytes=1-2', 'if-range': '"another"' })
    assert.equal(changed.status, 200)
    await changed.body?.cancel()
  })

  test('refuses names of hosts that lead here by a trick', async () => {
    const asked = request(`${url}`, { headers: { host: 'evil.example' } })
    asked.end()
    const [response] = await once(asked, 'response')
    assert.equal(response.statusCode, 403)
    response.resume()
  })

  test('gives names and types that mean harm no say over addresses and headers', async () => {
    const harmful = [
      '..',
      '../../etc/passwd',
      '%2e%2e%2f',
      'a\r\nset-cookie: stolen=1',
      '"><script>alert(1)</script>',
      '//evil.example/?x#y',
      '\u202egpj.exe',
      new TextDecoder().decode(Uint8Array.of(0xff, 0xfe, 0x00)),
      '',
    ]
    const plain = await get({}, 'HEAD')
    const answerTo = async (hostile: Partial<OpenFile>): Promise<Response> => {
      const one = await createGateway({ files: new Map([['key', { ...file, ...hostile }]]) })
      const address = new URL(one.urlOf('key'))
      assert.equal(address.origin, one.url)
      assert.match(address.pathname, /^\/key\/[^/]*$/)
      assert.equal(address.search + address.hash, '')
      const response = await fetch(address, { method: 'HEAD' })
      await one.close()
      return response
    }
    for (const name of harmful) {
      const response = await answerTo({ name })
      assert.equal(response.status, 200, name)
      assert.deepEqual([...response.headers.keys()], [...plain.headers.keys()], name)
    }
    for (const contentType of ['text/plain\r\nset-cookie: stolen=1', 'text/\u202e']) {
      const response = await answerTo({ contentType })
      assert.equal(response.status, 502)
      assert.equal(response.headers.get('set-cookie'), null)
    }
  })

  test('reads no more than a slow reader takes', async () => {
    const large = memoryFile(new Uint8Array(200_000_000))
    const slow = await createGateway({ files: new Map([['key', large]]) })
    const { port, pathname } = new URL(slow.urlOf('key'))
    const socket = connect(Number(port), '127.0.0.1')
    socket.pause()
    socket.write(`GET ${pathname} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`)
    for (let last = -1; last !== large.taken; ) {
      last = large.taken
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    assert.ok(large.taken > 0 && large.taken < 100_000_000, `${large.taken} bytes were read`)
    socket.destroy()
    await slow.close()
  })
})

test('a range header asks for bytes inside the file', () => {
  assert.deepEqual(parseRangeHeader('bytes=1-3', 10), { start: 1, end: 4 })
  assert.equal(parseRangeHeader(undefined, 10), undefined)
  assert.throws(() => parseRangeHeader('bytes=10-', 10), { code: 'BAD_RANGE' })
  assert.throws(() => parseRangeHeader('bytes=0-', 0), { code: 'BAD_RANGE' })
})
