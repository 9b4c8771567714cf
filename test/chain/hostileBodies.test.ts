import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Block } from '@ethereumjs/block'
import { RLP } from '@ethereumjs/rlp'
import type { TypedTransaction } from '@ethereumjs/tx'
import { KECCAK256_RLP } from '@ethereumjs/util'
import { decodeBlock, MAX_BLOCK_BYTES } from '../../src/chain/blockCodec.ts'
import { ChainError, type ChainErrorCode } from '../../src/chain/errors.ts'
import { recoverNetworkSender } from '../../src/chain/networkSender.ts'
import { asTypedTransaction, NetworkTransaction } from '../../src/protocol/networkTransaction.ts'
import {
  createHeftSync,
  createInspectionStep,
  MAX_NETWORK_TRANSACTION_BYTES,
} from '../../src/protocol/networkTransactionCodec.ts'
import { NetworkTransactionError } from '../../src/protocol/networkTransactionErrors.ts'
import { NetworkBench, STRANGER_KEY } from './networkBench.ts'

const refusal = (code: ChainErrorCode) => (error: unknown) =>
  error instanceof ChainError && error.code === code

/** A block of a transfer, two answers and a step on a chain that stands before it, to be tampered with. */
async function setUp() {
  const bench = await NetworkBench.create({ stepMode: 'act always' })
  await bench.mine()
  const { block } = await bench.build([bench.answer(1n), bench.answer(2n)], [bench.transfer(0n)])
  return { bench, block, body: [...block.transactions] }
}

type SetUp = Awaited<ReturnType<typeof setUp>>

const own = (transaction: NetworkTransaction): TypedTransaction => asTypedTransaction(transaction)

/** The body with the answers replaced. */
const withAnswers = ({ body }: SetUp, ...answers: NetworkTransaction[]): TypedTransaction[] => [
  body[0]!,
  ...answers.map(own),
  body[3]!,
]

/** An answer whose r is no point's x, so that no key gives its signature. */
function withUnsignedAnswer(made: SetUp): TypedTransaction[] {
  const { chainId, kind, nonce, payload, s, yParity } = made.bench.answer(1n)
  const fields = { chainId, kind, nonce, payload, s, yParity, r: 5n }
  return withAnswers(made, new NetworkTransaction(fields, recoverNetworkSender))
}

