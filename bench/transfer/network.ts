/** The process of the chain and its six farmers, and of a host that sends bytes without end. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDevnet } from '../../src/node/devnet.ts'
import { createRPCServer } from '../../src/node/rpc/server.ts'
import { createHost } from '../../src/p2p/createHost.ts'
import { createDevnetFarmers } from '../../src/protocol/devnetFarmers.ts'
import { createFarmer } from '../../src/storage/farmer/createFarmer.ts'
import { answerCalls } from './calls.ts'
import { startWatch, type Usage, type Watch } from './measure.ts'
import { serveRawBytes } from './rawStream.ts'

export interface NetworkFacts {
  rpcURL: string
  addresses: string[]
  /** Private key of an account with money. */
  key: string
  rawAddresses: string[]
}

const directory = mkdtempSync(join(tmpdir(), 'genaro-bench-farmers-'))
process.on('exit', () => rmSync(directory, { recursive: true, force: true }))
let watch: Watch | undefined

const calls = {
  async start(): Promise<NetworkFacts> {
    const node = await createDevnet()
    const { url: rpcURL } = await createRPCServer({ node, port: 0 })
    const farmers = []
    for (const { privateKey, nodeKey, node: index } of createDevnetFarmers()) {
      const dataDirectory = join(directory, String(index))
      farmers.push(
        await createFarmer({
          rpcURL,
          accountKey: privateKey,
          nodeKey,
          dataDirectory,
          capacityBytes: 100e9,
        }),
      )
    }
    const raw = await createHost()
    await serveRawBytes(raw)
    return {
      rpcURL,
      addresses: farmers.flatMap((farmer) => farmer.addresses()),
      key: node.devnet!.accounts[1]!.privateKey,
      rawAddresses: raw.addresses(),
    }
  },
  async startWatch(name: string): Promise<void> {
    watch = await startWatch(`network-${name}`)
  },
  endWatch: (): Promise<Usage> => watch!.end(),
}

export type NetworkCalls = typeof calls

answerCalls(calls)
