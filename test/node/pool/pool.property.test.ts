import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TypedTransaction } from '@ethereumjs/tx'
import fc from 'fast-check'
import { createTransactionPool } from '../../../src/node/pool/createTransactionPool.ts'
import { feesOf } from '../../../src/node/pool/entry.ts'
import type { TransactionPool } from '../../../src/node/pool/pool.ts'
import { createStandInChain, type StandInChain } from './standInChain.ts'
import { createSigner, ETHER, GWEI, transfer } from './transactions.ts'

const SIGNERS = [0, 1, 2, 3].map(createSigner)
const NONCES = 8
const PRICES = [1n, 2n, 3n, 30n]
const BALANCE = 5n * ETHER

interface Candidate {
  signer: number
  nonce: number
  price: number
}

const nameOf = ({ signer, nonce, price }: Candidate): string => `${signer}/${nonce}/${price}`

/** Every transaction the properties use, signed once; each moves one ether. */
const SIGNED = new Map<string, TypedTransaction>()
for (const [signer, account] of SIGNERS.entries()) {
  for (let nonce = 0; nonce < NONCES; nonce++) {
    for (const [price, gwei] of PRICES.entries()) {
      const fees = { maxFeePerGas: gwei * GWEI, maxPriorityFeePerGas: gwei * GWEI }
      SIGNED.set(
        nameOf({ signer, nonce, price }),
        transfer(account, nonce, { ...fees, value: ETHER }),
      )
    }
  }
}
const NAMES = new Map([...SIGNED].map(([name, transaction]) => [transaction, name]))
const candidateOf = (transaction: TypedTransaction): Candidate => {
  const [signer, nonce, price] = NAMES.get(transaction)!.split('/').map(Number)
  return { signer: signer!, nonce: nonce!, price: price! }
}
const costOf = (transaction: TypedTransaction): bigint =>
  transaction.gasLimit * feesOf(transaction).maxFeePerGas + transaction.value

/** What the pool should hold, kept in the plainest way there is. */
interface Model {
  /** By signer, then by nonce. */
  waiting: Map<number, TypedTransaction>[]
  nonces: number[]
  /** The transactions of each block above the genesis. */
  blocks: TypedTransaction[][]
}

const createModel = (): Model => ({
  waiting: SIGNERS.map(() => new Map()),
  nonces: SIGNERS.map(() => 0),
  blocks: [],
})

const waitingCost = (model: Model, signer: number): bigint =>
  [...model.waiting[signer]!.values()].reduce((sum, transaction) => sum + costOf(transaction), 0n)

const pendingOf = (model: Model, signer: number): TypedTransaction[] => {
  const pending: TypedTransaction[] = []
  for (let nonce = model.nonces[signer]!; model.waiting[signer]!.has(nonce); nonce++) {
    pending.push(model.waiting[signer]!.get(nonce)!)
  }
  return pending
}

/** Takes a transaction into the model; false when the pool should refuse it. */
function addToModel(model: Model, transaction: TypedTransaction): boolean {
  const { signer, nonce } = candidateOf(transaction)
  const waiting = model.waiting[signer]!
  const replaced = waiting.get(nonce)
  if (nonce < model.nonces[signer]!) return false
  if (replaced !== undefined) {
    const [old, offered] = [feesOf(replaced).maxFeePerGas, feesOf(transaction).maxFeePerGas]
    if (offered * 100n < old * 110n) return false
  }
  const cost = waitingCost(model, signer) + costOf(transaction) - (replaced ? costOf(replaced) : 0n)
  if (cost > BALANCE) return false
  waiting.set(nonce, transaction)
  return true
}

function setNonce(model: Model, signer: number, nonce: number): void {
  model.nonces[signer] = nonce
  for (const taken of [...model.waiting[signer]!.keys()]) {
    if (taken < nonce) model.waiting[signer]!.delete(taken)
  }
}

function includeInModel(model: Model, transactions: TypedTransaction[]): void {
  model.blocks.push(transactions)
  for (const transaction of transactions) {
    const { signer, nonce } = candidateOf(transaction)
    setNonce(model, signer, nonce + 1)
  }
}

function undoInModel(model: Model, depth: number): void {
  for (const transactions of model.blocks.splice(model.blocks.length - depth).reverse()) {
    for (const transaction of transactions.toReversed()) {
      const { signer, nonce } = candidateOf(transaction)
      model.nonces[signer] = nonce
      if (!model.waiting[signer]!.has(nonce)) model.waiting[signer]!.set(nonce, transaction)
    }
  }
  for (const waiting of model.waiting) {
    const nonces = [...waiting.keys()].sort((a, b) => b - a)
    for (const nonce of nonces) {
      const cost = [...waiting.values()].reduce((sum, tx) => sum + costOf(tx), 0n)
      if (cost > BALANCE) waiting.delete(nonce)
    }
  }
}

interface Real extends StandInChain {
  pool: TransactionPool
}

