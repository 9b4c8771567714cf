import type { ContractRunner } from 'ethers'
import { listReplicas } from '../listReplicas.ts'
import { parseBucketId } from '../parseBucketId.ts'
import type { Replica } from './getReplica.ts'

/**
 * All replicas of a file in a bucket, in no particular order; ended ones too until they are released. The bucket is
 * part of the question, so that nobody can mix replicas of his own into another's file. Throws `ApiError`.
 */
export function listReplicasOfFile(
  runner: ContractRunner,
  { bucketId, fileId }: { bucketId: string; fileId: string },
): Promise<Replica[]> {
  const bucket = parseBucketId(bucketId)
  return listReplicas(runner, (contract, offset, limit, options) =>
    contract.replicasOfFile(bucket, fileId, offset, limit, options),
  )
}
