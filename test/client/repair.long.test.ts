import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { bytesToHex } from '@ethereumjs/util'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { Wallet } from 'ethers'
import {
  type GroupFarmer,
  type GroupFarmerOptions,
  startFarmerGroup,
} from '../../scripts/startFarmerGroup.ts'
import { listReplicasOfFile } from '../../src/api/actions/listReplicasOfFile.ts'
import type { Client } from '../../src/client/createClient.ts'
import { createDevnetFarmers } from '../../src/protocol/devnetFarmers.ts'
import { GNX } from '../../src/protocol/params.ts'
import { patternBytes, type Scope, startTestNetwork, type TestNetwork } from './network.ts'

const CODE = { dataShards: 16, parityShards: 11 }
const SHARDS = 27
/** Farmers and chain in one process would keep each other waiting. */
const GROUPS = 3
/** One for each shard, and a newcomer for each that is lost. */
const FARMERS = 2 * SHARDS

type FarmerKeys = Pick<GroupFarmerOptions, 'accountKey' | 'nodeKey'>

/**
 * The farmers of the genesis, and others with money to stake. Their peer ids are of Ed25519: those of secp256k1 take half
 * a millisecond to read, and each of 27 nodes is told of 20 others again and again.
 */
async function createKeys({ node, provider }: TestNetwork): Promise<FarmerKeys[]> {
  const keys: FarmerKeys[] = createDevnetFarmers().map(({ privateKey, nodeKey }) => ({
    accountKey: privateKey,
    nodeKey,
  }))
  const rich = new Wallet(node.devnet!.accounts[2]!.privateKey, provider)
  while (keys.length < FARMERS) {
    const accountKey = new Uint8Array(32).fill(keys.length)
    const { address: to } = new Wallet(bytesToHex(accountKey))
    await (await rich.sendTransaction({ to, value: 6_000n * GNX })).wait()
    keys.push({ accountKey, nodeKey: (await generateKeyPair('Ed25519')).raw })
  }
  return keys
}

/** Starts farmers one after another, each in the next process. */
function createStarting(
  scope: Scope,
  { rpcURL }: TestNetwork,
  keys: readonly FarmerKeys[],
): () => Promise<GroupFarmer> {
  const groups = Array.from({ length: GROUPS }, startFarmerGroup)
  for (const group of groups) scope.after(() => group.stop())
  let number = 0
  let bootstrap: readonly string[] = []
  return async () => {
    const group = groups[number % GROUPS]!
    const farmer = await group.start({
      ...keys[number++]!,
      rpcURL,
      capacityBytes: 20e9,
      watchEveryMs: 5_000,
      bootstrap,
    })
    bootstrap = farmer.addresses()
    return farmer
  }
}

test('the 27 shards of 16+11 survive the loss of every farmer they were given to, one by one', async (t) => {
  const cleanUps: (() => unknown)[] = []
  t.after(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp()
  })
  const scope = { after: (cleanUp: () => unknown) => cleanUps.push(cleanUp) }
  const network = await startTestNetwork(scope, { count: 0 })
  const bucketId = await network.buyBucket()
  const startFarmer = createStarting(scope, network, await createKeys(network))
  const originals: GroupFarmer[] = []
  while (originals.length < SHARDS) originals.push(await startFarmer())
  // It finds all others, and those that come after them, by their records in the DHT.
  const bootstrap = originals.slice(0, 4).flatMap((farmer) => farmer.addresses())
  const client = await network.client({ code: CODE, bootstrap })
  await untilReachable(client)

  // One whole stripe, so that each of the 27 shards is stored.
  const bytes = patternBytes(16 * 65_520, 61)
  const { id } = await client.upload({ bytes, name: 'survivor' })
  let last: GroupFarmer | undefined
  for (const farmer of originals) {
    last = await startFarmer()
    await farmer.stop()
    await untilReachable(client)
    const result = await client.repair(id)
    assert.equal(result.isWhole, true)
    assert.equal(result.rebuiltCount, 1)
  }
  const nodes = new Set(originals.map(({ node }) => node))
  const replicas = await listReplicasOfFile(network.provider, { bucketId, fileId: id })
  assert.ok(replicas.every(({ node }) => !nodes.has(node)))
  const path = join(network.directory(), 'target')
  await (await network.client({ bootstrap: last!.addresses() })).download(id, path)
  assert.ok(Buffer.compare(readFileSync(path), bytes) === 0)
})

/** Farmers that have just started are found a moment later. */
async function untilReachable(client: Client): Promise<void> {
  for (let tries = 0; tries < 60; tries++) {
    if ((await client.status()).farmerCount === SHARDS) return
    await sleep(1_000)
  }
  assert.fail(`fewer than ${SHARDS} farmers can be reached`)
}
