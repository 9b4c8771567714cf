import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesToHex } from '@ethereumjs/util'
import { type JsonRpcProvider, Wallet } from 'ethers'
import { type BuySpaceOptions, buySpace } from '../../src/api/actions/buySpace.ts'
import { connectProvider } from '../../src/api/provider.ts'
import { type Client, type ClientOptions, createClient } from '../../src/client/createClient.ts'
import { createDevnet } from '../../src/node/devnet.ts'
import type { ChainNode } from '../../src/node/node.ts'
import { createRPCServer } from '../../src/node/rpc/server.ts'
import { createDevnetFarmers } from '../../src/protocol/devnetFarmers.ts'
import { NETWORKS } from '../../src/protocol/networks.ts'
import { DAY_SECONDS } from '../../src/protocol/params.ts'
import { createFarmer, type FarmerOptions } from '../../src/storage/farmer/createFarmer.ts'
import type { Farmer } from '../../src/storage/farmer/farmer.ts'

/** Whatever can be told what to do at its end. */
export interface Scope {
  after(cleanUp: () => unknown): void
}

/** A devnet with farmers in this process, and what a client of it needs. */
export interface TestNetwork {
  node: ChainNode
  rpcURL: string
  provider: JsonRpcProvider
  farmers: Farmer[]
  /** The account that the clients act for. */
  signer: Wallet
  /** Multiaddrs of all farmers. */
  addresses(): string[]
  buyBucket(options?: Partial<BuySpaceOptions>): Promise<string>
  /** A client with its own work directory, unless told another. */
  client(options?: Partial<ClientOptions>): Promise<Client>
  directory(): string
}

export const TEST_SEED = new Uint8Array(32).fill(7)

/** Rounds longer than any test. */
const NO_INSPECTIONS = 1_000_000n

/** Rounds as short as a devnet's, for tests about inspections. */
export const SHORT_PERIOD_SLOTS = NETWORKS.devnet.periodSlots

/** Things are let go of in the reverse order. */
export async function startTestNetwork(
  scope: Scope,
  {
    count = 6,
    farmer = {},
    periodSlots = NO_INSPECTIONS,
  }: { count?: number; farmer?: Partial<FarmerOptions>; periodSlots?: bigint } = {},
): Promise<TestNetwork> {
  const cleanUps: (() => unknown)[] = []
  scope.after(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp()
  })
  const node = await createDevnet({ periodSlots })
  cleanUps.push(() => node.close())
  const server = await createRPCServer({ node, port: 0 })
  cleanUps.push(() => server.close())
  const provider = await connectProvider(server.url)
  cleanUps.push(() => provider.destroy())
  const farmers: Farmer[] = []
  for (const { privateKey, nodeKey } of createDevnetFarmers().slice(0, count)) {
    const started = await createFarmer({
      rpcURL: server.url,
      accountKey: privateKey,
      nodeKey,
      capacityBytes: 20e9,
      bootstrap: farmers.slice(0, 1).flatMap((each) => each.addresses()),
      ...farmer,
    })
    farmers.push(started)
    cleanUps.push(() => started.stop())
  }
  const signer = new Wallet(node.devnet!.accounts[1]!.privateKey, provider)
  const directory = (): string => {
    const path = mkdtempSync(join(tmpdir(), 'genaro-client-test-'))
    cleanUps.push(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }))
    return path
  }
  const addresses = (): string[] => farmers.flatMap((each) => each.addresses())
  return {
    node,
    rpcURL: server.url,
    provider,
    farmers,
    signer,
    addresses,
    directory,
    async buyBucket(options = {}) {
      const space = { sizeBytes: 10n ** 9n, termSeconds: 365n * DAY_SECONDS, backups: 1 }
      return (await buySpace(signer, { ...space, ...options })).id
    },
    async client(options = {}) {
      const client = await createClient({
        provider,
        signer,
        masterSeed: TEST_SEED,
        bootstrap: addresses(),
        workDirectory: directory(),
        ...options,
      })
      cleanUps.push(() => client.close())
      return client
    },
  }
}

/** Bytes that do not compress, the same for the same seed. */
export function patternBytes(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length)
  let state = seed >>> 0 || 1
  for (let at = 0; at < length; at++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[at] = state
  }
  return bytes
}

export const hex = bytesToHex
