import { randomInt } from 'node:crypto'
import { type Signer, ZeroHash } from 'ethers'
import { challengeGroup } from '../../api/actions/challengeGroup.ts'
import { commitGroups } from '../../api/actions/commitGroups.ts'
import type { Replica } from '../../api/actions/getReplica.ts'
import { beaconContract } from '../../api/contracts.ts'
import { ApiError } from '../../api/errors.ts'
import { read, sendCall } from '../../api/send.ts'
import type { Mutex } from '../../util/mutex.ts'
import type { OwnReplica } from '../audit/ownReplica.ts'
import type { ClientContext } from '../context.ts'
import { awaitEnding, type WaitOptions } from './awaitEnding.ts'
import type { Ending } from './challengeRounds.ts'
import { ownerGroupsContract } from './contract.ts'
import {
  deriveSentinelGroups,
  groupsRoot,
  isCommitmentTo,
  revealGroup,
  type SentinelGroup,
} from './sentinelGroups.ts'

/**
 * Asks the chain for a group of a replica that was never asked for, and commits to the groups before where that was not
 * done. Returns the block of the challenge. Throws `ApiError`; `CALL_REVERTED` too where no group is left or the
 * commitment is not ours.
 */
export async function openGroup(
  signer: Signer,
  { id }: Pick<Replica, 'id'>,
  own: OwnReplica,
  bondWei: bigint,
): Promise<number> {
  const contract = ownerGroupsContract(signer)
  const groups = await deriveSentinelGroups(own)
  await ensureCommitted(signer, id, groups)
  const burned = await read(() =>
    Promise.all(groups.map((_, group) => contract.isBurned(id, group))),
  )
  const left = groups.map((_, group) => group).filter((group) => !burned[group])
  if (left.length === 0) throw noGroupLeft(id, groups.length)
  const reveal = revealGroup(groups, left[randomInt(left.length)]!)
  return (await challengeGroup(signer, { id, reveal, bondWei })).blockNumber
}

async function ensureCommitted(
  signer: Signer,
  id: string,
  groups: readonly SentinelGroup[],
): Promise<void> {
  const [root, count] = await read(() => ownerGroupsContract(signer).commitmentOf(id))
  if (count === 0n) {
    await commitGroups(signer, { id, groupsRoot: groupsRoot(groups), groupCount: groups.length })
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
  { provider, signer }: Pick<ClientContext, 'provider' | 'signer'>,
  { id, node }: Pick<Replica, 'id' | 'node'>,
  fromBlock: number,
  { sending, ...wait }: WaitOptions & { sending: Mutex },
): Promise<Ending> {
  const contract = ownerGroupsContract(signer)
  const names = ['GroupAnswered', 'OwnerAtFault', 'GroupUnanswered']
  const settle = async (): Promise<void> => {
    try {
      const slot = await read(() => beaconContract(provider).currentSlot())
      const { deadlineSlot } = await read(() => contract.challengeOf(id))
      if (slot > deadlineSlot) await sending.run(() => sendCall(() => contract.settle(id)))
    } catch (error) {
      // It was answered, or settled by somebody else.
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
