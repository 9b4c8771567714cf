import type { Signer } from 'ethers'
import { sentinelGroupsContract } from '../contracts.ts'
import { type Sent, sendCall, sentOf } from '../send.ts'

export interface CommitGroupsOptions {
  /** The replica's id; its bucket is the signer's. */
  id: string
  /** The root over the groups, 32 bytes in hex. */
  groupsRoot: string
  /** 1 to 1,048,576. */
  groupCount: number
}

/** Commits to the sentinel groups of a replica, once and for good (SPEC 6, kind 16). Throws `ApiError`. */
export async function commitGroups(
  signer: Signer,
  { id, groupsRoot, groupCount }: CommitGroupsOptions,
): Promise<Sent> {
  const contract = sentinelGroupsContract(signer)
  return sentOf(await sendCall(() => contract.commit(id, groupsRoot, groupCount)))
}
