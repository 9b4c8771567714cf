import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { createReplicaSecrets } from '../../spor/replicaSecrets.ts'
import { type ReplicaCommitment, setUpReplica } from '../../spor/setup.ts'
import type { SetUpReplicaJob } from './jobs.ts'

/** Makes a replica from a shard's file. Synchronous files: this runs in a thread with nothing else to do. */
export async function setUpReplicaFile({
  shardFile,
  shardBytes,
  replicaFile,
  keys,
  identity,
}: SetUpReplicaJob): Promise<ReplicaCommitment> {
  const shard = openSync(shardFile, 'r')
  let replica: number | undefined
  try {
    const target = openSync(replicaFile, 'w', 0o600)
    replica = target
    let position = 0
    return await setUpReplica({
      shard: { sizeBytes: shardBytes, read: (start, end) => readAt(shard, start, end) },
      secrets: await createReplicaSecrets(keys, identity),
      onWindow({ bytes }) {
        writeAll(target, bytes, position)
        position += bytes.length
      },
    })
  } finally {
    closeSync(shard)
    if (replica !== undefined) closeSync(replica)
  }
}

function readAt(file: number, start: number, end: number): Uint8Array {
  const bytes = new Uint8Array(end - start)
  for (let done = 0; done < bytes.length; ) {
    const read = readSync(file, bytes, done, bytes.length - done, start + done)
    if (read === 0) throw new Error(`a shard's file ends before byte ${start + done}`)
    done += read
  }
  return bytes
}

function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file, bytes, done, bytes.length - done, position + done)
  }
}
