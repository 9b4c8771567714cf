import { randomInt } from 'node:crypto'
import { ZeroHash } from 'ethers'
import type { Replica } from '../../api/actions/getReplica.ts'
import { eventOf } from '../../api/contractEvent.ts'
import { beaconContract } from '../../api/contracts.ts'
import { ApiError } from '../../api/errors.ts'
import { read, sendCall } from '../../api/send.ts'
import type { Mutex } from '../../util/mutex.ts'
import type { OwnReplica } from '../audit/ownReplica.ts'
import type { ClientContext } from '../context.ts'
import { awaitEnding, type WaitOptions } from './awaitEnding.ts'
import type { Ending } from './challengeRounds.ts'
import type { SentinelGroupsContract } from './contract.ts'
import {
  deriveSentinelGroups,
  groupsRoot,
  isCommitmentTo,
  revealGroup,
  type SentinelGroup,
} from './sentinelGroups.ts'

/** A group that was asked for and has no answer yet. */
export interface OpenGroup {
  group: number
  blockNumber: number
  /** The last slot it can be answered in. */
  deadlineSlot: bigint
}

/**
 * Asks the chain for a group of a replica that was never asked for, and commits to the groups before where that was not
 * done. Throws `ApiError`; `CALL_REVERTED` too where no group is left or the commitment is not ours.
 */
export async function openGroup(
  contract: SentinelGroupsContract,
  { id }: Pick<Replica, 'id'>,
  own: OwnReplica,
  bondWei: bigint,
): Promise<OpenGroup> {
  const groups = await deriveSentinelGroups(own)
  await ensureCommitted(contract, id, groups)
  const burned = await read(() =>
    Promise.all(groups.map((_, group) => contract.isBurned(id, group))),
  )
  const left = groups.map((_, group) => group).filter((group) => !burned[group])
  if (left.length === 0) throw noGroupLeft(id, groups.length)
  const group = left[randomInt(left.length)]!
  const reveal = revealGroup(groups, group)
  const sent = await sendCall(() => contract.challenge(id, reveal, { value: bondWei }))
  const { deadlineSlot } = eventOf<{ deadlineSlot: bigint }>(
    sent.receipt,
    contract,
    'GroupChallenged',
  )
  return { group, blockNumber: sent.blockNumber, deadlineSlot }
}

async function ensureCommitted(
  contract: SentinelGroupsContract,
  id: string,
  groups: readonly SentinelGroup[],
): Promise<void> {
  const [root, count] = await read(() => contract.commitmentOf(id))
  if (count === 0n) {
    await sendCall(() => contract.commit(id, groupsRoot(groups), groups.length))
    return
  }
  if (root !== ZeroHash && isCommitmentTo(groups, root)) return
  throw new ApiError('CALL_REVERTED', {
    message:
      root === ZeroHash
        ? `The commitment to the groups of replica ${id} was shown to be false, so none of them counts`
        : `The commitment to the groups of replica ${id} is not to those this seed gives`,
    hint: 'Challenge the replica with random leaves instead.',
    facts: { id, root },
  })
}

const noGroupLeft = (id: string, count: number): ApiError =>
  new ApiError('CALL_REVERTED', {
    message: `All ${count} groups of replica ${id} were asked for before`,
    hint: 'Challenge the replica with random leaves instead.',
    facts: { id, count },
  })

/**
 * Waits for the answer to a group, and settles it when the deadline has passed without one. Two transactions at once
 * would be given the same nonce, so they are sent one after another. Throws `ApiError`, and `ClientError` `ABORTED`.
 */
export async function awaitGroup(
  { provider }: Pick<ClientContext, 'provider'>,
  contract: SentinelGroupsContract,
  { id, node }: Pick<Replica, 'id' | 'node'>,
  { blockNumber: fromBlock, deadlineSlot }: OpenGroup,
  { sending, ...wait }: WaitOptions & { sending: Mutex },
): Promise<Ending> {
  const names = ['GroupAnswered', 'OwnerAtFault', 'GroupUnanswered']
  const settle = async (): Promise<void> => {
    const slot = await read(() => beaconContract(provider).currentSlot())
    if (slot <= deadlineSlot) return
    try {
      await sending.run(() => sendCall(() => contract.settle(id)))
    } catch (error) {
      // Anybody may settle it, and the next block may be the first in which it can be.
      if (!(error instanceof ApiError) || error.code !== 'CALL_REVERTED') throw error
    }
  }
  const ending = { contract, names, indexed: [node, id] as const, fromBlock }
  const events = await awaitEnding(provider, ending, { ...wait, onLook: settle })
  if (events === undefined) return { outcome: 'pending' }
  const has = (name: string): boolean => events.some((event) => event.name === name)
  if (has('OwnerAtFault')) return { outcome: 'ownerAtFault', bondTo: 'farmer' }
  if (has('GroupAnswered')) return { outcome: 'proven', bondTo: 'farmer' }
  return { outcome: 'failed', bondTo: 'challenger' }
}
