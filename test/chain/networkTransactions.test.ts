import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Block } from '@ethereumjs/block'
import { bytesToHex, KECCAK256_RLP } from '@ethereumjs/util'
import { decodeBlock } from '../../src/chain/blockCodec.ts'
import { SYSTEM_CONTRACTS } from '../../src/protocol/addresses.ts'
import {
  asNetworkTransaction,
  asTypedTransaction,
  SYSTEM_SENDER,
} from '../../src/protocol/networkTransaction.ts'
import { LANE_BYTES } from '../../src/protocol/networkTransactionCodec.ts'
import { createMemoryStore } from '../../src/util/keyValueStore.ts'
import { FARMER, NetworkBench, namesOf, STRANGER_KEY, totalOf } from './networkBench.ts'

const LAST_STEP_SLOT = 4n

describe('a block with answers', () => {
  test('holds ordinary transactions, answers and what follows, in this order', async () => {
    const bench = await NetworkBench.create()
    const block = await bench.mine([bench.answer(1n), bench.answer(2n)], [bench.transfer(0n)])
    assert.deepEqual(namesOf(block), ['transfer', 'answer 1', 'answer 2', 'step'])
  })

  test('uses no gas, nonce or coin for them, and gives each a receipt of type 0x60', async () => {
    const bench = await NetworkBench.create()
    const block = await bench.mine([bench.answer(1n)], [bench.transfer(0n)])
    assert.equal(block.header.gasUsed, 21_000n)
    const receipts = bench.chain.receiptsOf(block.hash())!
    const [transfer, answer, step] = receipts.map(({ type, status, ...receipt }) => ({
      type,
      status,
      gasUsed: receipt.gasUsed,
      sum: receipt.cumulativeGasUsed,
      from: receipt.from.toString(),
      logs: receipt.logs.map(({ address }) => bytesToHex(address)),
    }))
    const own = { type: 0x60, status: 1, gasUsed: 0n, sum: 21_000n }
    const logs = [SYSTEM_CONTRACTS.Inspections]
    assert.deepEqual([transfer!.type, transfer!.sum], [2, 21_000n])
    assert.deepEqual(answer, { ...own, from: FARMER.toString(), logs })
    assert.deepEqual(step, { ...own, from: SYSTEM_SENDER.toString(), logs })
    const state = bench.chain.stateOf(block)
    assert.equal(await state.getAccount(SYSTEM_SENDER), undefined)
    assert.equal((await state.getAccount(FARMER))?.nonce ?? 0n, 0n)
  })

  test('counts what they proved in its header, from block to block', async () => {
    const bench = await NetworkBench.create()
    const first = await bench.mine([bench.answer(1n, { proofBytes: 100 })])
    const second = await bench.mine([bench.answer(2n, { proofBytes: 250 })])
    const third = await bench.mine()
    assert.deepEqual([first, second, third].map(totalOf), [100n, 350n, 350n])
  })

  test('has their logs in its bloom', async () => {
    const bench = await NetworkBench.create()
    const { header } = await bench.mine([bench.answer(1n)])
    assert.ok(header.logsBloom.some((byte) => byte !== 0))
  })

  test('verifies from its bytes, and comes back from the store as it was', async () => {
    const store = createMemoryStore()
    const bench = await NetworkBench.create({}, store)
    const block = await bench.mine([bench.answer(1n), bench.answer(2n)], [bench.transfer(0n)])
    const decoded = decodeBlock(block.serialize(), bench.chain.common)
    const executed = await (await NetworkBench.create()).verify(decoded)
    assert.deepEqual(executed.block.hash(), block.hash())

    const { chain } = await NetworkBench.create({}, store)
    const stored = chain.blockByHash(block.hash())!
    assert.notEqual(stored, block)
    assert.deepEqual(stored.serialize(), block.serialize())
    assert.deepEqual(chain.receiptsOf(block.hash()), bench.chain.receiptsOf(block.hash()))
    for (const [index, transaction] of stored.transactions.entries()) {
      assert.deepEqual(chain.findTransaction(transaction.hash()), {
        blockHash: block.hash(),
        index,
      })
      assert.deepEqual(
        transaction.getSenderAddress(),
        block.transactions[index]!.getSenderAddress(),
      )
    }
  })

  test('leaves nothing behind when it is undone', async () => {
    const bench = await NetworkBench.create()
    const kept = await bench.mine([bench.answer(1n)])
    const undone = await bench.mine([bench.answer(2n)])
    await bench.chain.rewind(kept)
    for (const transaction of undone.transactions) {
      assert.equal(bench.chain.findTransaction(transaction.hash()), undefined)
    }
    const again = await bench.mine([bench.answer(2n, { proofBytes: 40 })])
    assert.deepEqual([totalOf(kept), totalOf(undone), totalOf(again)], [100n, 200n, 140n])
  })

  test('is stored whole or not at all', async () => {
    const store = createMemoryStore()
    let isBroken = false
    const breaking = {
      ...store,
      write: (changes: Parameters<typeof store.write>[0]) =>
        isBroken ? Promise.reject(new Error('no room')) : store.write(changes),
    }
    const bench = await NetworkBench.create({}, breaking)
    const kept = await bench.mine([bench.answer(1n)])
    isBroken = true
    const lost = bench.answer(2n)
    await assert.rejects(bench.mine([lost]), /no room/)
    const { chain } = await NetworkBench.create({}, store)
    assert.deepEqual(chain.head.hash(), kept.hash())
    assert.equal(chain.findTransaction(lost.hash()), undefined)
  })
})

