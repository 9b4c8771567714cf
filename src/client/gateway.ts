import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, isIP } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { errorMessage, GenaroError } from '../util/errors.ts'
import { type Logger, silentLogger } from '../util/logger.ts'
import { ClientError } from './errors.ts'
import type { OpenFile } from './openFile.ts'
import { parseRangeHeader } from './ranges.ts'

export interface GatewayOptions {
  /** The files that are served. What is not there does not exist. */
  files: ReadonlyMap<string, OpenFile>
  /** The interface to listen on; this machine alone by default. */
  host?: string
  /** 0, the default, takes any free port. */
  port?: number
  /** Answers being sent at once; further requests get 503. 16 by default. */
  maxConcurrent?: number
  logger?: Logger
}

export interface Gateway {
  /** The address of the server, without a path. */
  readonly url: string
  /** The address of one of its files. */
  urlOf(key: string): string
  close(): Promise<void>
}

const SECOND = 1_000

/**
 * Serves open files over HTTP to players and browsers: GET and HEAD with `Range` (RFC 9110), so that a video plays
 * and seeks while it is fetched. Nothing is fetched ahead of what the reader takes.
 */
export async function createGateway({
  files,
  host = '127.0.0.1',
  port = 0,
  maxConcurrent = 16,
  logger = silentLogger,
}: GatewayOptions): Promise<Gateway> {
  let active = 0
  const server = createServer(
    { requestTimeout: 30 * SECOND, headersTimeout: 10 * SECOND, keepAliveTimeout: 30 * SECOND },
    async (request, response) => {
      if (active >= maxConcurrent) {
        refuse(response, 503, 'Too many requests at once', { 'retry-after': '1' })
        return
      }
      active++
      try {
        await serve(files, request, response)
      } catch (error) {
        logger.debug('gateway request failed', { reason: errorMessage(error) })
        fail(response, error)
      } finally {
        active--
      }
    },
  )
  server.maxConnections = 8 * maxConcurrent
  server.listen(port, host)
  await once(server, 'listening')
  const bound = (server.address() as AddressInfo).port
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${bound}`
  return { url, urlOf: (key) => `${url}${pathOf(key, files.get(key))}`, close: () => close(server) }
}

/** The name stands in the path for players that go by it; only the key counts. `..` would lead out of its folder. */
const pathOf = (key: string, { name = '' }: Partial<OpenFile> = {}): string =>
  `/${encodeURIComponent(key)}/${/^\.\.?$/.test(name) ? '' : encodeURIComponent(name)}`

async function serve(
  files: ReadonlyMap<string, OpenFile>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isOwnHost(request)) {
    refuse(response, 403, 'Ask under the address that was given')
    return
  }
  const { method = 'GET' } = request
  if (method !== 'GET' && method !== 'HEAD') {
    refuse(response, 405, 'Only GET and HEAD', { allow: 'GET, HEAD' })
    return
  }
  const file = findFile(files, request.url ?? '/')
  if (file === undefined) {
    refuse(response, 404, 'No such file')
    return
  }
  const headers = headersOf(file)
  if (request.headers['if-none-match'] === headers.etag) {
    response.writeHead(304, headers).end()
    return
  }
  const condition = request.headers['if-range']
  const isSame = condition === undefined || condition === headers.etag
  const range = isSame ? parseRangeHeader(request.headers.range, file.sizeBytes) : undefined
  const { start, end } = range ?? { start: 0, end: file.sizeBytes }
  response.writeHead(range === undefined ? 200 : 206, {
    ...headers,
    'content-length': end - start,
    ...(range && { 'content-range': `bytes ${start}-${end - 1}/${file.sizeBytes}` }),
  })
  if (method === 'HEAD') {
    response.end()
    return
  }
  await pipeline(file.createReadStream({ start, end }), response)
}

/**
 * A web page may have its own name lead to this machine (DNS rebinding); no page can make a browser say another name
 * than its own.
 */
function isOwnHost({ headers: { host } }: IncomingMessage): boolean {
  const name = host?.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  return name === 'localhost' || (name !== undefined && isIP(name) !== 0)
}

function findFile(files: ReadonlyMap<string, OpenFile>, url: string): OpenFile | undefined {
  const [key = ''] = url.slice(1).split(/[/?#]/)
  try {
    return files.get(decodeURIComponent(key))
  } catch {
    return undefined
  }
}

/** Content is whatever was uploaded: it gets no say over other pages, and nobody guesses at its type. */
const headersOf = ({ id, contentType }: OpenFile) => ({
  'content-type': contentType,
  'accept-ranges': 'bytes',
  etag: `"${id}"`,
  'cache-control': 'private, max-age=3600',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "sandbox; default-src 'none'; media-src 'self'; img-src 'self'",
})

function refuse(
  response: ServerResponse,
  status: number,
  words: string,
  headers: Record<string, string> = {},
): void {
  const type = { 'content-type': 'text/plain; charset=utf-8' }
  response.writeHead(status, { ...type, ...headers }).end(`${words}\n`)
}

/** Once bytes are out the only honest end is a broken connection. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  if (error instanceof ClientError && error.code === 'BAD_RANGE') {
    const { sizeBytes } = error.facts
    refuse(response, 416, error.message, { 'content-range': `bytes */${sizeBytes}` })
    return
  }
  refuse(response, 502, error instanceof GenaroError ? error.message : 'The file cannot be read')
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}
