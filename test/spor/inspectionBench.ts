import { keccak256 } from '../../src/crypto/keccak.ts'
import { hashLeaves, LEAF_BYTES } from '../../src/crypto/merkle/hashing.ts'
import { proofPositions } from '../../src/crypto/merkle/proof.ts'
import { createMerkleTree } from '../../src/crypto/merkle/tree.ts'
import type { LeafReader } from '../../src/spor/proveInspection.ts'
import type { TreeEntry } from '../../src/spor/sumNode.ts'
import { leafOf } from './replicas.ts'

/** Bytes that anybody can make again: keccak256(name ‖ counter), one after another. */
export function bytesNamed(name: string, length: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(length / 32) * 32)
  for (let at = 0; at < bytes.length; at += 32) {
    bytes.set(keccak256(new TextEncoder().encode(`${name}:${at}`)), at)
  }
  return bytes.subarray(0, length)
}

/** A replica in a farmer's memory, as its tree and its reader know it. */
export interface StoredReplica {
  entry: TreeEntry
  leaves: Uint8Array
}

/** A replica of leaves that its name decides. */
export function storedReplica(name: string, leafCount: number): StoredReplica {
  return replicaOfLeaves(bytesNamed(`${name} id`, 32), bytesNamed(name, leafCount * LEAF_BYTES))
}

/** A replica of given leaves. */
export function replicaOfLeaves(replicaId: Uint8Array, leaves: Uint8Array): StoredReplica {
  const { root } = createMerkleTree(hashLeaves(0, leaves))
  return { entry: { replicaId, root, leafCount: leaves.length / LEAF_BYTES }, leaves }
}

/** Reads leaves and hashes of replicas in memory, as a farmer does from disk. */
export function memoryReader(replicas: readonly StoredReplica[]): LeafReader {
  const keyOf = (id: Uint8Array): string => Buffer.from(id).toString('hex')
  const byId = new Map(replicas.map((replica) => [keyOf(replica.entry.replicaId), replica]))
  return async ({ entry, indices }) => {
    const { leaves } = byId.get(keyOf(entry.replicaId))!
    const tree = createMerkleTree(hashLeaves(0, leaves))
    return {
      leaves: new Uint8Array(Buffer.concat(indices.map((index) => leafOf(leaves, index)))),
      hashes: proofPositions(entry.leafCount, indices).map(tree.node),
    }
  }
}
