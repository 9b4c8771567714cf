import type { Server } from 'node:http'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import type { Answer } from './answer.ts'
import type { Subscriptions } from './events/subscriptions.ts'
import type { Subscriber } from './handler.ts'

export interface WebSocketOptions {
  server: Server
  answer: Answer
  subscriptions: Subscriptions
  maxMessageBytes: number
  maxConnections: number
  /** Requests of one connection that are worked on at once; reading pauses beyond. */
  maxInFlight?: number
  /** Bytes that wait for a slow reader before the connection is dropped. */
  maxWaitingBytes?: number
  /** Bytes that wait for all slow readers together before the one they grow for is dropped. */
  maxWaitingBytesInAll?: number
  heartbeatMilliseconds?: number
}

export interface WebSocketEndpoint {
  close(): void
}

const TRY_AGAIN_LATER = 1013

/** Answers JSON-RPC over WebSocket on an HTTP server, and tells subscribers of events. */
export function attachWebSocket(options: WebSocketOptions): WebSocketEndpoint {
  const { server, maxMessageBytes, maxConnections } = options
  const sockets = new WebSocketServer({ server, maxPayload: maxMessageBytes })
  const alive = new WeakSet<WebSocket>()

  sockets.on('connection', (socket) => {
    // Without a listener a protocol violation would end the process; `close` follows in any case.
    socket.on('error', () => {})
    if (sockets.clients.size > maxConnections) return socket.close(TRY_AGAIN_LATER)
    alive.add(socket)
    socket.on('pong', () => alive.add(socket))
    serve(socket, sockets.clients, options)
  })
  // Errors of the server itself belong to whoever listens on it.
  sockets.on('error', () => {})

  const heartbeat = setInterval(() => {
    for (const socket of sockets.clients) {
      if (alive.delete(socket)) socket.ping()
      else socket.terminate()
    }
  }, options.heartbeatMilliseconds ?? 30_000).unref()

  return {
    close() {
      clearInterval(heartbeat)
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
    },
  }
}

/** Answers one connection's requests, so many at a time, until it ends. */
function serve(socket: WebSocket, all: ReadonlySet<WebSocket>, options: WebSocketOptions): void {
  const { answer, subscriptions, maxInFlight = 100 } = options
  const { maxWaitingBytes = 16_000_000, maxWaitingBytesInAll = 256_000_000 } = options
  const isTooMuch = (): boolean =>
    socket.bufferedAmount > maxWaitingBytes ||
    (socket.bufferedAmount > WORTH_COUNTING_BYTES && waitingBytes(all) > maxWaitingBytesInAll)
  const subscriber = createSubscriber(socket, isTooMuch)
  const context = { subscriber }
  // A paused socket still delivers what it has read, some 64 KB of messages; they wait here.
  const waiting: string[] = []
  let inFlight = 0

  const finish = (text: string | undefined): void => {
    inFlight--
    if (text !== undefined) subscriber.notify(text)
  }
  const start = (text: string): void => {
    inFlight++
    const answered = answer(text, context)
    if (answered instanceof Promise) answered.then(finish).then(startWaiting)
    else finish(answered)
  }
  const startWaiting = (): void => {
    while (inFlight < maxInFlight) {
      const next = waiting.shift()
      if (next === undefined) break
      start(next)
    }
    if (waiting.length === 0 && socket.isPaused) socket.resume()
  }

  socket.on('message', (message) => {
    if (inFlight < maxInFlight) return start(textOf(message))
    waiting.push(textOf(message))
    socket.pause()
  })
  socket.on('close', () => {
    waiting.length = 0
    subscriptions.drop(subscriber)
  })
}

const textOf = (message: RawData): string =>
  Array.isArray(message)
    ? Buffer.concat(message).toString()
    : Buffer.from(message as Buffer).toString()

/** A connection for which less waits is not what fills the memory. */
const WORTH_COUNTING_BYTES = 100_000

const waitingBytes = (sockets: ReadonlySet<WebSocket>): number => {
  let sum = 0
  for (const { bufferedAmount } of sockets) sum += bufferedAmount
  return sum
}

/** Sends while the other side reads; one that does not is dropped rather than buffered for. */
const createSubscriber = (socket: WebSocket, isTooMuch: () => boolean): Subscriber => ({
  notify(message) {
    if (socket.readyState !== socket.OPEN) return
    if (isTooMuch()) return socket.terminate()
    socket.send(message)
  },
})
