import { RPCError } from '../../../api/rpc/errors.ts'
import type {
  RPCBucket,
  RPCNetwork,
  RPCNode,
  RPCPrices,
  RPCReplica,
  RPCStake,
} from '../../../api/rpc/genaro.ts'
import type { Hex, Quantity } from '../../../api/rpc/values.ts'
import { decodeHeaderExtra } from '../../../protocol/header.ts'
import { epochOfSlot } from '../../../protocol/networks.ts'
import type { ChainNode } from '../../node.ts'
import { toHex, toQuantity } from '../format/hex.ts'
import type { Handlers } from '../handler.ts'
import { requireBlock } from '../resolveBlock.ts'
import { createSystemReader, type SystemRead } from '../systemReads.ts'

type Names =
  | 'genaro_getNetwork'
  | 'genaro_getSlot'
  | 'genaro_getPrices'
  | 'genaro_getStake'
  | 'genaro_getHeft'
  | 'genaro_getCandidates'
  | 'genaro_getBucket'
  | 'genaro_getBuckets'
  | 'genaro_getTraffic'
  | 'genaro_getNodes'
  | 'genaro_getReplica'
  | 'genaro_getReplicas'

const FIRST_PAGE = { offset: 0n, limit: 100n }

/** What the system contracts hold, for whoever has no ABI at hand. */
export function createGenaroHandlers(node: ChainNode): Handlers<Names> {
  const slotOf = (block: Parameters<typeof requireBlock>[1]): bigint =>
    decodeHeaderExtra(requireBlock(node, block).header.extraData).slot

  return {
    genaro_getNetwork: ([block]) =>
      readNetwork(node, createSystemReader(node, block), slotOf(block)),
    genaro_getSlot: ([block]) => toQuantity(slotOf(block)),
    genaro_getPrices: ([block]) => readPrices(createSystemReader(node, block)),
    genaro_getStake: ([address, block]) =>
      readStake(createSystemReader(node, block), address.toString()),
    genaro_getHeft: ([address, block]) =>
      createSystemReader(node, block)('Heft', 'heftOf', address.toString()),
    genaro_getCandidates: ([block, { offset, limit } = FIRST_PAGE]) =>
      createSystemReader(node, block)('Staking', 'candidates', offset, limit),
    genaro_getBucket: ([id, block]) => readBucket(createSystemReader(node, block), toHex(id)),
    genaro_getBuckets: async ([owner, block, { offset, limit } = FIRST_PAGE]) => {
      const read = createSystemReader(node, block)
      const ids = await read<Hex[]>('StorageMarket', 'bucketsOf', owner.toString(), offset, limit)
      const buckets = await Promise.all(ids.map((id) => readBucket(read, id)))
      return buckets.filter((bucket) => bucket !== null)
    },
    genaro_getTraffic: ([address, block]) =>
      createSystemReader(node, block)('StorageMarket', 'trafficOf', address.toString()),
    genaro_getNodes: async ([owner, block, { offset, limit } = FIRST_PAGE]) => {
      const read = createSystemReader(node, block)
      const nodes =
        owner === undefined
          ? await read<Quantity[]>('Nodes', 'activeNodes', offset, limit)
          : await read<Quantity[]>('Nodes', 'activeNodesOf', owner.toString(), offset, limit)
      return Promise.all(nodes.map((index) => readNode(read, index)))
    },
    genaro_getReplica: ([id, block]) => readReplica(createSystemReader(node, block), toHex(id)),
    genaro_getReplicas: async ([filter, block, { offset, limit } = FIRST_PAGE]) => {
      const read = createSystemReader(node, block)
      const ids =
        'node' in filter
          ? await read<Hex[]>('Replicas', 'replicasOfNode', filter.node, offset, limit)
          : await read<Hex[]>(
              'Replicas',
              'replicasOfFile',
              toHex(filter.bucketId),
              toHex(filter.fileId),
              offset,
              limit,
            )
      const replicas = await Promise.all(ids.map((id) => readReplica(read, id)))
      return replicas.filter((replica) => replica !== null)
    },
  }
}

async function readNetwork(
  { chain }: ChainNode,
  read: SystemRead,
  slot: bigint,
): Promise<RPCNetwork> {
  const { network } = chain
  return {
    name: network.name,
    chainId: toQuantity(network.chainId),
    slot: toQuantity(slot),
    epoch: toQuantity(epochOfSlot(network, slot)),
    epochLengthSlots: toQuantity(network.epochLengthSlots),
    totalStakeWei: await read('Staking', 'totalStake'),
    totalHeft: await read('Heft', 'totalHeft'),
    candidateCount: await read('Staking', 'candidateCount'),
    bucketCount: await read('StorageMarket', 'bucketCount'),
    nodeCount: await read('Nodes', 'activeNodeCount'),
    replicaCount: await read('Replicas', 'replicaCount'),
    totalInspections: await read('Inspections', 'totalInspections'),
    inspectionPeriodSlots: await read('Params', 'periodSlots'),
    inspectionAnswerSlots: await read('Params', 'answerSlots'),
  }
}

const readPrices = async (read: SystemRead): Promise<RPCPrices> => ({
  spacePriceWei: await read('Params', 'spacePriceWei'),
  trafficPriceWei: await read('Params', 'trafficPriceWei'),
  burnShareBasisPoints: await read('Params', 'burnShareBasisPoints'),
  bundledDownloadsPerYear: await read('Params', 'bundledDownloadsPerYear'),
  minimumStakeWei: await read('Params', 'minimumStakeWei'),
  expansionBasisPoints: await read('Params', 'expansionBasisPoints'),
})

const readStake = async (read: SystemRead, account: string): Promise<RPCStake> => ({
  stakeWei: await read('Staking', 'stakeOf', account),
  lockedWei: await read('Staking', 'lockedStakeOf', account),
  unbonding: await read('Staking', 'unbondingOf', account),
  isCandidate: await read('Staking', 'isCandidate', account),
  payee: await read('Staking', 'payeeOf', account),
  blsPublicKey: await read('Staking', 'keyOf', account),
})

/** A bucket, or null where the market knows none. */
const readBucket = (read: SystemRead, id: Hex): Promise<RPCBucket | null> =>
  orNull(async () => ({
    id,
    ...(await read<Omit<RPCBucket, 'id'>>('StorageMarket', 'bucketOf', id)),
  }))

/** A replica, or null where none was registered or it was released. */
const readReplica = (read: SystemRead, id: Hex): Promise<RPCReplica | null> =>
  orNull(async () => ({
    id,
    ...(await read<Omit<RPCReplica, 'id'>>('Replicas', 'replicaOf', id)),
  }))

/** Null where the contract refuses to tell, since there is no such thing. */
async function orNull<Found>(ask: () => Promise<Found>): Promise<Found | null> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof RPCError && error.code === 'EXECUTION_REVERTED') return null
    throw error
  }
}

const readNode = async (read: SystemRead, index: Quantity): Promise<RPCNode> => ({
  node: index,
  ...(await read<Omit<RPCNode, 'node'>>('Nodes', 'nodeOf', index)),
})
