import { serveJobs } from '../../util/serveJobs.ts'
import { encodeStripes } from './encodeStripes.ts'
import type { UploadJob, UploadJobResult } from './jobs.ts'
import { setUpReplicaFile } from './setUpReplicaFile.ts'

serveJobs<UploadJob, UploadJobResult>(async (job) =>
  job.kind === 'setUpReplica' ? await setUpReplicaFile(job) : { tags: await encodeStripes(job) },
)
