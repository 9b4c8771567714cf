import { bytesToHex, hexToBytes } from '@ethereumjs/util'
import { type JsonRpcProvider, Wallet } from 'ethers'
import { buySpace } from '../../../src/api/actions/buySpace.ts'
import { registerReplicas } from '../../../src/api/actions/registerReplicas.ts'
import type { TreeChange } from '../../../src/api/inspectionContracts.ts'
import { connectProvider } from '../../../src/api/provider.ts'
import { createDevnetFarmers } from '../../../src/protocol/devnetFarmers.ts'
import { type ReplicaOffer, signReplicaOffer } from '../../../src/protocol/replicaContract.ts'
import { startTestServer, type TestServer } from '../../helpers/rpc.ts'

const CHAIN_ID = 31_300n
const LEAVES = 25n

/** A devnet on which an owner has registered a replica with node 0, whose farmer does nothing by itself. */
export interface Scene {
  server: TestServer
  provider: JsonRpcProvider
  owner: Wallet
  farmer: Wallet
  node: bigint
  id: string
  /** What puts the replica into the node's empty tree, and takes it out again. */
  change: TreeChange
}

export async function withReplica(work: (scene: Scene) => Promise<void>): Promise<void> {
  await using server = await startTestServer()
  const provider = await connectProvider(server.server.url)
  try {
    const owner = new Wallet(server.wallet(1).privateKey, provider)
    const { privateKey, node } = createDevnetFarmers()[0]!
    const farmer = new Wallet(bytesToHex(privateKey), provider)
    const space = { sizeBytes: 1_000_000_000n, termSeconds: 864_000n, backups: 1 }
    const bucket = await buySpace(owner, space)
    const offer: ReplicaOffer = {
      ...{ bucketId: bucket.id, fileId: `0x${'f1'.repeat(32)}`, shardIndex: 0n, node },
      ...{ root: `0x${'ab'.repeat(32)}`, leafCount: LEAVES, sizeBytes: LEAVES * 1_024n },
      ...{ priceWei: 10n ** 13n, endTime: bucket.endTime, salt: `0x${'5a'.repeat(32)}` },
      expiry: bucket.startTime + 3_600n,
    }
    const signature = await signReplicaOffer(farmer, CHAIN_ID, offer)
    const { ids } = await registerReplicas(owner, { offers: [{ offer, signature }] })
    const id = bytesToHex(hexToBytes(ids[0] as `0x${string}`))
    const change = { replicaId: id, root: offer.root, leafCount: Number(LEAVES), place: 0 }
    const scene = { server, provider, owner, farmer, node, id }
    await work({ ...scene, change: { ...change, siblings: '0x' } })
  } finally {
    provider.destroy()
  }
}