function createReal(limits = {}): Real {
  const standIn = createStandInChain()
  for (const { address } of SIGNERS) standIn.set(address, { balance: BALANCE })
  const pool = createTransactionPool({ chain: standIn.chain, acceptUnprotected: false, limits })
  return { ...standIn, pool }
}

/** Draws up to `count` transactions, checking that each is the best of those that may come next. */
function draw(pool: TransactionPool, baseFee: bigint, count: number): TypedTransaction[] {
  const source = pool.source(baseFee)
  const drawn: TypedTransaction[] = []
  const next = new Map<number, TypedTransaction[]>()
  for (const transaction of pool.content().pending) {
    const { signer } = candidateOf(transaction)
    next.set(signer, [...(next.get(signer) ?? []), transaction])
  }
  while (drawn.length < count) {
    const payable = [...next.values()]
      .map(([first]) => first)
      .filter((first) => first !== undefined && feesOf(first).maxFeePerGas >= baseFee)
    const transaction = source.next(10n ** 9n)
    if (transaction === undefined) {
      assert.deepEqual(payable, [])
      return drawn
    }
    const best = payable.reduce((a, b) =>
      feesOf(a!).maxFeePerGas >= feesOf(b!).maxFeePerGas ? a : b,
    )
    assert.equal(feesOf(transaction).maxFeePerGas, feesOf(best!).maxFeePerGas)
    assert.equal(next.get(candidateOf(transaction).signer)!.shift(), transaction)
    drawn.push(transaction)
  }
  return drawn
}

async function checkAgainst(model: Model, { pool }: Real): Promise<void> {
  const pending = SIGNERS.flatMap((_, signer) => pendingOf(model, signer))
  const all = model.waiting.flatMap((waiting) => [...waiting.values()])
  const names = (transactions: TypedTransaction[]) => transactions.map((tx) => NAMES.get(tx)).sort()
  for (const [signer, { address }] of SIGNERS.entries()) {
    const expected = model.nonces[signer]! + pendingOf(model, signer).length
    assert.equal(await pool.nextNonce(address), BigInt(expected))
  }
  const content = pool.content()
  assert.deepEqual(names(content.pending), names(pending))
  assert.deepEqual(names([...content.pending, ...content.queued]), names(all))
  assert.deepEqual(
    [pool.pendingCount, pool.queuedCount],
    [content.pending.length, content.queued.length],
  )
}

const candidate = fc.record({
  signer: fc.nat(SIGNERS.length - 1),
  nonce: fc.nat(NONCES - 1),
  price: fc.nat(PRICES.length - 1),
})

type Step =
  | { kind: 'add'; candidate: Candidate }
  | { kind: 'mine'; count: number; baseFee: bigint }
  | { kind: 'undo'; depth: number }
  | { kind: 'restore' }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: candidate.map((of): Step => ({ kind: 'add', candidate: of })) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('mine' as const),
      count: fc.nat(4),
      baseFee: fc.constantFrom(0n, 2n * GWEI, 3n * GWEI),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('undo' as const), depth: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'restore' }) },
)

async function runSteps(steps: Step[]): Promise<void> {
  const model = createModel()
  const real = createReal()
  const { pool } = real
  for (const step of steps) {
    if (step.kind === 'add') {
      const transaction = SIGNED.get(nameOf(step.candidate))!
      const expected = addToModel(model, transaction)
      const accepted = await pool.add(transaction).then(
        () => true,
        () => false,
      )
      assert.equal(accepted, expected, nameOf(step.candidate))
    } else if (step.kind === 'mine') {
      const transactions = draw(pool, step.baseFee, step.count)
      includeInModel(model, transactions)
      pool.onHeadChange(real.extend(transactions))
    } else if (step.kind === 'undo') {
      const depth = Math.min(step.depth, model.blocks.length)
      undoInModel(model, depth)
      pool.onHeadChange(real.reorganize(depth))
    } else {
      await pool.restore(pool.snapshot())
    }
    await checkAgainst(model, real)
  }
}

test('a pool holds what a plain model holds, through blocks, reorganisations and restores', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60 }), runSteps), {
    numRuns: 150,
  })
})

test('a small pool keeps its limits, and a queued one never costs a pending one its place', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(candidate, { minLength: 10, maxLength: 80 }), async (candidates) => {
      const { pool } = createReal({ transactions: 6, sizeBytes: 800 })
      for (const one of candidates) {
        const before = pool.content()
        const transaction = SIGNED.get(nameOf(one))!
        await pool.add(transaction).catch(() => {})
        const after = pool.content()
        const size = pool.snapshot().reduce((sum, tx) => sum + tx.serialize().length, 0)
        assert.ok(pool.pendingCount + pool.queuedCount <= 6)
        assert.ok(size <= 800)
        if (after.queued.includes(transaction)) {
          assert.deepEqual(new Set(after.pending), new Set(before.pending))
        }
        draw(pool, 0n, 100)
      }
    }),
    { numRuns: 150 },
  )
})
