import { type Signer, ZeroAddress } from 'ethers'
import { parseAddress } from '../address.ts'
import { replicasContract } from '../contracts.ts'
import { parseBucketId } from '../parseBucketId.ts'
import { type Sent, sendCall, sentOf } from '../send.ts'

export interface NameStewardOptions {
  bucketId: string
  /** Who may register and release replicas in the bucket beside its owner; nobody when absent. */
  steward?: string
}

export interface NameStewardResult extends Sent {
  bucketId: string
  /** The zero address for nobody. */
  steward: string
}

/** Lets another account repair the files of a bucket, or nobody any more (SPEC 7). Throws `ApiError`. */
export async function nameSteward(
  signer: Signer,
  { bucketId, steward = ZeroAddress }: NameStewardOptions,
): Promise<NameStewardResult> {
  const id = parseBucketId(bucketId)
  const account = parseAddress(steward)
  const sent = await sendCall(() => replicasContract(signer).nameSteward(id, account))
  return { ...sentOf(sent), bucketId: id, steward: account }
}
