import type { RPCErrorObject } from '../../src/api/rpc/errors.ts'
import type { DevnetOptions } from '../../src/node/devnet.ts'
import { createRPC, type RPC } from '../../src/node/rpc/rpc.ts'
import { createRPCServer, type RPCServer } from '../../src/node/rpc/server.ts'
import { startTestDevnet, type TestDevnet } from './devnet.ts'

/** A devnet with its JSON-RPC interface, called in this process. */
export interface TestRPC extends TestDevnet {
  rpc: RPC
  request: RPC['request']
}

export async function startTestRPC(options: DevnetOptions = {}): Promise<TestRPC> {
  const devnet = await startTestDevnet(options)
  const rpc = createRPC({ node: devnet.node })
  return {
    ...devnet,
    rpc,
    request: rpc.request,
    async [Symbol.asyncDispose]() {
      rpc.close()
      await devnet.node.close()
    },
  }
}

/** A devnet whose JSON-RPC server listens on a free port. */
export interface TestServer extends TestDevnet {
  server: RPCServer
  /** Posts a body as it is and decodes the answer. */
  post(body: string): Promise<{ status: number; answer: Answer }>
}

/** One answer as it stands in JSON. */
export interface Answer {
  jsonrpc: string
  id: string | number | null
  result?: unknown
  error?: RPCErrorObject
}

export async function startTestServer(): Promise<TestServer> {
  const devnet = await startTestDevnet()
  const server = await createRPCServer({ node: devnet.node, port: 0 })
  return {
    ...devnet,
    server,
    async post(body) {
      const response = await fetch(server.url, { method: 'POST', body })
      const text = await response.text()
      return { status: response.status, answer: text === '' ? undefined : JSON.parse(text) }
    },
    async [Symbol.asyncDispose]() {
      await server.close()
      await devnet.node.close()
    },
  }
}

/** A contract's creation code around a runtime code of at most 255 bytes, both without 0x. */
export const creationCode = (runtime: string): `0x${string}` => {
  const length = (runtime.length / 2).toString(16).padStart(2, '0')
  return `0x60${length}600c60003960${length}6000f3${runtime}`
}
