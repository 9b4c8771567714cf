import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { RPCError } from '../../api/rpc/errors.ts'
import { type Answer, errorText } from './answer.ts'

export interface HTTPOptions {
  answer: Answer
  /** What a browser that opens the address is shown. */
  greeting: string
  maxBodyBytes: number
}

/**
 * Every web page may call the node: wallets and dApps are pages of other origins. The `Host` header is
 * not checked either, since DNS rebinding gives a page no more than that. So a node must never offer
 * on this port what a stranger may not use: a devnet's keys are public, other networks unlock none.
 */
const ANY_ORIGIN = ['access-control-allow-origin', '*'] as const

const PREFLIGHT_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, GET, OPTIONS',
  'access-control-allow-headers': '*',
  'access-control-max-age': '86400',
  'access-control-allow-private-network': 'true',
}

const NO_SUBSCRIBER = { subscriber: undefined }

/** How long the socket of a client that reads a long answer may be silent. */
const READER_TIMEOUT_MILLISECONDS = 60_000
/** Answers up to here fit into the system's buffers, so that nobody waits for the reader. */
const SHORT_ANSWER_CHARACTERS = 16_384

/** Answers JSON-RPC over HTTP: POST a request, GET a greeting, OPTIONS for browsers. */
export function createHTTPListener({
  answer,
  greeting,
  maxBodyBytes,
}: HTTPOptions): RequestListener {
  const answerPost = (request: IncomingMessage, response: ServerResponse): void => {
    readBody(request, maxBodyBytes, (body) => {
      if (body === undefined) return refuseBody(response, maxBodyBytes)
      const answered = answer(body, NO_SUBSCRIBER)
      if (answered instanceof Promise) answered.then((text) => sendJSON(response, 200, text))
      else sendJSON(response, 200, answered)
    })
  }
  return (request, response) => {
    switch (request.method) {
      case 'POST':
        return answerPost(request, response)
      case 'GET':
        return send(response, 200, 'text/plain; charset=utf-8', greeting)
      case 'OPTIONS':
        response.writeHead(204, PREFLIGHT_HEADERS).end()
        return
      default:
        return send(response, 405, 'text/plain', 'POST a JSON-RPC request.\n')
    }
  }
}

/** Reads a body and calls back once: with its text, or with undefined as soon as it is too long. */
function readBody(
  request: IncomingMessage,
  maxBytes: number,
  callback: (body: string | undefined) => void,
): void {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
    callback(undefined)
    return
  }
  const chunks: Buffer[] = []
  let length = 0
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length <= maxBytes) chunks.push(chunk)
    else if (length - chunk.length <= maxBytes) callback(undefined)
  })
  request.on('end', () => {
    if (length > maxBytes) return
    callback((chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString())
  })
  // A client that hangs up half-way gets no answer; there is nobody to tell.
  request.on('error', () => {})
}

/** Says so and hangs up: what is still on its way is not worth reading. */
function refuseBody(response: ServerResponse, maxBytes: number): void {
  const error = new RPCError('INVALID_REQUEST', {
    message: `request too large: at most ${maxBytes} bytes`,
  })
  response.shouldKeepAlive = false
  sendJSON(response, 413, errorText(null, error))
}

/** A body of notifications alone is answered with an empty one. */
const sendJSON = (response: ServerResponse, status: number, text: string | undefined): void =>
  send(response, status, 'application/json', text ?? '')

function send(response: ServerResponse, status: number, type: string, body: string): void {
  if (body.length > SHORT_ANSWER_CHARACTERS) response.setTimeout(READER_TIMEOUT_MILLISECONDS)
  const length = String(Buffer.byteLength(body))
  response.writeHead(status, [...ANY_ORIGIN, 'content-type', type, 'content-length', length])
  response.end(body)
}