describe('a sealed block is refused and leaves no trace, when it', () => {
  const CHAIN_ID = 31_300n
  const CASES: [string, (made: SetUp) => TypedTransaction[], ChainErrorCode][] = [
    [
      'has an answer before a transfer',
      ({ body: [a, b, c, d] }) => [b!, a!, c!, d!],
      'INVALID_BODY',
    ],
    ['has a transfer at the end', ({ body: [a, b, c, d] }) => [b!, c!, d!, a!], 'INVALID_BODY'],
    ['has the step before an answer', ({ body: [a, b, c, d] }) => [a!, b!, d!, c!], 'INVALID_BODY'],
    ['has the step first', ({ body: [a, b, c, d] }) => [d!, a!, b!, c!], 'INVALID_BODY'],
    ['has the step twice', ({ body }) => [...body, body[3]!], 'INVALID_BODY'],
    ['has no step', ({ body }) => body.slice(0, 3), 'INVALID_BODY'],
    [
      'has a heft sync that is not due',
      ({ body }) => [...body, own(createHeftSync(CHAIN_ID, 2n))],
      'INVALID_BODY',
    ],
    [
      'has a heft sync in the place of the step',
      ({ body }) => [...body.slice(0, 3), own(createHeftSync(CHAIN_ID, 2n))],
      'INVALID_BODY',
    ],
    [
      'says that the lane was full',
      ({ body }) => [...body.slice(0, 3), own(createInspectionStep(CHAIN_ID, 2n, true))],
      'INVALID_BODY',
    ],
    [
      'has the step of another block',
      ({ body }) => [...body.slice(0, 3), own(createInspectionStep(CHAIN_ID, 1n, false))],
      'INVALID_BODY',
    ],
    [
      'has the step of another chain',
      ({ body }) => [...body.slice(0, 3), own(createInspectionStep(1n, 2n, false))],
      'INVALID_BODY',
    ],
    ['has an answer twice', ({ body: [a, b, , d] }) => [a!, b!, b!, d!], 'INVALID_TRANSACTION'],
    [
      'has two answers to one challenge',
      (made) =>
        withAnswers(made, made.bench.answer(1n), made.bench.answer(1n, { proofBytes: 200 })),
      'INVALID_TRANSACTION',
    ],
    ['has an answer that nobody signed', withUnsignedAnswer, 'INVALID_TRANSACTION'],
    [
      'has an answer that reverts',
      (made) => withAnswers(made, made.bench.answer(1n, { proofBytes: 14 })),
      'INVALID_TRANSACTION',
    ],
    [
      'has an answer of somebody else',
      (made) => withAnswers(made, made.bench.answer(1n, { key: STRANGER_KEY })),
      'INVALID_TRANSACTION',
    ],
    [
      'has an answer bound to another block',
      (made) => withAnswers(made, made.bench.answer(1n, { anchorHash: KECCAK256_RLP })),
      'INVALID_TRANSACTION',
    ],
    [
      'has an answer for another chain',
      (made) => withAnswers(made, made.bench.answer(1n, { chainId: 1n })),
      'INVALID_TRANSACTION',
    ],
    [
      'has more bytes of answers than there is room',
      ({ bench, ...made }) =>
        withAnswers(
          { bench, ...made },
          ...[1n, 2n, 3n].map((id) => bench.answer(id, { proofBytes: 50_000 })),
        ),
      'INVALID_TRANSACTION',
    ],
    [
      'has one answer less than its header says',
      ({ body: [a, b, , d] }) => [a!, b!, d!],
      'ROOT_MISMATCH',
    ],
  ]

  for (const [what, tamper, code] of CASES) {
    test(what, async () => {
      const made = await setUp()
      const { bench, block } = made
      await assert.rejects(bench.verifyWith(block, tamper(made)), refusal(code))
      const genuine = await bench.verify(block)
      assert.deepEqual(genuine.block.hash(), block.hash())
    })
  }

  test('has another body than its header commits to', async () => {
    const { bench, block, body } = await setUp()
    for (const transactions of [body.slice(0, 3), [body[0]!, body[2]!, body[1]!, body[3]!]]) {
      const altered = new Block(block.header, transactions, [], [], { common: bench.chain.common })
      await assert.rejects(bench.verify(altered), ChainError)
    }
  })
})

describe('bytes are no block when', () => {
  const withItem = async (item: Uint8Array) => {
    const { bench, block } = await setUp()
    const raw = block.raw() as unknown as [Uint8Array[], Uint8Array[], ...unknown[]]
    raw[1].push(item)
    return () => decodeBlock(RLP.encode(raw as never), bench.chain.common)
  }

  test('a network transaction in them is malformed', async () => {
    const decode = await withItem(Uint8Array.of(0x60, 0xc0))
    assert.throws(decode, NetworkTransactionError)
  })

  test('a network transaction in them is too large', async () => {
    const tooLarge = new Uint8Array(MAX_NETWORK_TRANSACTION_BYTES + 1).fill(1)
    tooLarge[0] = 0x60
    assert.throws(await withItem(tooLarge), NetworkTransactionError)
  })

  test('they are more than a block may have', async () => {
    const { bench } = await setUp()
    const bytes = new Uint8Array(MAX_BLOCK_BYTES + 1)
    const decode = () => decodeBlock(bytes, bench.chain.common)
    assert.throws(decode, refusal('INVALID_BODY'))
  })

  test('they are no list, or one without transactions', async () => {
    const { bench } = await setUp()
    for (const bytes of [new Uint8Array(0), Uint8Array.of(0xc0), Uint8Array.of(0x80)]) {
      assert.throws(() => decodeBlock(bytes, bench.chain.common), refusal('INVALID_BODY'))
    }
  })

  test('the order of transactions is kept, whatever it is', async () => {
    const { bench, block, body } = await setUp()
    const mixed = [body[1]!, body[0]!, body[3]!, bench.transfer(1n), body[2]!]
    const { common } = bench.chain
    const decoded = decodeBlock(
      new Block(block.header, mixed, [], [], { common }).serialize(),
      common,
    )
    assert.deepEqual(
      decoded.transactions.map((transaction) => transaction.hash()),
      mixed.map((transaction) => transaction.hash()),
    )
  })
})
