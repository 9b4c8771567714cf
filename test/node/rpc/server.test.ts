import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { createRPCServer } from '../../../src/node/rpc/server.ts'
import { type Answer, startTestServer, type TestServer } from '../../helpers/rpc.ts'

const BLOCK_NUMBER = '{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber"}'

/** A connection that numbers its requests and keeps what it is told. */
async function openSocket({ server }: TestServer) {
  const socket = new WebSocket(server.webSocketURL)
  await once(socket, 'open')
  const messages: (Answer & { method?: string; params?: { result: unknown } })[] = []
  socket.on('message', (data) => messages.push(JSON.parse(String(data))))
  const until = async <Found>(find: () => Found | undefined): Promise<Found> => {
    for (;;) {
      const found = find()
      if (found !== undefined) return found
      await once(socket, 'message')
    }
  }
  let nextId = 1
  const request = (method: string, params: unknown[] = []) => {
    const id = nextId++
    socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    return until(() => messages.find((message) => message.id === id))
  }
  const events = () => messages.filter(({ method }) => method === 'eth_subscription')
  return { socket, messages, request, until, events }
}

describe('over HTTP', () => {
  test('a request is answered, and one with notifications alone with an empty body', async () => {
    await using server = await startTestServer()
    assert.deepEqual(await server.post(BLOCK_NUMBER), {
      status: 200,
      answer: { jsonrpc: '2.0', id: 1, result: '0x0' },
    })
    const notification = '{"jsonrpc":"2.0","method":"eth_blockNumber"}'
    assert.deepEqual(await server.post(notification), { status: 200, answer: undefined })
  })

  test('a body beyond the limit is refused with 413, whether or not it tells its length', async () => {
    await using server = await startTestServer()
    const huge = 'x'.repeat(11_000_000)
    const chunked = new Blob([huge]).stream()
    for (const body of [huge, chunked]) {
      const options = { method: 'POST', body, duplex: 'half' }
      const response = await fetch(server.server.url, options).catch((error: Error) => error)
      // A client may meet the closed connection before it has read the answer.
      if (response instanceof Error) continue
      assert.equal(response.status, 413)
      assert.equal(((await response.json()) as Answer).error?.code, -32600)
    }
    assert.equal((await server.post(BLOCK_NUMBER)).status, 200)
  })

  test('a page of any origin may ask, after a preflight', async () => {
    await using server = await startTestServer()
    const response = await fetch(server.server.url, {
      method: 'OPTIONS',
      headers: { origin: 'https://dapp.test', 'access-control-request-method': 'POST' },
    })
    assert.equal(response.status, 204)
    assert.equal(response.headers.get('access-control-allow-origin'), '*')
    const asked = await fetch(server.server.url, { method: 'POST', body: BLOCK_NUMBER })
    assert.equal(asked.headers.get('access-control-allow-origin'), '*')
  })

  test('a browser that opens the address is told how to use it', async () => {
    await using server = await startTestServer()
    const response = await fetch(server.server.url)
    assert.match(await response.text(), /chain id 31300[\s\S]*eth_blockNumber/)
    assert.equal((await fetch(server.server.url, { method: 'DELETE' })).status, 405)
  })

  test('a client that sends half a request or no HTTP at all harms nobody', async () => {
    await using server = await startTestServer()
    const { port } = server.server
    const half = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"json'
    for (const bytes of [half, 'POST / HTTP/1.1\r\n', '\0\xff\r\n\r\n', 'GET']) {
      const socket = connect(port, '127.0.0.1')
      await once(socket, 'connect')
      socket.write(bytes)
      socket.on('error', () => {})
      await delay(10)
      socket.destroy()
    }
    assert.equal((await server.post(BLOCK_NUMBER)).status, 200)
  })
})

describe('over WebSocket', () => {
  test('requests and batches are answered at the same address', async () => {
    await using server = await startTestServer()
    const { socket, request, messages, until } = await openSocket(server)
    assert.equal((await request('eth_chainId')).result, '0x7a44')
    socket.send(`[${BLOCK_NUMBER}]`)
    const batch = await until(() => messages.find(Array.isArray))
    assert.equal((batch as unknown as Answer[])[0]?.result, '0x0')
    socket.terminate()
  })

  test('new heads, logs and pending transactions are told until unsubscribed', async () => {
    await using server = await startTestServer()
    const { socket, request, events, until } = await openSocket(server)
    const heads = (await request('eth_subscribe', ['newHeads'])).result
    const pending = (await request('eth_subscribe', ['newPendingTransactions'])).result
    await server.send(0, { to: `0x${'00'.repeat(18)}c0de`, value: 1n })
    await until(() => events()[1])
    const of = (subscription: unknown) =>
      events().filter(
        ({ params }) => (params as { subscription?: unknown }).subscription === subscription,
      )
    assert.equal((of(heads)[0]!.params!.result as { number: string }).number, '0x1')
    assert.match(String(of(pending)[0]?.params?.result), /^0x[0-9a-f]{64}$/)
    for (const id of [heads, pending]) {
      assert.equal((await request('eth_unsubscribe', [id])).result, true)
      assert.equal((await request('eth_unsubscribe', [id])).result, false)
    }
    await server.send(0, { to: `0x${'00'.repeat(18)}c0de`, value: 1n })
    await request('eth_blockNumber')
    assert.equal(events().length, 2)
    socket.terminate()
  })

  test('one connection cannot end the subscription of another', async () => {
    await using server = await startTestServer()
    const [one, other] = [await openSocket(server), await openSocket(server)]
    const id = (await one.request('eth_subscribe', ['newHeads'])).result
    assert.equal((await other.request('eth_unsubscribe', [id])).result, false)
    assert.equal((await one.request('eth_unsubscribe', [id])).result, true)
    for (const { socket } of [one, other]) socket.terminate()
  })

  test('a message beyond the limit ends its own connection alone', async () => {
    await using server = await startTestServer()
    const [rude, polite] = [await openSocket(server), await openSocket(server)]
    rude.socket.on('error', () => {})
    rude.socket.send('x'.repeat(11_000_000))
    const [code] = await once(rude.socket, 'close')
    assert.ok(code === 1009 || code === 1006, `closed with ${code}`)
    assert.equal((await polite.request('eth_blockNumber')).result, '0x0')
    polite.socket.terminate()
  })
})

test('closing ends every connection and frees the port', async () => {
  await using server = await startTestServer()
  const { socket } = await openSocket(server)
  const closed = once(socket, 'close')
  await server.server.close()
  await closed
  const again = await createRPCServer({ node: server.node, port: server.server.port })
  await again.close()
})

test('a port that is taken rejects with the system error', async () => {
  await using server = await startTestServer()
  const { port } = server.server
  await assert.rejects(createRPCServer({ node: server.node, port }), { code: 'EADDRINUSE' })
})
