import { bytesToHex, concatBytes, equalsBytes, hexToBytes } from '@ethereumjs/util'
import type { SentinelGroupReveal } from '../../../api/inspectionContracts.ts'
import { keccak256 } from '../../../crypto/keccak.ts'
import { proofPositions, rootOfProof } from '../../../crypto/merkle/proof.ts'
import { errorMessage } from '../../../util/errors.ts'
import type { Logger } from '../../../util/logger.ts'
import type { ChainHead } from '../chain.ts'
import { readLeaves } from '../readLeaves.ts'
import { replicaDamaged } from '../refusals.ts'
import type { ReplicaStore } from '../replicaStore.ts'
import type { GroupChallenge, InspectionChain } from './inspectionChain.ts'
import type { InspectionCounts } from './inspectionCounts.ts'

/** Answers owners who ask for a sentinel group of a replica on chain. */
export interface GroupAnswerer {
  /** Looks for what was asked up to a block, and answers it. What fails is logged and tried again. Throws `ApiError`. */
  step(head: ChainHead): Promise<void>
}

export interface GroupAnswererOptions {
  chain: Pick<InspectionChain, 'groupChallenges' | 'isGroupOpen' | 'answerGroup' | 'isCanonical'>
  store: Pick<ReplicaStore, 'get' | 'openForInspection'>
  counts: Pick<InspectionCounts, 'answered' | 'failed'>
  logger: Logger
}

/** Blocks that are looked through for open challenges before the start: far more than a deadline. */
const LOOK_BACK_BLOCKS = 2_000

/** An ordinary transaction may not pay at once; after so many tries it never will. */
const MAX_TRIES = 10

export function createGroupAnswerer(options: GroupAnswererOptions): GroupAnswerer {
  const { chain, store, counts, logger } = options
  let seen: ChainHead | undefined
  let open: { challenge: GroupChallenge; tries: number }[] = []

  const look = async (head: ChainHead): Promise<void> => {
    const continues =
      seen !== undefined && seen.number < head.number && (await chain.isCanonical(seen))
    const from = continues ? seen!.number + 1 : Math.max(0, head.number - LOOK_BACK_BLOCKS)
    const found = await chain.groupChallenges(from, head.number)
    open = [...(continues ? open : []), ...found.map((challenge) => ({ challenge, tries: 0 }))]
    seen = head
  }

  /** True when there is nothing more to do about it. */
  const isDone = async (attempt: {
    challenge: GroupChallenge
    tries: number
  }): Promise<boolean> => {
    const { replicaId, reveal } = attempt.challenge
    if (!(await chain.isGroupOpen(replicaId))) return true
    attempt.tries++
    try {
      const { digest, proof } = await proveGroup(store, replicaId, reveal)
      const { isOwnerAtFault } = await chain.answerGroup(replicaId, reveal, digest, proof)
      counts.answered()
      logger.info('answered for a sentinel group', { replicaId, isOwnerAtFault })
      return true
    } catch (error) {
      const facts = { replicaId, reason: errorMessage(error) }
      logger.error('sentinel group not answered', facts)
      if (attempt.tries < MAX_TRIES) return false
      counts.failed()
      return true
    }
  }

  return {
    async step(head) {
      if (head.hash !== seen?.hash) await look(head)
      const left: typeof open = []
      for (const attempt of open) if (!(await isDone(attempt))) left.push(attempt)
      open = left
    },
  }
}

/** The digest of the leaves asked for, and the proof that they are the replica's. Throws `StorageError`. */
async function proveGroup(
  store: GroupAnswererOptions['store'],
  replicaId: string,
  { positions }: SentinelGroupReveal,
): Promise<{ digest: string; proof: string }> {
  const indices = positions.map(Number)
  const reader = await store.openForInspection(replicaId)
  try {
    const { leafCount, tree } = reader
    const leaves = concatBytes(...(await readLeaves(reader, indices)))
    const hashes = proofPositions(leafCount, indices).map(tree.node)
    const root = hexToBytes(store.get(replicaId)!.offer.root as `0x${string}`)
    const isTrue = equalsBytes(rootOfProof({ leafCount, indices, leaves, hashes }), root)
    if (!isTrue) throw replicaDamaged(replicaId)
    return {
      digest: bytesToHex(keccak256(leaves)),
      proof: bytesToHex(concatBytes(leaves, ...hashes)),
    }
  } finally {
    await reader.close()
  }
}
