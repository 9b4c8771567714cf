/**
 * What a file costs on its way to the farmers, in CPU seconds per GB of the file, each step alone and all
 * together, beside AES-256-GCM and copying alone in the same run. The ratios are what to trust: other processes
 * slow all alike. Run with `node bench/pipeline.ts [data+parity] [segment MiB]`.
 */
import { createCipheriv, createSecretKey, randomBytes } from 'node:crypto'
import { createErasureCode } from '../src/crypto/erasure/erasureCode.ts'
import { createFileCipher, type FileCipher } from '../src/crypto/fileCipher.ts'
import { CELL_PLAINTEXT_BYTES } from '../src/crypto/fileSizes.ts'
import { deriveReplicaKeys } from '../src/crypto/keys.ts'
import { hashLeaves } from '../src/crypto/merkle/hashing.ts'
import { createMerkleRootBuilder } from '../src/crypto/merkle/rootBuilder.ts'
import { createFileLayout, type FileLayout } from '../src/protocol/fileLayout.ts'
import { CELL_BYTES, segmentBytesFor } from '../src/protocol/fileLayoutShape.ts'
import {
  createReplicaLayout,
  LEAF_BYTES,
  MAX_WINDOW_LEAVES,
  replicaWindow,
} from '../src/protocol/replicaLayout.ts'
import { extractShard } from '../src/spor/extract.ts'
import { encodeParity } from '../src/spor/innerCode.ts'
import { shardInMemory } from '../src/spor/leaves.ts'
import { windowPermutation } from '../src/spor/permutation.ts'
import { readShardRange } from '../src/spor/readRange.ts'
import { createReplicaSecrets, type ReplicaSecrets } from '../src/spor/replicaSecrets.ts'
import { sealLeaves } from '../src/spor/sealing.ts'
import { setUpReplica } from '../src/spor/setup.ts'

const [dataShards, parityShards] = (process.argv[2] ?? '16+11').split('+').map(Number) as [
  number,
  number,
]
const SEGMENT_MIB = Number(process.argv[3] ?? 128)
const ROUNDS = 3

const layout = createFileLayout({
  plaintextBytes: Math.floor((SEGMENT_MIB * 2 ** 20) / CELL_BYTES) * CELL_PLAINTEXT_BYTES,
  dataShards,
  parityShards,
  segmentBytes: segmentBytesFor(dataShards),
})
const plaintext = new Uint8Array(layout.plaintextBytes)
for (let at = 0; at < plaintext.length; at += 65_536) {
  plaintext.set(randomBytes(Math.min(65_536, plaintext.length - at)), at)
}

const cipher = await createFileCipher({ fileKey: new Uint8Array(randomBytes(32)) })
const shards = shardBuffers(layout)
const keys = deriveReplicaKeys(new Uint8Array(randomBytes(32)), new Uint8Array(32))
const secrets = await createReplicaSecrets(keys, {
  shardId: new Uint8Array(32),
  farmer: new Uint8Array(20),
  nonce: new Uint8Array(randomBytes(32)),
})

await encryptInto(cipher, shards)
encodeOuter(shards)

console.log(`${dataShards}+${parityShards}, ${SEGMENT_MIB} MiB, best of ${ROUNDS}`)
console.log('step                          CPU s per GB of file   GB/s of what the step reads')
const expansion = (dataShards + parityShards) / dataShards
const gcm = await step('AES-256-GCM alone', 1, () => gcmAlone(plaintext))
await step('copy alone', 1, () => copyAlone(plaintext))
await step('encrypt cells', 1, () => encryptInto(cipher, shards))
await step('outer encode', 1, () => encodeOuter(shards))
await step('inner encode', expansion, () => eachShard(inner))
await step('seal', expansion, () => eachShard(sealAlone))
await step('permute', expansion, () => eachShard(permuteAlone))
await step('Merkle, data leaves alone', expansion, () => eachShard(merkleAlone))
await step('replicas (the four above)', expansion, () => eachShard(setUp))
const all = await step('all together', 1, async () => {
  await encryptInto(cipher, shards)
  encodeOuter(shards)
  await eachShard(setUp)
})
console.log(`the pipeline takes ${(all / gcm).toFixed(1)} times as long as AES-256-GCM alone`)
await reads()

/** Runs a step and prints what it takes; gives its CPU seconds per GB of the file. */
async function step(name: string, readPerFileByte: number, run: () => unknown): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage()
    await run()
    const { user, system } = process.cpuUsage(start)
    best = Math.min(best, (user + system) / 1e6)
  }
  const perGB = (best / layout.plaintextBytes) * 1e9
  console.log(
    `${name.padEnd(30)}${perGB.toFixed(2).padStart(10)}${(readPerFileByte / perGB).toFixed(2).padStart(20)}`,
  )
  return perGB
}

function gcmAlone(bytes: Uint8Array): void {
  const key = createSecretKey(randomBytes(32))
  for (let at = 0; at < bytes.length; at += CELL_PLAINTEXT_BYTES) {
    const gcm = createCipheriv('aes-256-gcm', key, randomBytes(12))
    gcm.update(bytes.subarray(at, at + CELL_PLAINTEXT_BYTES))
    gcm.final()
  }
}

function copyAlone(bytes: Uint8Array): void {
  const cell = new Uint8Array(CELL_BYTES)
  for (let at = 0; at < bytes.length; at += CELL_BYTES)
    cell.set(bytes.subarray(at, at + CELL_BYTES))
}

/** One buffer for each shard of each segment. */
function shardBuffers({ segmentCount, segment }: FileLayout): Uint8Array[][] {
  return Array.from({ length: segmentCount }, (_, index) => {
    const { shardCount, shardBytes } = segment(index)
    return Array.from({ length: shardCount }, (_, shard) => new Uint8Array(shardBytes(shard)))
  })
}