describe('the builder leaves out', () => {
  const CASES: [string, (bench: NetworkBench) => Parameters<NetworkBench['answer']>, RegExp][] = [
    ['an answer that reverts', () => [1n, { proofBytes: 14 }], /it fails: revert 0x08c379a0/],
    ['an answer that uses up its gas', () => [1n, { proofBytes: 13 }], /it fails: invalid opcode/],
    ['an answer of somebody else', () => [1n, { key: STRANGER_KEY }], /it fails: revert/],
    [
      'an answer bound to a block of another chain',
      () => [1n, { anchorHash: KECCAK256_RLP }],
      /it fails: revert/,
    ],
    ['an answer for another chain', () => [1n, { chainId: 5n }], /it is for chain 5/],
  ]
  for (const [what, request, reason] of CASES) {
    test(what, async () => {
      const bench = await NetworkBench.create()
      const bad = bench.answer(...request(bench))
      const block = await bench.mine([bad, bench.answer(2n)])
      assert.deepEqual(namesOf(block), ['answer 2', 'step'])
      assert.deepEqual(
        bench.rejected.map(({ transaction }) => transaction),
        [bad],
      )
      assert.match(bench.rejected[0]!.error.message, reason)
      const clean = await NetworkBench.create()
      const same = await clean.build([clean.answer(2n)])
      assert.deepEqual(block.hash(), same.block.hash())
    })
  }

  test('the second answer to a challenge', async () => {
    const bench = await NetworkBench.create()
    await bench.mine([bench.answer(1n), bench.answer(1n, { proofBytes: 50 })])
    const later = await bench.mine([bench.answer(1n)])
    assert.equal(bench.rejected.length, 2)
    assert.deepEqual(namesOf(later), [])
  })

  test('derived ones that somebody sends', async () => {
    const bench = await NetworkBench.create()
    const { transactions } = await bench.mine([bench.answer(1n)])
    const step = asNetworkTransaction(transactions.at(-1)!)!
    const next = await bench.mine([step])
    assert.deepEqual(namesOf(next), [])
    assert.match(bench.rejected[0]!.error.message, /nobody sends a derived one/)
  })

  test('what finds no room in the lane, and the step hears that it is full', async () => {
    const bench = await NetworkBench.create()
    const large = (challengeId: bigint) => bench.answer(challengeId, { proofBytes: 60_000 })
    const [one, two, three] = [large(1n), large(2n), large(3n)]
    assert.ok(one.serialize().length * 3 > LANE_BYTES)
    const block = await bench.mine([one, two, three, bench.answer(4n, { proofBytes: 10_000 })])
    assert.deepEqual(namesOf(block), ['answer 1', 'answer 2', 'answer 4', 'step'])
    assert.match(bench.rejected[0]!.error.message, /bytes, \d+ are left/)
    const isFull = ({ transactions }: typeof block) => transactions.at(-1)!.data[0]
    const roomy = await bench.mine([bench.answer(5n, { proofBytes: 60_000 })])
    assert.deepEqual([isFull(block), isFull(roomy)], [1, 0])
  })
})

