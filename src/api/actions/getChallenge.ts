import { type ContractRunner, ZeroHash } from 'ethers'
import { inspectionsContract } from '../contracts.ts'
import { ApiError } from '../errors.ts'
import type { ChallengeView } from '../inspectionContracts.ts'
import { read } from '../send.ts'

/** What the chain wants to see of a node. */
export interface Challenge {
  id: bigint
  node: bigint
  /** The round of a scheduled challenge; undefined for an extra one. */
  round: bigint | undefined
  /** The replica an extra challenge is about; undefined for a scheduled one, which is about the whole tree. */
  replicaId: string | undefined
  /** Of the tree at the snapshot, or of the replica. */
  root: string
  totalLeaves: bigint
  height: number
  /** 32 bytes in hex that say which leaves are asked for; undefined until the challenge opens. */
  seed: string | undefined
  snapshotSlot: bigint
  /** The last slot it can be answered in, or later when answers found no room; 0 until it opens. */
  deadlineSlot: bigint
}

/** A challenge that waits for its seed or its answer; undefined once it is settled. Throws `ApiError`. */
export async function getChallenge(
  runner: ContractRunner,
  { id }: { id: bigint },
): Promise<Challenge | undefined> {
  try {
    return challengeFromView(id, await read(() => inspectionsContract(runner).challengeOf(id)))
  } catch (error) {
    // The contract knows open challenges alone, and reverts for all others.
    if (error instanceof ApiError && error.code === 'CALL_REVERTED') return undefined
    throw error
  }
}

const challengeFromView = (id: bigint, view: ChallengeView): Challenge => ({
  id,
  node: view.node,
  round: view.replicaId === ZeroHash ? view.round : undefined,
  replicaId: view.replicaId === ZeroHash ? undefined : view.replicaId.toLowerCase(),
  root: view.root,
  totalLeaves: view.totalLeaves,
  height: Number(view.height),
  seed: view.seed === ZeroHash ? undefined : view.seed,
  snapshotSlot: view.snapshotSlot,
  deadlineSlot: view.deadlineSlot,
})
