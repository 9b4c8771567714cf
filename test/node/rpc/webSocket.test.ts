import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { attachWebSocket, type WebSocketOptions } from '../../../src/node/rpc/webSocket.ts'

/** An endpoint that answers as told, one connection to it, and a promise for that connection's end. */
async function startEndpoint(
  options: Pick<WebSocketOptions, 'answer'> & Partial<WebSocketOptions>,
) {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const dropped = Promise.withResolvers<void>()
  const endpoint = attachWebSocket({
    server,
    subscriptions: { add: () => '0x1', remove: () => false, drop: () => dropped.resolve() },
    maxMessageBytes: 1_000,
    maxConnections: 10,
    ...options,
  })
  const open = async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
    socket.on('error', () => {})
    await once(socket, 'open')
    return socket
  }
  return {
    open,
    dropped: dropped.promise,
    async [Symbol.asyncDispose]() {
      endpoint.close()
      server.close()
    },
  }
}

test('a reader that does not read is dropped, not buffered for', async () => {
  const megabyte = 'x'.repeat(1_000_000)
  await using endpoint = await startEndpoint({ answer: () => megabyte, maxWaitingBytes: 2_000_000 })
  const socket = await endpoint.open()
  socket.pause()
  for (let i = 0; i < 60; i++) socket.send('{}')
  await endpoint.dropped
  socket.terminate()
})

test('no more requests are read while too many are being worked on', async () => {
  const release = Promise.withResolvers<void>()
  let started = 0
  await using endpoint = await startEndpoint({
    maxInFlight: 5,
    answer: () => {
      started++
      return release.promise.then(() => '{}')
    },
  })
  const socket = await endpoint.open()
  let answers = 0
  const all = new Promise<void>((resolve) => {
    socket.on('message', () => ++answers === 50 && resolve())
  })
  for (let i = 0; i < 50; i++) socket.send('{}')
  while (started === 0) await setImmediate()
  for (let turn = 0; turn < 100; turn++) await setImmediate()
  assert.equal(started, 5)
  release.resolve()
  await all
  assert.equal(started, 50)
  socket.terminate()
})

test('a connection beyond the limit is asked to come later', async () => {
  await using endpoint = await startEndpoint({ answer: () => '{}', maxConnections: 1 })
  const first = await endpoint.open()
  const second = await endpoint.open()
  const [code] = await once(second, 'close')
  assert.equal(code, 1013)
  first.terminate()
})

test('a connection that answers no heartbeat is dropped', async () => {
  await using endpoint = await startEndpoint({ answer: () => '{}', heartbeatMilliseconds: 20 })
  const socket = await endpoint.open()
  socket.pause()
  await endpoint.dropped
  socket.terminate()
})