async function encryptInto(cipher: FileCipher, shards: Uint8Array[][]): Promise<void> {
  for (let cell = 0; cell < layout.cellCount; cell++) {
    const start = cell * CELL_PLAINTEXT_BYTES
    const plain = plaintext.subarray(start, start + CELL_PLAINTEXT_BYTES)
    const { segment, shard, offset, sizeBytes } = layout.locateCell(cell)
    const into = shards[segment]![shard]!.subarray(offset, offset + sizeBytes)
    await cipher.encryptCell(cell, cell === layout.cellCount - 1, plain, into)
  }
}

/** Stripe by stripe, as an upload does; the ragged last stripe is left out. */
function encodeOuter(shards: Uint8Array[][]): void {
  const code = createErasureCode({ dataShards, parityShards })
  for (const [index, segment] of shards.entries()) {
    const { stripeCount } = layout.segment(index)
    for (let stripe = 0; stripe < stripeCount; stripe++) {
      const start = stripe * CELL_BYTES
      const cells = segment.map((shard) => shard.subarray(start, start + CELL_BYTES))
      if (cells.some(({ length }) => length < CELL_BYTES)) continue
      code.encode(cells.slice(0, dataShards), cells.slice(dataShards))
    }
  }
}

async function eachShard(use: (shard: Uint8Array) => unknown): Promise<void> {
  for (const shard of shards.flat()) if (shard.length > 0) await use(shard)
}

function inner(shard: Uint8Array): Promise<Uint8Array> {
  return encodeParity(shardInMemory(shard), createReplicaLayout(shard.length))
}

async function sealAlone(shard: Uint8Array): Promise<void> {
  for (let at = 0; at < shard.length; at += CELL_BYTES) {
    await sealLeaves(secrets, at / LEAF_BYTES, shard.subarray(at, at + CELL_BYTES))
  }
}

async function permuteAlone(shard: Uint8Array): Promise<void> {
  const replica = createReplicaLayout(shard.length)
  const into = new Uint8Array(MAX_WINDOW_LEAVES * LEAF_BYTES)
  for (let index = 0; index < replica.windowCount; index++) {
    const places = await windowPermutation(secrets, replicaWindow(replica, index))
    for (const [slot, place] of places.entries()) {
      into.set(shard.subarray(slot * LEAF_BYTES, (slot + 1) * LEAF_BYTES), place * LEAF_BYTES)
    }
  }
}

function merkleAlone(shard: Uint8Array): void {
  const tree = createMerkleRootBuilder()
  const windowBytes = MAX_WINDOW_LEAVES * LEAF_BYTES
  for (let at = 0; at + LEAF_BYTES <= shard.length; at += windowBytes) {
    const whole = Math.min(windowBytes, shard.length - at)
    tree.add(hashLeaves(at / LEAF_BYTES, shard.subarray(at, at + whole - (whole % LEAF_BYTES))))
  }
  tree.root()
}

async function setUp(shard: Uint8Array): Promise<void> {
  await setUpReplica({ shard: shardInMemory(shard), secrets, onWindow() {} })
}

/** How fast a replica is read: whole, damaged, and by single cells. */
async function reads(): Promise<void> {
  const shard = shards[0]![0]!
  const replica = await replicaInMemory(shard, secrets)
  const { leafCount } = createReplicaLayout(shard.length)
  const damaged = new Set(
    Array.from({ length: Math.floor(leafCount / 20) }, (_, at) => (at * 7_919) % leafCount),
  )
  await perShardGB('extract, undamaged', () => extract(shard, replica, new Set()))
  await perShardGB('extract, 5 % of leaves lost', () => extract(shard, replica, damaged))
  const reads = 200
  const start = process.cpuUsage()
  for (let at = 0; at < reads; at++) {
    await readShardRange({
      layout: createReplicaLayout(shard.length),
      secrets,
      start: 0,
      end: Math.min(CELL_BYTES, shard.length),
      readLeaves: async (indices) =>
        new Uint8Array(Buffer.concat(indices.map((index) => leafOf(replica, index)))),
    })
  }
  const { user, system } = process.cpuUsage(start)
  console.log(`${'one cell of a replica'.padEnd(30)}${((user + system) / reads).toFixed(0)} µs`)

  async function perShardGB(name: string, run: () => Promise<unknown>): Promise<void> {
    const before = process.cpuUsage()
    await run()
    const { user, system } = process.cpuUsage(before)
    const perGB = ((user + system) / 1e6 / shard.length) * 1e9
    console.log(`${name.padEnd(30)}${perGB.toFixed(2).padStart(10)} s per GB of shard`)
  }
}

function leafOf(replica: Uint8Array, index: number): Uint8Array {
  return replica.subarray(index * LEAF_BYTES, (index + 1) * LEAF_BYTES)
}

async function replicaInMemory(shard: Uint8Array, secrets: ReplicaSecrets): Promise<Uint8Array> {
  const replica = new Uint8Array(createReplicaLayout(shard.length).replicaBytes)
  await setUpReplica({
    shard: shardInMemory(shard),
    secrets,
    onWindow: ({ firstLeaf, bytes }) => replica.set(bytes, firstLeaf * LEAF_BYTES),
  })
  return replica
}

function extract(
  shard: Uint8Array,
  replica: Uint8Array,
  lost: ReadonlySet<number>,
): Promise<Uint8Array> {
  return extractShard({
    layout: createReplicaLayout(shard.length),
    secrets,
    readLeaves: async (first, count) =>
      Array.from({ length: count }, (_, at) =>
        lost.has(first + at) ? undefined : leafOf(replica, first + at),
      ),
  })
}
