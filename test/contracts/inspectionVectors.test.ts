import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { beforeEach, describe, test } from 'node:test'
import { hexToBytes, type PrefixedHexString } from '@ethereumjs/util'
import { systemContractAddress } from '../../src/protocol/addresses.ts'
import { GNX } from '../../src/protocol/params.ts'
import {
  assertReverted,
  blockHashOf,
  ContractBench,
  type Outcome,
  succeeded,
} from '../helpers/contractBench.ts'
import { compileFixture } from '../helpers/fixtureContracts.ts'
import { SYSTEM } from '../helpers/inspectionBench.ts'
import { putChallenge, putJoined, putReplica, putTree } from '../helpers/inspectionState.ts'
import { FARMERS } from '../helpers/replicaBench.ts'
import type { makeInspectionVectors } from '../spor/inspectionVectors.ts'

type Vectors = Awaited<ReturnType<typeof makeInspectionVectors>>

const vectors: Vectors = JSON.parse(
  readFileSync(new URL('../spor/vectors/inspections.json', import.meta.url), 'utf8'),
)
const bytes = (hex: string): Uint8Array => hexToBytes(hex as PrefixedHexString)
const INSPECTIONS = systemContractAddress('Inspections')
const SNAPSHOT_SLOT = 9n
const ANCHOR = 8n

/** Node 6, which none of the devnet's farmers has, is the first farmer's too. */
const ownerOf = (node: bigint) => FARMERS[Number(node) % FARMERS.length]!.address

let bench: ContractBench
beforeEach(async () => {
  bench = await ContractBench.create()
  bench.blockNumber = ANCHOR + 1n
  await bench.setSlot(20n)
  const from = ownerOf(6n)
  await bench.send('Staking', 'bet', [], { from, value: 5_000n * GNX })
  await bench.send('Nodes', 'register', ['0x0606', 1n << 40n, `0x${'00'.repeat(32)}`], { from })
})

/** Opens a challenge with the step of a block that has this beacon value, and gives the seed it told. */
async function opened(id: bigint, mix: string, fields: Record<string, bigint>): Promise<string> {
  await putChallenge(bench, id, { ...fields, snapshotBlock: 1n, snapshotSlot: SNAPSHOT_SLOT })
  bench.mix = bytes(mix)
  const { events } = await bench.send('Inspections', 'step', [false], { from: SYSTEM })
  return events.find(({ name }) => name === 'ChallengeOpened')!.args.seed
}

function answer(id: bigint, node: bigint, proof: string): Promise<Outcome> {
  const args = [id, ANCHOR, blockHashOf(ANCHOR), proof]
  return bench.call('Inspections', 'answer', args, { from: ownerOf(node) })
}

/** An answer that a vector calls valid passes, another is refused as a bad proof. */
function assertAnswered(outcome: Outcome, { isValid }: { isValid: boolean }): void {
  if (isValid) succeeded(outcome)
  else assertReverted(outcome, 'BadProof')
}

describe('the vectors shared with farmers', () => {
  for (const one of vectors.inspections) {
    test(`${one.isValid ? 'accept' : 'refuse'} ${one.name}`, async () => {
      const node = BigInt(one.node)
      await putTree(bench, node, {
        root: BigInt(one.root),
        totalLeaves: BigInt(one.totalLeaves),
        height: BigInt(one.height),
        challengeId: 5n,
      })
      for (const id of one.excused) {
        await putJoined(bench, id, { node, joined: 1n, releasedSlot: SNAPSHOT_SLOT - 1n })
      }
      const fields = { node, round: BigInt(one.round), paidLeaves: 7n }
      assert.equal(await opened(5n, one.mix, fields), one.seed)
      assertAnswered(await answer(5n, node, one.proof), one)
      const proven = one.isValid ? 7n * 1_024n : 0n
      assert.equal(await bench.view('Inspections', 'totalInspections'), proven)
    })
  }

  for (const one of vectors.replicaInspections) {
    test(`of one replica ${one.isValid ? 'accept' : 'refuse'} ${one.name}`, async () => {
      const id = BigInt(one.challengeId)
      await putReplica(bench, one.replicaId, { ...one, node: 2n })
      const balance = 4n
      await bench.evm.stateManager.modifyAccountFields(INSPECTIONS, { balance })
      const fields = { node: 2n, replicaId: BigInt(one.replicaId), bondWei: balance }
      assert.equal(await opened(id, one.mix, fields), one.seed)
      assertAnswered(await answer(id, 2n, one.proof), one)
      const credit = await bench.view('Inspections', 'creditOf', ownerOf(2n))
      assert.equal(credit, one.isValid ? balance / 2n : 0n)
    })
  }

  test('ask for the same leaves of trees of any size', async () => {
    const { abi, creationBytecode } = compileFixture('SamplingProbe')
    const probe = await bench.deploy(abi, creationBytecode)
    const samples = vectors.samples.filter(({ regionCount }) => regionCount === 20)
    assert.ok(samples.length > 0)
    for (const { seed, totalLeaves, positions } of samples) {
      const found = await bench.view(probe, 'positions', seed, totalLeaves)
      assert.deepEqual((found as bigint[]).map(String), positions)
    }
  })

  test('lead trees through the same changes to the same roots', async () => {
    for (const { change, replicaId, root, leafCount, place, siblings, after } of vectors.changes) {
      await putReplica(bench, replicaId, { node: 0n, root, leafCount })
      if (change === 'drop') {
        await putTree(bench, 0n, { deadLeaves: BigInt(leafCount) })
        await putJoined(bench, replicaId, { releasedSlot: 3n })
      }
      const args = [0n, [{ replicaId, root, leafCount, place, siblings }]]
      await bench.send('Inspections', change, args, { from: ownerOf(0n) })
      const tree = (await bench.view('Inspections', 'treeOf', 0n)) as unknown[]
      const { root: newRoot, totalLeaves, height } = after
      assert.deepEqual(tree.slice(0, 3), [newRoot, BigInt(totalLeaves), BigInt(height)])
    }
  })
})
