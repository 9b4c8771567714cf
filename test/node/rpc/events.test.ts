import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { LATEST } from '../../../src/api/rpc/blockReference.ts'
import type { RPCLog } from '../../../src/api/rpc/results.ts'
import type { Hex } from '../../../src/api/rpc/values.ts'
import { createFeed } from '../../../src/node/rpc/events/feed.ts'
import { createFilters } from '../../../src/node/rpc/events/filters.ts'
import { MAX_LOG_BYTES } from '../../../src/node/rpc/events/queryLogs.ts'
import { startTestDevnet } from '../../helpers/devnet.ts'
import { creationCode, startTestRPC, type TestRPC } from '../../helpers/rpc.ts'

/** Emits one log whose only topic is its calldata's first word. */
const EMITS = '60003560006000a100'
/** Emits one log with a quarter of a megabyte of zeros. */
const MUCH_BYTES = 250_000
const EMITS_MUCH = `62${MUCH_BYTES.toString(16).padStart(6, '0')}5fa000`
const word = (value: number): Hex => `0x${value.toString(16).padStart(64, '0')}`

async function deployEmitter(rpc: TestRPC): Promise<Hex> {
  const { createdAddress } = await rpc.send(0, { data: creationCode(EMITS) })
  return createdAddress!.toString()
}

const topicsOf = (logs: readonly unknown[]) =>
  (logs as RPCLog[]).map(({ topics, removed }) => [Number(topics[0]), removed])

describe('logs', () => {
  test('are found by address, topic, range and block hash', async () => {
    await using rpc = await startTestRPC()
    const [address, other] = [await deployEmitter(rpc), await deployEmitter(rpc)]
    for (const value of [1, 2, 3]) await rpc.send(0, { to: address, data: word(value) })
    await rpc.send(0, { to: other, data: word(2) })
    const query = async (filter: object) =>
      topicsOf((await rpc.request('eth_getLogs', [filter])) as [])
    const all = { fromBlock: 'earliest' }
    assert.deepEqual(await query({ ...all, address }), [
      [1, false],
      [2, false],
      [3, false],
    ])
    assert.deepEqual(await query({ ...all, topics: [word(2)] }), [
      [2, false],
      [2, false],
    ])
    assert.deepEqual(await query({ ...all, topics: [[word(1), word(3)]] }), [
      [1, false],
      [3, false],
    ])
    assert.deepEqual(await query({ ...all, topics: [null, word(1)] }), [])
    assert.deepEqual(await query({ fromBlock: '0x3', toBlock: '0x4' }), [
      [1, false],
      [2, false],
    ])
    assert.deepEqual(await query({}), [[2, false]])
    const blockHash = rpc.node.chain.head.hash()
    const hash = `0x${Buffer.from(blockHash).toString('hex')}`
    assert.deepEqual(await query({ blockHash: hash, address: other }), [[2, false]])
    assert.deepEqual(await query({ blockHash: hash, address }), [])
  })

  test('count their index through the whole block', async () => {
    await using rpc = await startTestRPC()
    const to = await deployEmitter(rpc)
    rpc.control.setAutomine(false)
    for (const [value, nonce] of [
      [7, 1],
      [8, 2],
    ] as const) {
      await rpc.node.submit(await rpc.sign(0, { to, data: word(value), nonce }))
    }
    await rpc.control.mine()
    const logs = await rpc.request('eth_getLogs', [{}])
    assert.deepEqual(
      logs.map(({ logIndex }) => logIndex),
      ['0x0', '0x1'],
    )
    const receipts = await rpc.request('eth_getBlockReceipts', ['latest'])
    assert.deepEqual(
      receipts?.flatMap((receipt) => receipt.logs),
      logs,
    )
  })
})

