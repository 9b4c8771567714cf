/** The client's process: nothing else runs here, so that its CPU time and memory are a client's, as `genaro` has one. */

import './keepClientSmall.ts'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type JsonRpcApiProvider, Wallet } from 'ethers'
import { buySpace } from '../../src/api/actions/buySpace.ts'
import { connectProvider } from '../../src/api/provider.ts'
import { type Client, createClient } from '../../src/client/createClient.ts'
import { createHost } from '../../src/p2p/createHost.ts'
import { DAY_SECONDS } from '../../src/protocol/params.ts'
import { answerCalls } from './calls.ts'
import { startWatch, type Usage } from './measure.ts'
import type { NetworkFacts } from './network.ts'
import { readRawBytes } from './rawStream.ts'

let client: Client
let provider: JsonRpcApiProvider

async function measured(name: string, work: () => Promise<unknown>): Promise<Usage> {
  const watch = await startWatch(`client-${name}`)
  await work()
  return await watch.end()
}

const calls = {
  async start({ rpcURL, addresses, key }: NetworkFacts, directory: string, sizeBytes: number) {
    provider = await connectProvider(rpcURL)
    const signer = new Wallet(key, provider)
    const term = { termSeconds: 3_650n * DAY_SECONDS, backups: 1 }
    await buySpace(signer, { sizeBytes: BigInt(sizeBytes) * 2n + 10_000_000n, ...term })
    client = await createClient({
      provider,
      signer,
      masterSeed: new Uint8Array(32).fill(5),
      bootstrap: addresses,
      workDirectory: join(directory, 'work'),
    })
  },

  async rawStream(addresses: readonly string[], sizeBytes: number): Promise<Usage> {
    const host = await createHost({ listen: [] })
    try {
      return await measured('raw', () => readRawBytes(host, addresses, sizeBytes))
    } finally {
      await host.stop()
    }
  },

  async upload(source: string): Promise<Usage & { id: string }> {
    let id = ''
    const usage = await measured('upload', async () => {
      id = (await client.upload(source)).id
    })
    return { ...usage, id }
  },

  download: (id: string, target: string): Promise<Usage> =>
    measured('download', () => client.download(id, target)),

  /** Milliseconds of each read, in ascending order. */
  async rangeReads(id: string, sizeBytes: number, reads: number): Promise<number[]> {
    const file = await client.openFile(id)
    const times: number[] = []
    for (let read = 0; read < reads; read++) {
      const begun = performance.now()
      await file.read(Math.floor(Math.random() * (sizeBytes - 1_024)), 1_024)
      times.push(performance.now() - begun)
    }
    await file.close()
    return times.sort((one, other) => one - other)
  },

  async areSame(one: string, other: string): Promise<boolean> {
    const [a, b] = [await hashOf(one), await hashOf(other)]
    return a === b
  },

  async close(): Promise<void> {
    await client.close()
    provider.destroy()
  },
}

export type ClientCalls = typeof calls

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

answerCalls(calls)
