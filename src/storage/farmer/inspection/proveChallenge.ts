import { bytesToHex, concatBytes, hexToBytes } from '@ethereumjs/util'
import type { Challenge } from '../../../api/actions/getChallenge.ts'
import { proofPositions } from '../../../crypto/merkle/proof.ts'
import {
  type LeafReader,
  proveInspection,
  proveReplicaInspection,
  sampledReplicas,
} from '../../../spor/proveInspection.ts'
import type { SumTree } from '../../../spor/sumTree.ts'
import { verifyInspection, verifyReplicaInspection } from '../../../spor/verifyInspection.ts'
import { StorageError } from '../../errors.ts'
import { readLeaves } from '../readLeaves.ts'
import type { ReplicaStore } from '../replicaStore.ts'
import type { InspectionChain } from './inspectionChain.ts'

/** A challenge whose leaves are known. */
export type OpenChallenge = Challenge & { seed: string }

export interface ProverOptions {
  chain: Pick<InspectionChain, 'releasedSlot'>
  store: Pick<ReplicaStore, 'openForInspection'>
}

/**
 * The answer to a challenge from what is on the disk, checked as the chain will check it: what is not true is never
 * sent. `tree` is the node's at the snapshot. Throws `InspectionError` and `StorageError` when leaves are lost or
 * changed, `ApiError`.
 */
export async function proveChallenge(
  { chain, store }: ProverOptions,
  challenge: OpenChallenge,
  tree: SumTree,
): Promise<Uint8Array> {
  const read = leafReader(store)
  const [seed, root] = [bytesOf(challenge.seed), bytesOf(challenge.root)]
  const { replicaId, totalLeaves } = challenge
  if (replicaId !== undefined) {
    const leafCount = Number(totalLeaves)
    const entry = { replicaId: bytesOf(replicaId), root, leafCount }
    const answer = await proveReplicaInspection({ entry, seed, readLeaves: read })
    verifyReplicaInspection({ root, leafCount, seed, answer })
    return answer
  }
  const excused = await excusedReplicas(chain, challenge, tree)
  const isExcused = (id: Uint8Array): boolean => excused.has(bytesToHex(id))
  const answer = await proveInspection({ tree, seed, isExcused, readLeaves: read })
  verifyInspection({ root, totalLeaves, height: challenge.height, seed, isExcused, answer })
  return answer
}

/** Those of the sampled replicas that were released before the snapshot. */
async function excusedReplicas(
  chain: Pick<InspectionChain, 'releasedSlot'>,
  { seed, snapshotSlot }: OpenChallenge,
  tree: SumTree,
): Promise<Set<string>> {
  const ids = sampledReplicas(tree, bytesOf(seed)).map(({ entry }) => bytesToHex(entry.replicaId))
  const slots = await Promise.all(ids.map((id) => chain.releasedSlot(id)))
  return new Set(
    ids.filter((_, at) => {
      const slot = slots[at]
      return slot !== undefined && slot < snapshotSlot
    }),
  )
}

/** Leaves from the replica's file, hashes from its stored tree. */
const leafReader =
  (store: ProverOptions['store']): LeafReader =>
  async ({ entry, indices }) => {
    const id = bytesToHex(entry.replicaId)
    const reader = await store.openForInspection(id)
    try {
      if (reader.leafCount !== entry.leafCount) throw otherReplica(id)
      const leaves = concatBytes(...(await readLeaves(reader, indices)))
      return { leaves, hashes: proofPositions(entry.leafCount, indices).map(reader.tree.node) }
    } finally {
      await reader.close()
    }
  }

const otherReplica = (id: string): StorageError =>
  new StorageError('REPLICA_DAMAGED', {
    message: `Replica ${id} has another number of leaves on the disk than on chain`,
    hint: 'The data directory was changed by somebody else.',
    facts: { id },
  })

const bytesOf = (hex: string): Uint8Array => hexToBytes(hex as `0x${string}`)
