import { randomBytes } from 'node:crypto'
import { deriveReplicaKeys } from '../../src/crypto/keys.ts'
import { createReplicaLayout, LEAF_BYTES } from '../../src/protocol/replicaLayout.ts'
import { shardInMemory } from '../../src/spor/leaves.ts'
import { createReplicaSecrets, type ReplicaIdentity } from '../../src/spor/replicaSecrets.ts'
import { setUpReplica } from '../../src/spor/setup.ts'

export const bytes = (length: number): Uint8Array => new Uint8Array(randomBytes(length))

export const KEYS = deriveReplicaKeys(new Uint8Array(32).fill(1), new Uint8Array(32).fill(2))

export const IDENTITY: ReplicaIdentity = {
  shardId: new Uint8Array(32).fill(3),
  farmer: new Uint8Array(20).fill(4),
  nonce: new Uint8Array(32).fill(5),
}

/** A whole replica in memory, with what its owner knows. */
export async function replicaOf(shard: Uint8Array, change: Partial<ReplicaIdentity> = {}) {
  const secrets = await createReplicaSecrets(KEYS, { ...IDENTITY, ...change })
  const replica: Uint8Array[] = []
  const hashes: Uint8Array[] = []
  const commitment = await setUpReplica({
    shard: shardInMemory(shard),
    secrets,
    onWindow: (window) => {
      replica.push(window.bytes.slice())
      hashes.push(window.leafHashes)
    },
  })
  return {
    layout: createReplicaLayout(shard.length),
    secrets,
    commitment,
    replica: new Uint8Array(Buffer.concat(replica)),
    leafHashes: new Uint8Array(Buffer.concat(hashes)),
  }
}

export type WholeReplica = Awaited<ReturnType<typeof replicaOf>>

export const leafOf = (replica: Uint8Array, index: number): Uint8Array =>
  replica.slice(index * LEAF_BYTES, (index + 1) * LEAF_BYTES)

/** Reads leaves for `extractShard`, except those that are lost. */
export const leafReader =
  (replica: Uint8Array, lost: ReadonlySet<number> = new Set()) =>
  async (firstLeaf: number, count: number): Promise<(Uint8Array | undefined)[]> =>
    Array.from({ length: count }, (_, at) =>
      lost.has(firstLeaf + at) ? undefined : leafOf(replica, firstLeaf + at),
    )
