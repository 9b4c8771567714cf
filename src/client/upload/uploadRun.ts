import type { FileLayout } from '../../protocol/fileLayout.ts'
import type { ClientContext } from '../context.ts'
import type { ProgressCounter, UploadProgress } from '../progress.ts'
import type { UploadBucket } from './checkBucket.ts'
import type { Registrar } from './registrar.ts'
import type { FarmerChoice } from './storeSegment.ts'
import type { ShardTask } from './storeShard.ts'
import type { UploadState } from './uploadState.ts'

/** What one upload works with. */
export interface Upload {
  context: ClientContext
  state: UploadState
  layout: FileLayout
  place: UploadBucket
  choice: FarmerChoice
  registrar: Registrar
  progress: ProgressCounter<UploadProgress>
  /** For shards on their way from the source to the farmers. */
  directory: string
  signal: AbortSignal
}

/** What all its shards have in common. */
export const commonTask = ({
  place,
  progress,
  signal,
}: Upload): Pick<ShardTask, 'endTime' | 'nowSeconds' | 'onSent' | 'signal'> => ({
  endTime: place.bucket.endTime,
  nowSeconds: place.nowSeconds,
  onSent: (bytes) => progress.add('sentBytes', bytes),
  signal,
})
