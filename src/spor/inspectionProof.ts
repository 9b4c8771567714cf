import { concatBytes } from '@ethereumjs/util'
import { HASH_BYTES, LEAF_BYTES } from '../crypto/merkle/hashing.ts'
import { proofPositions } from '../crypto/merkle/proof.ts'
import { InspectionError } from './inspectionErrors.ts'
import { NODE_BYTES, type TreeEntry } from './sumNode.ts'

/** Sampled leaves of one replica, 1 KiB each in ascending order, and the hashes `proofPositions` asks for. */
export interface LeafProof {
  leaves: Uint8Array
  hashes: readonly Uint8Array[]
}

/** One replica's part of an answer. */
export interface ReplicaAnswer {
  entry: TreeEntry
  place: number
  /** The replica's path in the tree: siblings of 40 bytes from the leaf up. */
  siblings: Uint8Array
  /** Undefined when the replica is excused: it was released before the snapshot. */
  proof: LeafProof | undefined
}

/**
 * The bytes of one replica's part: flag (0 leaves follow, 1 excused) ‖ replica id ‖ root ‖ leaf count (uint32) ‖ place
 * (uint32) ‖ siblings, then the leaves and the hashes. An answer is such parts and nothing else.
 */
export function encodeReplicaAnswer({ entry, place, siblings, proof }: ReplicaAnswer): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES)
  header[0] = proof === undefined ? FLAG_EXCUSED : FLAG_LEAVES
  header.set(entry.replicaId, 1)
  header.set(entry.root, 1 + HASH_BYTES)
  const view = new DataView(header.buffer)
  view.setUint32(LEAF_COUNT_AT, entry.leafCount)
  view.setUint32(PLACE_AT, place)
  const leaves = proof === undefined ? [] : [encodeLeafProof(proof)]
  return concatBytes(header, siblings, ...leaves)
}

/** The bytes of leaves and hashes: the whole answer where a single replica is asked. */
export const encodeLeafProof = ({ leaves, hashes }: LeafProof): Uint8Array =>
  concatBytes(leaves, ...hashes)

/** Reads an answer from its beginning; whatever is asked of it beyond its end throws InspectionError BAD_LENGTH. */
export interface AnswerReader {
  /** What stands before a replica's leaves. Throws InspectionError BAD_FLAG on a flag that is neither. */
  header(height: number): AnswerHeader
  /** The leaves at these ascending indices of a replica, and as many hashes as they need. */
  leafProof(leafCount: number, indices: readonly number[]): LeafProof
  /** Throws InspectionError BAD_LENGTH when bytes are left over. */
  end(): void
}

export interface AnswerHeader {
  isExcused: boolean
  entry: TreeEntry
  place: number
  siblings: Uint8Array
}

/** The parts that are read share the answer's memory. */
export function createAnswerReader(answer: Uint8Array): AnswerReader {
  let at = 0
  const take = (length: number): Uint8Array => {
    if (at + length > answer.length) {
      throw new InspectionError('BAD_LENGTH', {
        message: `The answer ends after ${answer.length} bytes, and at least ${at + length} are needed`,
      })
    }
    at += length
    return answer.subarray(at - length, at)
  }
  return {
    header(height) {
      const header = take(HEADER_BYTES)
      const flag = header[0]!
      if (flag !== FLAG_LEAVES && flag !== FLAG_EXCUSED) {
        throw new InspectionError('BAD_FLAG', {
          message: `A replica's part begins with ${FLAG_LEAVES} or ${FLAG_EXCUSED}, not ${flag}`,
        })
      }
      const view = new DataView(header.buffer, header.byteOffset)
      const entry = {
        replicaId: header.subarray(1, 1 + HASH_BYTES),
        root: header.subarray(1 + HASH_BYTES, LEAF_COUNT_AT),
        leafCount: view.getUint32(LEAF_COUNT_AT),
      }
      const siblings = take(height * NODE_BYTES)
      return {
        isExcused: flag === FLAG_EXCUSED,
        entry,
        place: view.getUint32(PLACE_AT),
        siblings,
      }
    },
    leafProof(leafCount, indices) {
      const leaves = take(indices.length * LEAF_BYTES)
      const hashes = proofPositions(leafCount, indices).map(() => take(HASH_BYTES))
      return { leaves, hashes }
    },
    end() {
      if (at === answer.length) return
      throw new InspectionError('BAD_LENGTH', {
        message: `The answer has ${answer.length - at} bytes beyond its ${at}`,
      })
    },
  }
}

const FLAG_LEAVES = 0
const FLAG_EXCUSED = 1
const LEAF_COUNT_AT = 1 + 2 * HASH_BYTES
const PLACE_AT = LEAF_COUNT_AT + 4
const HEADER_BYTES = PLACE_AT + 4
