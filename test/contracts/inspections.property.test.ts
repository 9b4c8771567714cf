import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesToHex } from '@ethereumjs/util'
import fc from 'fast-check'
import { systemContractAddress } from '../../src/protocol/addresses.ts'
import { GNX } from '../../src/protocol/params.ts'
import { inspectionsKey } from '../../src/protocol/slots.ts'
import { decodeInspectionsWord } from '../../src/protocol/words.ts'
import { BOB, succeeded } from '../helpers/contractBench.ts'
import { InspectionBench, type JoinedReplica } from '../helpers/inspectionBench.ts'
import { FARMERS } from '../helpers/replicaBench.ts'

const INSPECTIONS = systemContractAddress('Inspections')
const NODES = [0, 1, 2]
// As many leaves as the window is long, so that no average rounds down to nothing.
const MIN_LEAVES = 24

/** One step of farmers' lives; numbers choose whose, which and how much. */
const steps = fc.array(
  fc.record({
    action: fc.constantFrom(
      ...(['join', 'join', 'release', 'drop', 'challenge', 'retire'] as const),
      ...(['honest', 'honest', 'lazy', 'lazy', 'full', 'gap'] as const),
    ),
    node: fc.constantFrom(...NODES),
    amount: fc.integer({ min: 1, max: 12 }),
    pick: fc.nat(99),
  }),
  { minLength: 10, maxLength: 20 },
)

type Step = Parameters<Parameters<typeof steps.map>[0]>[0][number]

/** A replica with what its life came to. */
interface Followed extends JoinedReplica {
  node: number
  released: boolean
  dropped: boolean
  provenSeconds: bigint
}

interface Life {
  bench: InspectionBench
  replicas: Followed[]
  totalInspections: bigint
}

test('trees, bonds, proven time and pending work stay true to what farmers did', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const bench = await InspectionBench.create()
      const life: Life = { bench, replicas: [], totalInspections: 0n }
      for (const [at, step] of taken.entries()) {
        await take(life, step)
        if (at % 4 === 3) await check(life)
      }
      await check(life)
    }),
    { numRuns: 4 },
  )
})

async function take(life: Life, { action, node, amount, pick }: Step): Promise<void> {
  const { bench } = life
  const { address } = FARMERS[node]!
  const running = life.replicas.filter((replica) => replica.node === node && !replica.released)
  const some = running[pick % (running.length || 1)]
  if (action === 'join') await join(life, node, MIN_LEAVES + amount)
  else if (action === 'release') await release(life, some)
  else if (action === 'drop') await drop(life, node)
  else if (action === 'challenge' && some !== undefined) {
    await bench.call('challenge', [some.id], BOB, GNX)
  } else if (action === 'retire')
    await bench.bench.call('Nodes', 'retire', [node], { from: address })
  else if (action === 'gap') await bench.endBlock({ slots: BigInt(amount * 3) })
  else if (action === 'full') await bench.endBlock({ laneFull: true })
  else {
    for (let block = 0; block < amount; block++) {
      if (action === 'honest') for (const each of NODES) await answerAll(life, each)
      await bench.endBlock()
    }
  }
}

async function join({ bench, replicas }: Life, node: number, leafCount: number): Promise<void> {
  const outcome = await bench.bench.call('Nodes', 'nodeOf', [node])
  const [isActive, isFrozen] = [
    (outcome.result[0] as unknown[])[1],
    (await bench.view('openChallengeOf', node)) !== 0n,
  ]
  if (!isActive || isFrozen) return
  const joined = await bench.joined(node, leafCount)
  replicas.push({ ...joined, node, released: false, dropped: false, provenSeconds: 0n })
}

async function release({ bench }: Life, replica: Followed | undefined): Promise<void> {
  if (replica === undefined) return
  succeeded(await bench.replicas.release([replica.id]))
  replica.released = true
}

async function drop({ bench, replicas }: Life, node: number): Promise<void> {
  const dead = replicas.find((one) => one.node === node && one.released && !one.dropped)
  if (dead === undefined) return
  const outcome = await bench.drop(node, dead)
  if (outcome.failure === undefined) dead.dropped = true
}

