import { MerkleError } from './errors.ts'
import { KECCAK_KERNEL } from './keccakKernel.ts'

/**
 * The hashes of leaves that follow each other, 32 bytes each: keccak256(0x00 ‖ index (uint64, big-endian) ‖
 * leaf). `leaves` is any number of leaves of 1 KiB. Throws MerkleError BAD_LEAF on a part of one.
 */
export function hashLeaves(firstIndex: number, leaves: Uint8Array): Uint8Array {
  const count = leaves.length / LEAF_BYTES
  if (!Number.isInteger(count) || !isLeafIndex(firstIndex)) {
    throw new MerkleError('BAD_LEAF', {
      message: `Leaves are ${LEAF_BYTES} bytes each, got ${leaves.length} from leaf ${firstIndex} on`,
    })
  }
  return inBatches(leaves, LEAF_BYTES, (batchCount, done) =>
    kernel.hashLeaves(BATCH, batchCount, firstIndex + done, HASHES),
  )
}

/** The hashes of inner nodes, 32 bytes each: keccak256(0x01 ‖ left ‖ right) of every two hashes. */
export function hashNodes(children: Uint8Array): Uint8Array {
  if (children.length % PAIR_BYTES !== 0) {
    throw new MerkleError('BAD_TREE', {
      message: `Nodes are hashed from pairs of ${PAIR_BYTES} bytes, got ${children.length}`,
    })
  }
  return inBatches(children, PAIR_BYTES, (count) => kernel.hashNodes(BATCH, count, HASHES))
}

/** Bytes of a leaf: the unit of the inner code, the seal, the permutation and the audit (SPEC 6). */
export const LEAF_BYTES = 1_024

export const HASH_BYTES = 32

const PAIR_BYTES = 2 * HASH_BYTES

/** Any index a number holds exactly: far above what a replica has. */
export const isLeafIndex = (index: number): boolean => Number.isSafeInteger(index) && index >= 0

interface Kernel {
  memory: WebAssembly.Memory
  hashLeaves(leaves: number, count: number, firstIndex: number, hashes: number): void
  hashNodes(children: number, count: number, hashes: number): void
}

// Where the batch and its hashes lie, behind the kernel's own data.
const BATCH = 4_096
const BATCH_BYTES = 1_024 * LEAF_BYTES
const HASHES = BATCH + BATCH_BYTES

const bytesOfBase64 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0))

// One instance serves every call: each copies its batch in and its hashes out before it returns.
const kernel = new WebAssembly.Instance(new WebAssembly.Module(bytesOfBase64(KECCAK_KERNEL)))
  .exports as unknown as Kernel
const memory = new Uint8Array(kernel.memory.buffer)

/** Runs `hash` on pieces of `input` that fit the kernel's memory, and gathers the hashes. */
function inBatches(
  input: Uint8Array,
  unitBytes: number,
  hash: (count: number, done: number) => void,
): Uint8Array {
  const total = input.length / unitBytes
  const hashes = new Uint8Array(total * HASH_BYTES)
  const perBatch = Math.min(BATCH_BYTES / unitBytes, 1_024)
  for (let done = 0; done < total; done += perBatch) {
    const count = Math.min(perBatch, total - done)
    memory.set(input.subarray(done * unitBytes, (done + count) * unitBytes), BATCH)
    hash(count, done)
    hashes.set(memory.subarray(HASHES, HASHES + count * HASH_BYTES), done * HASH_BYTES)
  }
  return hashes
}
