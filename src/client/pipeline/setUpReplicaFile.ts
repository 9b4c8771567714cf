import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import type { CTRCipher } from '../../crypto/cipher.ts'
import { createReplicaSecrets, type ReplicaSecrets } from '../../spor/replicaSecrets.ts'
import { type ReplicaCommitment, setUpReplica } from '../../spor/setup.ts'
import { freeBytes } from '../../util/freeBytes.ts'
import type { SetUpReplicaJob } from './jobs.ts'

/**
 * Makes a replica from a shard's file. Synchronous files, and memory of the thread's own: this runs in one with
 * nothing else to do, one after another.
 */
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
    const nextMemory = createReadMemory()
    return await setUpReplica({
      shard: {
        sizeBytes: shardBytes,
        read: (start, end) => readAt(shard, start, nextMemory(end - start)),
      },
      secrets: freeingSecrets(await createReplicaSecrets(keys, identity)),
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

/** A group of the inner code's rows is in use at once, 223 of 16 KiB, or a single piece of 64 KiB. */
const READ_MEMORY_BYTES = 4 << 20

let readMemory: Uint8Array | undefined

/** Memory for one read after another; that of the oldest is used again. */
function createReadMemory(): (sizeBytes: number) => Uint8Array {
  readMemory ??= new Uint8Array(READ_MEMORY_BYTES)
  const memory = readMemory
  let end = 0
  return (sizeBytes) => {
    if (end + sizeBytes > memory.length) end = 0
    end += sizeBytes
    return memory.subarray(end - sizeBytes, end)
  }
}

/** Sealed leaves and sentinels find their places before the next are made. */
const freeingSecrets = ({ seal, sentinel, permutation }: ReplicaSecrets): ReplicaSecrets => ({
  seal: freeingCipher(seal),
  sentinel: freeingCipher(sentinel),
  permutation,
})

/** A cipher whose bytes are good until the next are asked for. */
function freeingCipher(cipher: CTRCipher): CTRCipher {
  let last: Uint8Array = new Uint8Array(0)
  return {
    async apply(counter, bytes) {
      freeBytes(last)
      last = await cipher.apply(counter, bytes)
      return last
    },
  }
}

function readAt(file: number, start: number, bytes: Uint8Array): Uint8Array {
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
