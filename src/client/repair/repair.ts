import type { Replica } from '../../api/actions/getReplica.ts'
import type { FileDecipher } from '../../crypto/fileCipher.ts'
import { decodeShardIndex } from '../../protocol/replicaContract.ts'
import type { ClientContext } from '../context.ts'
import type { ProgressCounter } from '../progress.ts'
import type { UploadBucket } from '../upload/checkBucket.ts'
import type { Registrar } from '../upload/registrar.ts'
import type { FarmerChoice } from '../upload/storeSegment.ts'
import type { GoneReplica } from './checkReplicas.ts'
import type { RepairState } from './repairState.ts'
import type { RepairTarget } from './target.ts'

/** How far a repair is. */
export interface RepairProgress {
  /** Replicas on chain, and how many of them were checked and found gone. */
  replicaCount: number
  checkedCount: number
  missingCount: number
  /** Bytes of shards read from farmers, and of new replicas that farmers took. */
  receivedBytes: number
  sentBytes: number
  /** New replicas under contract. */
  rebuiltCount: number
}

/** What one repair works with. */
export interface Repair {
  readonly context: ClientContext
  readonly target: RepairTarget
  readonly state: RepairState
  readonly place: UploadBucket
  readonly registrar: Registrar
  readonly progress: ProgressCounter<RepairProgress>
  /** For shards on their way to new farmers. */
  readonly directory: string
  /** The owner's: it tells changed cells. */
  readonly decipher?: FileDecipher | undefined
  /** Replicas that farmers gave leaves of; those that turn out wrong go. */
  held: Replica[]
  readonly gone: GoneReplica[]
  /** Contracts that were ended. */
  readonly released: Set<string>
  choice: FarmerChoice
  /** The bucket has no room beside the contracts of what is gone: they end before new ones begin. */
  isTight: boolean
  readonly signal: AbortSignal
}

/** Whether a shard has a replica that counts. */
export const isHeld = ({ held }: Pick<Repair, 'held'>, segment: number, shard: number): boolean =>
  held.some(({ shardIndex }) => {
    const place = decodeShardIndex(shardIndex)
    return place.segment === segment && place.shard === shard
  })
