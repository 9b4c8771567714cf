import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { bytesToHex } from '@ethereumjs/util'
import { firstLine, startOne, stopCluster } from '../../../scripts/startCluster.ts'
import { createDevnetFarmers } from '../../../src/protocol/devnetFarmers.ts'
import { verifyReplicaOffer } from '../../../src/protocol/replicaContract.ts'
import {
  openReadSession,
  type TrafficChannel,
} from '../../../src/storage/shardProtocol/openReadSession.ts'
import { replicaStatusProtocol } from '../../../src/storage/shardProtocol/replicaStatus.ts'
import { MAIN } from '../../cli/runGenaro.ts'
import {
  createChannel,
  makeReplica,
  type StorageNetwork,
  startNetwork,
  store,
  type TestReplica,
  temporaryDirectory,
} from './network.ts'

const { privateKey, nodeKey } = createDevnetFarmers()[0]!
const KEYS = { accountKey: privateKey, nodeKey }

/** A farmer process told in the form in-process ones have. */
interface RunningFarmer {
  account: string
  node: bigint
  peerId: string
  addresses(): string[]
  kill(): Promise<void>
}

async function startProcess(
  { url, cleanUp }: StorageNetwork,
  directory: string,
): Promise<RunningFarmer> {
  const farmer = await startOne({ rpcURL: url, directory, count: 1 }, KEYS, 0)
  cleanUp.add(() => stopCluster([farmer], 'SIGKILL'))
  return {
    account: farmer.account,
    node: BigInt(farmer.node),
    peerId: farmer.peerId,
    addresses: () => farmer.addresses,
    kill: () => stopCluster([farmer], 'SIGKILL'),
  }
}

const targetOf = (farmer: RunningFarmer) => ({
  peerId: farmer.peerId,
  addresses: farmer.addresses(),
})

/** Reads all leaves, each against the root. */
async function readBack(
  network: StorageNetwork,
  farmer: RunningFarmer,
  replica: TestReplica,
  channel: TrafficChannel,
): Promise<Buffer> {
  const session = await openReadSession(network.host, targetOf(farmer), {
    replica,
    channel,
  })
  const parts: Uint8Array[] = []
  for await (const { leaves } of session.read([{ first: 0, count: replica.leafCount }])) {
    parts.push(leaves)
  }
  await session.close()
  return Buffer.concat(parts)
}

describe('kill -9 of a farmer', () => {
  test('loses no replica it has signed, at whatever instant it comes', async (t) => {
    const network = await startNetwork(t)
    const directory = temporaryDirectory(t)
    const signed: TestReplica[] = []
    let farmer = await startProcess(network, directory)
    // While others are still arriving: after the first, the third and the fifth signature of six.
    for (const signatures of [1, 3, 5]) {
      const replicas = Array.from({ length: 6 }, () => makeReplica(network, farmer))
      const enough = Promise.withResolvers<void>()
      const before = signed.length
      const storing = replicas.map(async (replica) => {
        const signature = await store(network, farmer, replica)
        assert.ok(verifyReplicaOffer(network.chainId, farmer.account, replica.offer, signature))
        signed.push(replica)
        if (signed.length - before === signatures) enough.resolve()
      })
      const settled = Promise.allSettled(storing)
      await Promise.race([enough.promise, settled])
      await farmer.kill()
      await settled
      farmer = await startProcess(network, directory)
    }
    assert.ok(signed.length >= 9, `only ${signed.length} replicas were signed`)
    const channel = createChannel(network, farmer)
    for (const [at, replica] of signed.entries()) {
      const read = await readBack(network, farmer, replica, channel)
      assert.ok(read.equals(replica.bytes), `replica ${at} came back changed`)
    }
  })

  test('leaves half a replica behind that can be gone on with', async (t) => {
    const network = await startNetwork(t)
    const directory = temporaryDirectory(t)
    const farmer = await startProcess(network, directory)
    const replica = makeReplica(network, farmer)
    const half = { ...replica, bytes: replica.bytes.subarray(0, 800 * 1_024) }
    await assert.rejects(store(network, farmer, half), { code: 'SIZE_MISMATCH' })
    await farmer.kill()
    const again = await startProcess(network, directory)
    const status = await replicaStatusProtocol.request(network.host, targetOf(again), {
      replicaId: replica.id,
    })
    assert.deepEqual(status, {
      receivedBytes: BigInt(half.bytes.length),
      isAcknowledged: false,
      isRegistered: false,
    })
    await store(network, again, replica)
    assert.ok(
      (await readBack(network, again, replica, createChannel(network, again))).equals(
        replica.bytes,
      ),
    )
  })
})

test('a file system that takes no more bytes refuses the new replica and keeps the old ones', async (t) => {
  const network = await startNetwork(t)
  const directory = temporaryDirectory(t)
  await mkdir(directory, { recursive: true })
  // No file of the process may grow beyond 3 MiB: the system's own way to refuse a write.
  const command = 'ulimit -f 3072 && exec "$@"'
  const flags = ['--rpc', network.url, '--data-dir', directory, '--json']
  const child = spawn('bash', ['-c', command, 'bash', process.execPath, MAIN, 'farmer', ...flags], {
    env: { ...process.env, GENARO_KEY: bytesToHex(privateKey) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  network.cleanUp.add(async () => {
    if (child.exitCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  })
  const { account, node, peerId, addresses } = JSON.parse(await firstLine(child)) as {
    account: string
    node: string
    peerId: string
    addresses: string[]
  }
  const farmer: RunningFarmer = {
    ...{ account, peerId, node: BigInt(node) },
    addresses: () => addresses,
    kill: async () => {},
  }
  const [small, large, other] = [1_000, 6_000, 1_200].map((leaves) =>
    makeReplica(network, farmer, { leaves }),
  )
  await store(network, farmer, small!)
  await assert.rejects(store(network, farmer, large!), { code: 'DISK_FULL' })
  await store(network, farmer, other!)
  const channel = createChannel(network, farmer)
  for (const replica of [small!, other!]) {
    assert.ok((await readBack(network, farmer, replica, channel)).equals(replica.bytes))
  }
})