/** Answers whatever a node can answer. */
async function answerAll({ bench, replicas }: Life, node: number): Promise<void> {
  const extras = (await bench.view('extraChallengesOf', node)) as bigint[]
  for (const id of [(await bench.view('openChallengeOf', node)) as bigint, ...extras]) {
    if (id === 0n) continue
    const asked = await bench.bench.call('Inspections', 'challengeOf', [id])
    // Nothing can be shown of a replica that was released after somebody paid for a challenge of it.
    if (asked.failure !== undefined) continue
    const { deadlineSlot, snapshotSlot } = await bench.challenge(id)
    if (deadlineSlot < bench.slot) continue
    const excused: string[] = []
    for (const { id: replicaId } of replicas) {
      const slot = (await bench.view('releasedSlotOf', replicaId)) as bigint
      if (slot !== 0n && slot < snapshotSlot) excused.push(replicaId)
    }
    succeeded(await bench.answer(id, await bench.prove(id, excused)))
  }
}

async function check(life: Life): Promise<void> {
  await follow(life)
  let watched = 0
  for (const node of NODES) {
    await checkTree(life, node)
    const { totalLeaves } = await life.bench.tree(node)
    const counts = (await life.bench.view('windowLeaves', node)) as bigint
    if (totalLeaves !== 0n || counts !== 0n) watched++
  }
  const { scheduled, extra } = await pendingChallenges(life)
  const { pendingWork, totalInspections } = await readWord(life)
  assert.equal(pendingWork, BigInt(watched + scheduled + extra))
  assert.ok(totalInspections >= life.totalInspections)
  life.totalInspections = totalInspections
  const accounts = [BOB, ...NODES.map((node) => FARMERS[node]!.address)]
  let owedWei = BigInt(extra) * GNX
  for (const account of accounts) {
    owedWei += (await life.bench.view('creditOf', account)) as bigint
  }
  assert.equal(await life.bench.bench.balanceOf(INSPECTIONS), owedWei)
}

/** Notes replicas that a failed challenge ended, and that proven time never fell. */
async function follow({ bench, replicas }: Life): Promise<void> {
  for (const replica of replicas) {
    replica.released ||= !(await bench.bench.view('Replicas', 'isHeld', replica.id))
    const seconds = (await bench.view('provenSince', replica.id)) as bigint
    if (replica.released && seconds === 0n) continue
    assert.ok(seconds >= replica.provenSeconds)
    assert.ok(seconds <= bench.bench.time - bench.bench.genesis.timestamp)
    replica.provenSeconds = seconds
  }
}

async function checkTree({ bench, replicas }: Life, node: number): Promise<void> {
  const tree = await bench.tree(node)
  assert.ok(tree.strikes! <= 3n)
  const view = (await bench.bench.view('Nodes', 'nodeOf', node)) as unknown[]
  if (view[1] !== true) {
    assert.deepEqual([tree.totalLeaves, tree.paidLeaves, tree.frozenBy], [0n, 0n, 0n])
    return
  }
  const placed = replicas.filter((replica) => replica.node === node && !replica.dropped)
  const leavesOf = (released: boolean) =>
    placed
      .filter((replica) => replica.released === released)
      .reduce((sum, { entry }) => sum + BigInt(entry.leafCount), 0n)
  assert.equal(tree.root, bytesToHex(bench.trees[node]!.root))
  assert.deepEqual(
    [tree.totalLeaves, tree.deadLeaves, tree.paidLeaves],
    [bench.trees[node]!.totalLeaves, leavesOf(true), leavesOf(false)],
  )
}

async function pendingChallenges({ bench }: Life) {
  const pending = { scheduled: 0, extra: 0 }
  for (const node of NODES) {
    if ((await bench.view('openChallengeOf', node)) !== 0n) pending.scheduled++
    const extras = (await bench.view('extraChallengesOf', node)) as bigint[]
    pending.extra += extras.filter((id) => id !== 0n).length
  }
  return pending
}

async function readWord({ bench }: Life) {
  const { stateManager } = bench.bench.evm
  return decodeInspectionsWord(await stateManager.getStorage(INSPECTIONS, inspectionsKey))
}
