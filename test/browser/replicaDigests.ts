import { concatBytes } from '@noble/hashes/utils.js'
import { LEAF_BYTES } from '../../src/crypto/merkle/hashing.ts'
import { createMerkleTree } from '../../src/crypto/merkle/tree.ts'
import { shardId } from '../../src/protocol/replicaId.ts'
import { createReplicaLayout } from '../../src/protocol/replicaLayout.ts'
import {
  createReplicaSecrets,
  extractShard,
  locateSentinel,
  readShardRange,
  setUpReplica,
  shardInMemory,
} from '../../src/spor/index.ts'
import { fileId, replicaKeys } from './keyDigests.ts'
import { bytesNamed, type Digests, digest, upTo } from './named.ts'

/** One leaf, a part of a code group, and more than a window. */
export const SHARD_SIZES = [1, 100_000, 1_000_000]

/** Replicas, what they commit to, and what is read of them, although some have lost and changed leaves. */
export async function replicaDigests(): Promise<Digests> {
  const digests: Digests = {}
  for (const size of SHARD_SIZES) {
    for (const [name, value] of Object.entries(await digestsOf(size))) {
      digests[`${name} of ${size}`] = value
    }
  }
  return digests
}

/** The replica of a shard of so many bytes for one farmer. */
export async function makeReplica(size: number) {
  const shard = bytesNamed(`shard of ${size}`, size)
  const secrets = await createReplicaSecrets(replicaKeys, {
    shardId: shardId({ fileId, segment: 1, shard: 2 }),
    farmer: bytesNamed('farmer', 20),
    nonce: bytesNamed('nonce', 32),
  })
  const windows: Uint8Array[] = []
  const hashes: Uint8Array[] = []
  const commitment = await setUpReplica({
    shard: shardInMemory(shard),
    secrets,
    onWindow: ({ bytes, leafHashes }) => {
      windows.push(bytes.slice())
      hashes.push(leafHashes)
    },
  })
  const replica = concatBytes(...windows)
  return { secrets, commitment, replica, leafHashes: concatBytes(...hashes) }
}

async function digestsOf(size: number): Promise<Digests> {
  const { secrets, commitment, replica, leafHashes } = await makeReplica(size)
  const layout = createReplicaLayout(size)
  const sentinel = await locateSentinel(layout, secrets, layout.sentinels - 1)
  const leafAt = (index: number): Uint8Array =>
    replica.slice(index * LEAF_BYTES, (index + 1) * LEAF_BYTES)
  const [start, end] = [Math.floor(size / 3), Math.ceil(size / 2)]
  const range = await readShardRange({
    layout,
    secrets,
    start,
    end,
    readLeaves: async (indices) => concatBytes(...indices.map(leafAt)),
  })
  const extracted = await extractShard({
    layout,
    secrets,
    hashes: { commitment, leafHashes },
    readLeaves: async (first, count) => upTo(count).map((at) => damaged(first + at, leafAt)),
  })
  return {
    replica: digest(replica),
    root: digest(commitment.root),
    tree: digest(...createMerkleTree(leafHashes).levels),
    sentinel: `${sentinel.leafIndex} ${digest(sentinel.leaf)}`,
    range: digest(range),
    'extracted shard': digest(extracted),
  }
}

/** One leaf of 23 is lost, and another changed. */
function damaged(index: number, leafAt: (index: number) => Uint8Array): Uint8Array | undefined {
  if (index % 23 === 3) return undefined
  const leaf = leafAt(index)
  if (index % 23 === 9) leaf[index % LEAF_BYTES]! ^= 1
  return leaf
}
