import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bytesToUtf8, utf8ToBytes } from '@ethereumjs/util'
import { P2PError } from '../../src/p2p/errors.ts'
import { type Codec, defineProtocol } from '../../src/p2p/requestResponse.ts'
import { startHost, startPair, targetOf } from './hosts.ts'

const text: Codec<string> = {
  encode: utf8ToBytes,
  decode(bytes) {
    const value = bytesToUtf8(bytes)
    if (value.startsWith('!')) throw new Error('a message may not begin with !')
    return value
  },
}

const shout = defineProtocol({
  name: '/genaro/test-shout/1.0.0',
  request: text,
  response: text,
  limits: {
    maxRequestBytes: 1_000,
    maxResponseBytes: 2_000,
    timeoutMs: 2_000,
    rate: { perSecond: 0.001, burst: 10 },
  },
})

const code = (expected: string) => (error: unknown) => {
  assert.ok(error instanceof P2PError, String(error))
  assert.equal(error.code, expected, error.message)
  return true
}

describe('a protocol of one request and one response', () => {
  test('answers a peer with the handler and tells it who asks', async (t) => {
    const { server, client } = await startPair(t)
    await shout.handle(server, (request, { peerId }) => `${request.toUpperCase()} ${peerId}`)
    const answer = await shout.request(client, targetOf(server), 'hello')
    assert.equal(answer, `HELLO ${client.peerId}`)
  })

  test('tells the asker the code and words of a known error, and nothing of others', async (t) => {
    const { server, client } = await startPair(t)
    await shout.handle(server, (request) => {
      if (request === 'known')
        throw new P2PError('BAD_MESSAGE', { message: 'bad \u001b[31m colour' })
      throw new Error('the password is swordfish')
    })
    await assert.rejects(shout.request(client, targetOf(server), 'known'), (error) => {
      assert.ok(error instanceof P2PError)
      assert.equal(error.code, 'REFUSED')
      assert.equal(error.facts.code, 'BAD_MESSAGE')
      assert.equal(error.facts.message, 'bad  [31m colour')
      return true
    })
    await assert.rejects(shout.request(client, targetOf(server), 'other'), (error) => {
      assert.ok(error instanceof P2PError)
      assert.equal(error.facts.code, 'INTERNAL')
      assert.doesNotMatch(error.message, /swordfish/)
      return true
    })
    assert.equal(client.scores.score(server.peerId), 0, 'a refusal is no misbehaviour')
  })

  test('refuses a request that does not decode and takes points from its sender', async (t) => {
    const { server, client } = await startPair(t)
    await shout.handle(server, (request) => request)
    await assert.rejects(shout.request(client, targetOf(server), '!'), code('STREAM_CLOSED'))
    assert.ok(server.scores.score(client.peerId) < -30)
  })

  test('refuses a response that does not decode and takes points from its sender', async (t) => {
    const { server, client } = await startPair(t)
    await shout.handle(server, (request) => `!${request}`)
    await assert.rejects(shout.request(client, targetOf(server), 'x'), code('BAD_MESSAGE'))
    assert.ok(client.scores.score(server.peerId) < -30)
  })

  test('refuses to send a request over the limit, without blaming the peer', async (t) => {
    const { server, client } = await startPair(t)
    await shout.handle(server, (request) => request)
    const long = shout.request(client, targetOf(server), 'x'.repeat(1_001))
    await assert.rejects(long, code('FRAME_TOO_LARGE'))
    assert.equal(client.scores.score(server.peerId), 0)
    assert.equal(
      await shout.request(client, targetOf(server), 'x'.repeat(1_000)),
      'x'.repeat(1_000),
    )
  })

  test('refuses a request frame over the limit before it is there, and takes points', async (t) => {
    const { server, client } = await startPair(t)
    await shout.handle(server, (request) => request)
    const stream = await client.openStream(targetOf(server), shout.name, { maxFrameBytes: 1 << 20 })
    await stream.write(new Uint8Array(1_001))
    await assert.rejects(stream.read(), code('STREAM_CLOSED'))
    assert.ok(server.scores.score(client.peerId) < -30)
  })

  test('ends at the time-out when no answer comes', async (t) => {
    const { server, client } = await startPair(t)
    let aborted = false
    await shout.handle(server, (_request, { signal }) => {
      signal.addEventListener('abort', () => {
        aborted = true
      })
      return new Promise(() => {})
    })
    await assert.rejects(
      shout.request(client, targetOf(server), 'x', { timeoutMs: 200 }),
      code('TIMED_OUT'),
    )
    while (!aborted) await new Promise((resolve) => setTimeout(resolve, 20))
  })

  test('ends when the asker gives up', async (t) => {
    const { server, client } = await startPair(t)
    const controller = new AbortController()
    await shout.handle(server, () => {
      controller.abort()
      return new Promise(() => {})
    })
    const { signal } = controller
    await assert.rejects(shout.request(client, targetOf(server), 'x', { signal }), code('ABORTED'))
  })

  test('answers a peer no more than its rate allows, and others still', async (t) => {
    const { server, client } = await startPair(t)
    await shout.handle(server, (request) => request)
    for (let i = 0; i < 10; i++) await shout.request(client, targetOf(server), 'x')
    await assert.rejects(shout.request(client, targetOf(server), 'x'), code('STREAM_CLOSED'))
    const other = await startHost(t, { listen: [] })
    assert.equal(await shout.request(other, targetOf(server), 'x'), 'x')
  })

  test('says that a peer does not speak the protocol, or is not there', async (t) => {
    const { server, client } = await startPair(t)
    await assert.rejects(shout.request(client, targetOf(server), 'x'), code('PROTOCOL_UNSUPPORTED'))
    const target = targetOf(server)
    await server.stop()
    await assert.rejects(shout.request(client, target, 'x'), code('UNREACHABLE'))
    await assert.rejects(shout.request(client, 'nobody', 'x'), code('BAD_ADDRESS'))
  })
})
