import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from '../../util/logger.ts'
import type { ChainNode } from '../node.ts'
import { createHTTPListener } from './http.ts'
import { createRPC } from './rpc.ts'
import { attachWebSocket } from './webSocket.ts'

export interface RPCServerOptions {
  node: ChainNode
  /** The interface to listen on; this machine alone by default. */
  host?: string
  /** 0 takes any free port. */
  port?: number
  logger?: Logger
  /** Of a request over HTTP and of a message over WebSocket. */
  maxBodyBytes?: number
  maxConnections?: number
}

export interface RPCServer {
  /** Where it answers over HTTP; WebSocket is at the same place. */
  url: string
  webSocketURL: string
  port: number
  /** Stops listening and ends every connection. */
  close(): Promise<void>
}

const DEFAULT_PORT = 8545
const SECOND = 1_000

/**
 * Starts the JSON-RPC server of a node: HTTP and WebSocket on one port. Rejects with the system's error,
 * such as EADDRINUSE, when it cannot listen there.
 */
export async function createRPCServer(options: RPCServerOptions): Promise<RPCServer> {
  const { node, host = '127.0.0.1', port = DEFAULT_PORT, logger = node.logger } = options
  const { maxBodyBytes = 10_000_000, maxConnections = 5_000 } = options
  const rpc = createRPC({ node, logger })
  const listener = createHTTPListener({
    answer: rpc.answer,
    greeting: greetingOf(node),
    maxBodyBytes,
  })
  const server = createServer(
    {
      requestTimeout: 60 * SECOND,
      headersTimeout: 20 * SECOND,
      keepAliveTimeout: 65 * SECOND,
      noDelay: true,
    },
    listener,
  )
  server.maxConnections = maxConnections
  server.listen(port, host)
  await once(server, 'listening').catch((error) => {
    rpc.close()
    throw error
  })
  const sockets = attachWebSocket({
    server,
    answer: rpc.answer,
    subscriptions: rpc.subscriptions,
    maxMessageBytes: maxBodyBytes,
    maxConnections,
  })
  const bound = (server.address() as AddressInfo).port
  const authority = `${host.includes(':') ? `[${host}]` : host}:${bound}`
  return {
    url: `http://${authority}`,
    webSocketURL: `ws://${authority}`,
    port: bound,
    async close() {
      rpc.close()
      sockets.close()
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

const greetingOf = ({ clientVersion, chain }: ChainNode): string =>
  `Genaro ${chain.network.name}, chain id ${chain.network.chainId} (${clientVersion}).

This address speaks Ethereum's JSON-RPC: POST requests to it, or connect by WebSocket.

  curl -H 'content-type: application/json' \\
    --data '{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}' <this address>
`