describe('answers to challenges that were paid for', () => {
  const isFull = ({ transactions }: Block) => transactions.at(-1)!.data[0] === 1
  const ofSize = (bench: NetworkBench, ids: readonly bigint[], proofBytes: number) =>
    ids.map((id) => bench.answer(id, { proofBytes }))

  test('fill no lane, whatever they are', async () => {
    const bench = await NetworkBench.create({ extras: [1n, 2n, 3n] })
    const block = await bench.mine(ofSize(bench, [1n, 2n, 3n, 4n], 21_000))
    assert.deepEqual(namesOf(block), ['answer 1', 'answer 2', 'answer 3', 'answer 4', 'step'])
    assert.equal(isFull(block), false)
    const scheduled = await bench.mine(ofSize(bench, [5n, 6n, 7n, 8n], 21_000))
    assert.equal(isFull(scheduled), true)
  })

  test('take at most half of the lane, and the others wait', async () => {
    const extras = [1n, 2n, 3n]
    const bench = await NetworkBench.create({ extras })
    const [one, two, three, four] = ofSize(bench, [...extras, 4n], 30_000)
    const block = await bench.mine([one!, two!, three!, four!])
    assert.deepEqual(namesOf(block), ['answer 1', 'answer 2', 'answer 4', 'step'])
    assert.deepEqual([bench.deferred, bench.rejected], [[three], []])
    const next = await bench.mine([three!])
    assert.deepEqual(namesOf(next), ['answer 3', 'step'])
  })

  test('make a block invalid that has more of them', async () => {
    const extras = [1n, 2n, 3n]
    const bench = await NetworkBench.create({ extras })
    const made = await bench.build(ofSize(bench, extras.slice(0, 2), 30_000))
    const transactions = [...made.block.transactions]
    transactions.splice(2, 0, asTypedTransaction(bench.answer(3n, { proofBytes: 30_000 })))
    await assert.rejects(bench.verifyWith(made.block, transactions), {
      code: 'INVALID_TRANSACTION',
      message: /no more room/,
    })
  })
})

describe('a derived step', () => {
  test('that does nothing is undone and left out', async () => {
    const bench = await NetworkBench.create()
    const block = await bench.mine()
    assert.deepEqual(namesOf(block), [])
    assert.equal(await bench.slot('Inspections', LAST_STEP_SLOT), 0n)
  })

  test('is not even tried while the contract says that there is no work', async () => {
    const bench = await NetworkBench.create({ pendingWork: 0n, stepMode: 'act always' })
    assert.deepEqual(namesOf(await bench.mine()), [])
  })

  test('comes in every block in which it acts, without any other transaction', async () => {
    const bench = await NetworkBench.create({ stepMode: 'act always' })
    const block = await bench.mine()
    assert.deepEqual(namesOf(block), ['step'])
    assert.equal(await bench.slot('Inspections', LAST_STEP_SLOT), 1n)
    const { nonce } = asNetworkTransaction(block.transactions[0]!)!
    assert.equal(nonce, block.header.number)
  })

  test('that fails is undone, is shown by its receipt, and stops neither block nor chain', async () => {
    const bench = await NetworkBench.create({ stepMode: 'fail' })
    const block = await bench.mine([bench.answer(1n)])
    await bench.mine()
    assert.deepEqual(namesOf(block), ['answer 1', 'step'])
    const statuses = bench.chain.receiptsOf(block.hash())!.map(({ status }) => status)
    assert.deepEqual(statuses, [1, 0])
    const verified = await (await NetworkBench.create({ stepMode: 'fail' })).verify(block)
    assert.deepEqual(verified.block.hash(), block.hash())
  })

  test('renews heft once an epoch, after the step of the inspections', async () => {
    const bench = await NetworkBench.create({ syncedEpoch: 0n, stepMode: 'act always' })
    const blocks: string[][] = []
    for (let i = 0; i < 11; i++) blocks.push(namesOf(await bench.mine()))
    assert.deepEqual(blocks[8], ['step'])
    assert.deepEqual(blocks[9], ['step', 'sync'])
    assert.deepEqual(blocks[10], ['step'])
  })

  test('goes on with the renewal of heft until it is done', async () => {
    const bench = await NetworkBench.create({ syncedEpoch: 0n, visits: 2n })
    const blocks: string[][] = []
    for (let i = 0; i < 13; i++) blocks.push(namesOf(await bench.mine()))
    assert.deepEqual(blocks.slice(8), [[], ['sync'], ['sync'], ['sync'], []])
  })

  test('renews heft without any work as long as there is heft, and not without', async () => {
    const names = async (totalHeft: bigint) => {
      const bench = await NetworkBench.create({ syncedEpoch: 0n, pendingWork: 0n, totalHeft })
      for (let i = 0; i < 9; i++) await bench.mine()
      return namesOf(await bench.mine())
    }
    assert.deepEqual(await names(1n), ['sync'])
    assert.deepEqual(await names(0n), [])
  })
})
