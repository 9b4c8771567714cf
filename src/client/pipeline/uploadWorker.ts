import { freeBytes } from '../../util/freeBytes.ts'
import { serveJobs } from '../../util/serveJobs.ts'
import { encodeStripes } from './encodeStripes.ts'
import type { UploadJob, UploadJobResult } from './jobs.ts'
import { setUpReplicaFile } from './setUpReplicaFile.ts'

serveJobs<UploadJob, UploadJobResult>(async (job) => {
  if (job.kind === 'setUpReplica') return await setUpReplicaFile(job)
  const tags = await encodeStripes(job)
  // It came with the job for good.
  freeBytes(job.plaintext)
  return { tags }
})
