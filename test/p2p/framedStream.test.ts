import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { P2PError } from '../../src/p2p/errors.ts'
import type { FramedStream, FramedStreamOptions } from '../../src/p2p/framedStream.ts'
import { startPair, targetOf } from './hosts.ts'

const PROTOCOL = '/genaro/test-frames/1.0.0'
const KiB = 1_024
const MiB = 1_024 * KiB

const code = (expected: string) => (error: unknown) => {
  assert.ok(error instanceof P2PError, String(error))
  assert.equal(error.code, expected, error.message)
  return true
}

/** A stream from the client; the server's end is served by `serve`, whose outcome is `served`. */
async function open(
  t: TestContext,
  serve: (stream: FramedStream) => Promise<void>,
  options: FramedStreamOptions = {},
) {
  const { server, client } = await startPair(t)
  const done = Promise.withResolvers<void>()
  done.promise.catch(() => {})
  await server.handle(PROTOCOL, async (stream) => {
    const work = serve(stream)
    work.then(done.resolve, done.reject)
    await work
  })
  const stream = await client.openStream(targetOf(server), PROTOCOL, options)
  return { stream, served: done.promise, server, client }
}

describe('a framed stream', () => {
  test('carries frames of any length both ways, in order and whole', async (t) => {
    const lengths = [0, 1, 3, 65_535, 65_536, 300_000, MiB]
    const { stream } = await open(t, async (stream) => {
      for (let frame = await stream.read(); frame !== undefined; frame = await stream.read()) {
        await stream.write(frame)
      }
    })
    const frames = lengths.map((length, i) => new Uint8Array(length).fill(i + 1))
    for (const frame of frames) await stream.write(frame)
    await stream.end()
    for (const frame of frames) assert.deepEqual(await stream.read(), frame)
    assert.equal(await stream.read(), undefined)
  })

  test('gives frames in the memory of the one before, where that is asked for', async (t) => {
    const lengths = [300_000, 1, 0, 65_536, 300_000, 200_000]
    const frames = lengths.map((length, i) =>
      Uint8Array.from({ length }, (_, at) => (at * 167 + i) & 255),
    )
    const send = async (stream: FramedStream): Promise<void> => {
      for (const frame of frames) await stream.write(frame)
    }
    const { stream } = await open(t, send, { reusesFrames: true })
    await stream.end()
    const memory = new Set<ArrayBufferLike>()
    for (const frame of frames) {
      const read = await stream.read()
      assert.deepEqual(read, frame)
      memory.add(read!.buffer)
    }
    assert.equal(await stream.read(), undefined)
    assert.equal(memory.size, 1)
  })

  test('joins the parts of a write into one frame', async (t) => {
    const { stream } = await open(t, async (stream) => {
      await stream.write(Uint8Array.of(1), Uint8Array.of(2, 3), new Uint8Array())
    })
    await stream.end()
    assert.deepEqual(await stream.read(), Uint8Array.of(1, 2, 3))
  })

  test('holds the sender back while the reader does not read', async (t) => {
    const reading = Promise.withResolvers<void>()
    const chunk = new Uint8Array(256 * KiB)
    const chunks = 128
    let received = 0
    const { stream, served } = await open(t, async (stream) => {
      await reading.promise
      for (let frame = await stream.read(); frame; frame = await stream.read()) {
        received += frame.byteLength
      }
    })
    let sent = 0
    const sending = (async () => {
      for (let i = 0; i < chunks; i++) {
        await stream.write(chunk)
        sent += chunk.length
      }
      await stream.end()
    })()
    let before = -1
    while (sent !== before) {
      before = sent
      await sleep(300)
    }
    assert.ok(sent < 10 * MiB, `${sent} bytes were sent to a reader that does not read`)
    reading.resolve()
    await Promise.all([sending, served])
    assert.equal(received, chunks * chunk.length)
  })

  test('keeps up with a slow reader without overflowing a buffer', async (t) => {
    const chunk = new Uint8Array(256 * KiB)
    let received = 0
    let mostAhead = 0
    let sent = 0
    const { stream, served } = await open(t, async (stream) => {
      for (let frame = await stream.read(); frame; frame = await stream.read()) {
        received += frame.byteLength
        mostAhead = Math.max(mostAhead, sent - received)
        await sleep(5)
      }
    })
    for (let i = 0; i < 160; i++) {
      await stream.write(chunk)
      sent += chunk.length
    }
    await stream.end()
    await served
    assert.equal(received, 160 * chunk.length)
    assert.ok(mostAhead < 10 * MiB, `the sender was ${mostAhead} bytes ahead`)
  })

  test('refuses a frame over the limit at its length, before its body', async (t) => {
    const { stream, served } = await open(
      t,
      async (stream) => {
        await stream.read()
      },
      { maxSentFrameBytes: 8 * MiB },
    )
    await stream.write(new Uint8Array(MiB + 1)).catch(() => {})
    await assert.rejects(served, code('FRAME_TOO_LARGE'))
    await assert.rejects(stream.read(), code('STREAM_CLOSED'))
  })

  test('refuses to send a frame over the limit and stays usable', async (t) => {
    const { stream } = await open(t, async (stream) => {
      const frame = await stream.read()
      await stream.write(frame ?? new Uint8Array())
    })
    await assert.rejects(stream.write(new Uint8Array(MiB + 1)), code('FRAME_TOO_LARGE'))
    await stream.write(Uint8Array.of(7))
    await stream.end()
    assert.deepEqual(await stream.read(), Uint8Array.of(7))
  })

  test('gives up a peer that sends a frame a byte at a time', async (t) => {
    const { client, server } = await startPair(t)
    const outcome = Promise.withResolvers<void>()
    outcome.promise.catch(() => {})
    await server.handle(
      PROTOCOL,
      async (stream) => {
        await stream.read().then(() => outcome.resolve(), outcome.reject)
      },
      { idleTimeoutMs: 300 },
    )
    await client.connect(targetOf(server))
    const raw = await client.libp2p.dialProtocol(server.libp2p.peerId, PROTOCOL)
    raw.send(Uint8Array.of(0, 0, 1, 0))
    const dribble = setInterval(() => {
      if (raw.writeStatus === 'writable') raw.send(Uint8Array.of(1))
    }, 30)
    t.after(() => clearInterval(dribble))
    await assert.rejects(outcome.promise, code('TIMED_OUT'))
  })

  test('tells an end inside a frame from an end between frames', async (t) => {
    const { client, server } = await startPair(t)
    const outcomes: (string | undefined)[] = []
    await server.handle(PROTOCOL, async (stream) => {
      outcomes.push(
        await stream.read().then(
          (frame) => (frame === undefined ? 'end' : 'frame'),
          (error) => error.code,
        ),
      )
    })
    await client.connect(targetOf(server))
    for (const bytes of [[], [0, 0], [0, 0, 0, 2, 1], [0, 0, 0, 0]]) {
      const raw = await client.libp2p.dialProtocol(server.libp2p.peerId, PROTOCOL)
      const before = outcomes.length
      if (bytes.length > 0) raw.send(Uint8Array.from(bytes))
      await raw.close()
      while (outcomes.length === before) await sleep(10)
    }
    assert.deepEqual(outcomes, ['end', 'STREAM_CLOSED', 'STREAM_CLOSED', 'frame'])
  })

  test('breaks off for both sides when its signal aborts', async (t) => {
    const controller = new AbortController()
    const { stream, served } = await open(
      t,
      async (stream) => {
        await stream.read()
      },
      { signal: controller.signal },
    )
    const reading = stream.read()
    controller.abort()
    await assert.rejects(reading, code('ABORTED'))
    await assert.rejects(stream.write(Uint8Array.of(1)), code('ABORTED'))
    await assert.rejects(served, code('STREAM_CLOSED'))
  })

  test('rejects a waiting writer when the reader breaks off', async (t) => {
    const { stream } = await open(t, async (stream) => {
      await stream.read()
      throw new Error('the disk is full')
    })
    await assert.rejects(async () => {
      for (let i = 0; i < 100; i++) await stream.write(new Uint8Array(MiB))
    }, code('STREAM_CLOSED'))
  })

  test('breaks off a peer that goes on sending after the exchange is over', async (t) => {
    const { stream, served } = await open(t, async (stream) => {
      await stream.read()
    })
    await stream.write(Uint8Array.of(1))
    await served
    await assert.rejects(async () => {
      for (let i = 0; i < 100; i++) await stream.write(new Uint8Array(MiB))
    }, code('STREAM_CLOSED'))
  })
})
