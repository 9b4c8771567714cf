import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesToBigInt } from '@ethereumjs/util'
import { keccak256 } from '../../src/crypto/keccak.ts'
import { hashLeaves, LEAF_BYTES } from '../../src/crypto/merkle/hashing.ts'
import { proofPositions } from '../../src/crypto/merkle/proof.ts'
import { createMerkleTree, type MerkleTree } from '../../src/crypto/merkle/tree.ts'
import { type LeafReader, proveInspection } from '../../src/spor/proveInspection.ts'
import { createSumTree } from '../../src/spor/treeLookup.ts'
import { blockHashOf, ContractBench, succeeded } from '../helpers/contractBench.ts'
import { putChallenge, putTree } from '../helpers/inspectionState.ts'
import { FARMERS } from '../helpers/replicaBench.ts'

const LEAVES_PER_MIB = 1_024
const ROUNDS = 12
const MAX_MEAN_GAS = 350_000n

/** A leaf without zero bytes, so that its call data is as dear as sealed bytes are. */
function leafOf(index: number): Uint8Array {
  const leaf = new Uint8Array(LEAF_BYTES).fill(0xa5)
  new DataView(leaf.buffer).setUint32(0, index)
  return leaf
}

/** A replica's Merkle tree, made a piece at a time. */
function treeOfLeaves(leafCount: number): MerkleTree {
  const hashes = new Uint8Array(32 * leafCount)
  const piece = new Uint8Array(LEAVES_PER_MIB * LEAF_BYTES)
  for (let first = 0; first < leafCount; first += LEAVES_PER_MIB) {
    for (let index = 0; index < LEAVES_PER_MIB; index++) {
      piece.set(leafOf(first + index), index * LEAF_BYTES)
    }
    hashes.set(hashLeaves(first, piece), 32 * first)
  }
  return createMerkleTree(hashes)
}

const idOf = (number: number): Uint8Array =>
  keccak256(new TextEncoder().encode(`replica ${number}`))

interface Cost {
  meanGas: bigint
  meanProofBytes: number
  leaves: number
}

/** What answers cost a farmer of equal replicas, without call data, over some rounds. */
async function measure(merkle: MerkleTree, replicaCount: number): Promise<Cost> {
  const { leafCount } = merkle
  const entries = Array.from({ length: replicaCount }, (_, place) => ({
    place,
    entry: { replicaId: idOf(place), root: merkle.root, leafCount },
  }))
  const tree = createSumTree(entries)
  const cost = { gas: 0n, bytes: 0, leaves: 0 }
  const readLeaves: LeafReader = async ({ indices }) => {
    cost.leaves += indices.length
    return {
      leaves: new Uint8Array(Buffer.concat(indices.map(leafOf))),
      hashes: proofPositions(leafCount, indices).map(merkle.node),
    }
  }
  const bench = await ContractBench.create()
  bench.blockNumber = 9n
  for (let round = 1; round <= ROUNDS; round++) {
    const seed = keccak256(new TextEncoder().encode(`seed ${round}`))
    await putTree(bench, 0n, {
      root: bytesToBigInt(tree.root),
      totalLeaves: tree.totalLeaves,
      height: BigInt(tree.height),
      challengeId: BigInt(round),
    })
    await putChallenge(bench, BigInt(round), {
      snapshotBlock: 1n,
      seed: bytesToBigInt(seed),
      deadlineClock: 100n,
      paidLeaves: tree.totalLeaves,
    })
    const proof = await proveInspection({ tree, seed, isExcused: () => false, readLeaves })
    const args = [round, 8n, blockHashOf(8n), proof]
    const outcome = await bench.call('Inspections', 'answer', args, { from: FARMERS[0]!.address })
    cost.gas += succeeded(outcome).executionGas
    cost.bytes += proof.length
  }
  return {
    meanGas: cost.gas / BigInt(ROUNDS),
    meanProofBytes: Math.round(cost.bytes / ROUNDS),
    leaves: cost.leaves,
  }
}

for (const mebibytes of [2, 32, 256]) {
  const merkle = treeOfLeaves(mebibytes * LEAVES_PER_MIB)
  for (const replicaCount of [1, 1_000]) {
    const farmer = `a farmer with ${replicaCount} replicas of ${mebibytes} MiB`
    test(`an answer of ${farmer} costs at most 350,000 gas in the mean`, async (context) => {
      const { meanGas, meanProofBytes, leaves } = await measure(merkle, replicaCount)
      context.diagnostic(`${meanGas} gas, ${meanProofBytes} bytes, ${leaves / ROUNDS} leaves`)
      assert.ok(leaves / ROUNDS >= 9.5, 'the seeds ask for fewer leaves than usual')
      assert.ok(meanGas <= MAX_MEAN_GAS, `${meanGas} gas`)
    })
  }
}
