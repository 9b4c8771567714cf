import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FarmerStatus } from './farmer.ts'
import { metricsText } from './metricsText.ts'

/** Tells about a farmer over HTTP: `/metrics` for Prometheus, `/status` as JSON. It changes nothing. */
export interface StatusServer {
  url: string
  close(): Promise<void>
}

export interface StatusServerOptions {
  status(): FarmerStatus
  /** The interface to listen on; this machine alone by default. */
  host?: string
  /** 0 takes any free port. */
  port?: number
}

/** Rejects with the system's error, such as EADDRINUSE, when it cannot listen there. */
export async function startStatusServer({
  status,
  host = '127.0.0.1',
  port = 0,
}: StatusServerOptions): Promise<StatusServer> {
  const server = createServer(
    { requestTimeout: 5_000, headersTimeout: 5_000 },
    (request, response) => answer(request, response, status),
  )
  server.maxConnections = 64
  server.listen(port, host)
  await once(server, 'listening')
  server.unref()
  const bound = (server.address() as AddressInfo).port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function answer(
  { method, url }: IncomingMessage,
  response: ServerResponse,
  status: () => FarmerStatus,
): void {
  if (method !== 'GET' && method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end()
  } else if (url === '/metrics') {
    send(response, 'text/plain; version=0.0.4; charset=utf-8', metricsText(status()))
  } else if (url === '/status') {
    send(response, 'application/json', statusJSON(status()))
  } else {
    response.writeHead(404).end()
  }
}

const send = (response: ServerResponse, type: string, text: string): void => {
  response.writeHead(200, { 'content-type': type }).end(text)
}

/** Whole numbers that no double holds exactly become decimal strings. */
const statusJSON = (status: FarmerStatus): string =>
  JSON.stringify(status, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
