import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { bytesToHex } from '@ethereumjs/util'
import { Wallet } from 'ethers'
import type { Client } from '../../src/client/createClient.ts'
import { GNX } from '../../src/protocol/params.ts'
import { createFarmer, type FarmerOptions } from '../../src/storage/farmer/createFarmer.ts'
import type { Farmer } from '../../src/storage/farmer/farmer.ts'
import { type Scope, startTestNetwork, type TestNetwork } from './network.ts'

/** What the tests of repairs share. */
export interface RepairBench {
  readonly scope: Scope
  /** From the first test on. */
  network: TestNetwork
  bucketId: string
  /** Fails unless a client gets these very bytes back. */
  expectWhole(client: Client, id: string, bytes: Uint8Array): Promise<void>
}

/** Starts a network with a bucket before the tests of a suite, and ends it after them. */
export function createRepairBench(): RepairBench {
  const cleanUps: (() => unknown)[] = []
  const bench: Partial<RepairBench> & Pick<RepairBench, 'scope' | 'expectWhole'> = {
    scope: { after: (cleanUp) => cleanUps.push(cleanUp) },
    async expectWhole(client, id, bytes) {
      const path = join(bench.network!.directory(), 'target')
      await client.download(id, path)
      assert.ok(Buffer.compare(readFileSync(path), bytes) === 0)
    },
  }
  before(async () => {
    bench.network = await startTestNetwork(bench.scope)
    bench.bucketId = await bench.network.buyBucket()
  })
  after(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp()
  })
  return bench as RepairBench
}

/** Starts a farmer that the genesis does not know, with money to stake. It ends with the scope. */
export async function startNewcomer(
  scope: Scope,
  network: TestNetwork,
  number: number,
  options: Partial<FarmerOptions> = {},
): Promise<Farmer> {
  const accountKey = new Uint8Array(32).fill(0x40)
  accountKey[31] = number
  const { address } = new Wallet(bytesToHex(accountKey))
  const rich = new Wallet(network.node.devnet!.accounts[2]!.privateKey, network.provider)
  await (await rich.sendTransaction({ to: address, value: 6_000n * GNX })).wait()
  const farmer = await createFarmer({
    rpcURL: network.rpcURL,
    accountKey,
    capacityBytes: 20e9,
    bootstrap: network.farmers.slice(-1).flatMap((each) => each.addresses()),
    ...options,
  })
  scope.after(() => farmer.stop())
  network.farmers.push(farmer)
  return farmer
}