describe('a filter', () => {
  test('delivers each log once, and again as removed when its block is undone', async () => {
    await using rpc = await startTestRPC()
    const address = await deployEmitter(rpc)
    const id = await rpc.request('eth_newFilter', [{ address }])
    const changes = async () => topicsOf((await rpc.request('eth_getFilterChanges', [id])) as [])
    const snapshot = await rpc.control.snapshot()
    await rpc.send(0, { to: address, data: word(5) })
    assert.deepEqual(await changes(), [[5, false]])
    assert.deepEqual(await changes(), [])
    await rpc.control.revert(snapshot)
    assert.deepEqual(await changes(), [[5, true]])
    assert.deepEqual(await rpc.request('eth_getFilterLogs', [id]), [])
  })

  test('tells new blocks and pending transactions by hash', async () => {
    await using rpc = await startTestRPC()
    const blocks = await rpc.request('eth_newBlockFilter')
    const transactions = await rpc.request('eth_newPendingTransactionFilter')
    const signed = await rpc.sign(0, { to: `0x${'00'.repeat(18)}c0de` })
    const hash = await rpc.node.submit(signed)
    const hex = (bytes: Uint8Array) => `0x${Buffer.from(bytes).toString('hex')}`
    assert.deepEqual(await rpc.request('eth_getFilterChanges', [blocks]), [
      hex(rpc.node.chain.head.hash()),
    ])
    assert.deepEqual(await rpc.request('eth_getFilterChanges', [transactions]), [hex(hash)])
  })

  test('ends when it is uninstalled, when nobody asks, and when too much waits for it', async () => {
    await using devnet = await startTestDevnet()
    const feed = createFeed(devnet.node)
    const filters = createFilters({ node: devnet.node, feed, idleMilliseconds: 5, maxWaiting: 2 })
    const removed = filters.addBlocks()
    assert.equal(filters.remove(removed), true)
    assert.equal(filters.remove(removed), false)
    assert.throws(() => filters.changes(removed), /filter not found/)
    const idle = filters.addBlocks()
    await delay(50)
    assert.throws(() => filters.changes(idle), /filter not found/)
    const patient = createFilters({ node: devnet.node, feed, maxWaiting: 2 })
    const behind = patient.addBlocks()
    await devnet.control.mine({ blocks: 3 })
    assert.throws(() => patient.changes(behind), /fell behind/)
    assert.throws(() => patient.changes(behind), /filter not found/)
    filters.close()
    patient.close()
    feed.close()
  })

  test('costs no memory for what waits, which is read when somebody asks', async () => {
    await using rpc = await startTestRPC()
    const { createdAddress } = await rpc.send(0, { data: creationCode(EMITS_MUCH) })
    const ids = await Promise.all(
      Array.from({ length: 500 }, () => rpc.request('eth_newFilter', [{}])),
    )
    const before = process.memoryUsage().rss
    for (let i = 0; i < 3; i++) {
      await rpc.send(0, { to: createdAddress!.toString(), gasLimit: 3_000_000n })
    }
    // Told to each filter at once, this would be 500 times 3 times half a megabyte.
    assert.ok(process.memoryUsage().rss - before < 300_000_000)
    const changes = (await rpc.request('eth_getFilterChanges', [ids[499]!])) as RPCLog[]
    assert.deepEqual(
      changes.map(({ data }) => data.length),
      [2 + 2 * MUCH_BYTES, 2 + 2 * MUCH_BYTES, 2 + 2 * MUCH_BYTES],
    )
    assert.deepEqual(await rpc.request('eth_getFilterChanges', [ids[499]!]), [])
  })

  test('delivers in parts what is too much for one answer', async () => {
    await using rpc = await startTestRPC()
    const { createdAddress } = await rpc.send(0, { data: creationCode(EMITS_MUCH) })
    const filter = await rpc.request('eth_newFilter', [{ fromBlock: 'earliest' }])
    const blocks = Math.ceil(MAX_LOG_BYTES / (2 * MUCH_BYTES)) + 5
    for (let i = 0; i < blocks; i++) {
      await rpc.send(0, { to: createdAddress!.toString(), gasLimit: 3_000_000n })
    }
    await assert.rejects(rpc.request('eth_getLogs', [{ fromBlock: 'earliest' }]), /more than/)
    await assert.rejects(rpc.request('eth_getFilterLogs', [filter]), /more than/)
    const first = await rpc.request('eth_getFilterChanges', [filter])
    const rest = await rpc.request('eth_getFilterChanges', [filter])
    assert.ok(rest.length > 0)
    assert.equal(first.length + rest.length, blocks)
  })

  test('is refused when all filters together ask for too many topics', async () => {
    await using devnet = await startTestDevnet()
    const feed = createFeed(devnet.node)
    const filters = createFilters({ node: devnet.node, feed, maxCriteria: 5 })
    const topics = [Array.from({ length: 3 }, () => new Uint8Array(32))]
    const asking = { blocks: { from: LATEST, to: LATEST }, addresses: undefined, topics }
    const id = filters.addLogs(asking)
    assert.throws(() => filters.addLogs(asking), { code: 'LIMIT_EXCEEDED' })
    filters.remove(id)
    filters.addLogs(asking)
    filters.close()
    feed.close()
  })

  test('is refused beyond the limit', async () => {
    await using devnet = await startTestDevnet()
    const feed = createFeed(devnet.node)
    const filters = createFilters({ node: devnet.node, feed, maxFilters: 1 })
    filters.addBlocks()
    assert.throws(() => filters.addBlocks(), { code: 'LIMIT_EXCEEDED' })
    filters.close()
    feed.close()
  })
})
