import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createAddressFromString } from '@ethereumjs/util'
import { GenaroError } from '../../src/util/errors.ts'
import { balanceOf, startTestDevnet } from '../helpers/devnet.ts'

const FRIEND = '0x00000000000000000000000000000000000c0ffe'
const friend = createAddressFromString(FRIEND)

const refusal = (code: string) => (error: unknown) =>
  error instanceof GenaroError && error.code === code

describe('automining', () => {
  test('puts a transaction into a block before its submission returns', async () => {
    await using devnet = await startTestDevnet()
    const hash = await devnet.node.submit(await devnet.sign(0, { to: FRIEND, value: 3n }))
    assert.equal(devnet.receiptOf(hash)?.status, 1)
    assert.equal(await balanceOf(devnet, friend), 3n)
  })

  test('lets waiting transactions share a block', async () => {
    await using devnet = await startTestDevnet()
    const transactions = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        devnet.sign(i % 10, { to: FRIEND, value: 1n, nonce: Math.floor(i / 10) }),
      ),
    )
    await Promise.all(transactions.map((transaction) => devnet.node.submit(transaction)))
    assert.equal(await balanceOf(devnet, friend), 40n)
    const { chain } = devnet.node
    assert.ok(
      chain.head.header.number < 20n,
      `${chain.head.header.number} blocks for 40 transactions`,
    )
    for (const transaction of transactions) assert.ok(devnet.receiptOf(transaction.hash()))
  })

  test('mines a transaction behind a nonce gap once the gap is filled', async () => {
    await using devnet = await startTestDevnet()
    await devnet.node.submit(await devnet.sign(0, { to: FRIEND, value: 1n, nonce: 1 }))
    assert.equal(devnet.node.chain.head.header.number, 0n)
    await devnet.node.submit(await devnet.sign(0, { to: FRIEND, value: 1n, nonce: 0 }))
    assert.equal(await balanceOf(devnet, friend), 2n)
  })

  test('leaves a transaction that pays less than the base fee waiting, without empty blocks', async () => {
    await using devnet = await startTestDevnet()
    const cheap = { to: FRIEND, maxFeePerGas: 5n, maxPriorityFeePerGas: 5n }
    await devnet.node.submit(await devnet.sign(0, cheap))
    assert.equal(devnet.node.chain.head.header.number, 0n)
    assert.equal(devnet.node.pool.pendingCount, 1)
  })

  test('off, mines nothing until asked', async () => {
    await using devnet = await startTestDevnet()
    devnet.control.setAutomine(false)
    const hash = await devnet.node.submit(await devnet.sign(0, { to: FRIEND }))
    assert.equal(devnet.receiptOf(hash), undefined)
    await devnet.control.mine()
    assert.ok(devnet.receiptOf(hash))
  })
})

test('a slot time seals blocks by itself, and holds transactions until then', async () => {
  await using devnet = await startTestDevnet({ slotSeconds: 0.05 })
  const hash = await devnet.node.submit(await devnet.sign(0, { to: FRIEND }))
  const mined = new Promise<void>((resolve) => {
    devnet.node.chain.onHead(() => devnet.receiptOf(hash) && resolve())
  })
  await mined
  assert.ok(devnet.receiptOf(hash))
})

describe('time', () => {
  test('moves on by what was asked, also when blocks ran ahead of the clock', async () => {
    const frozen = { nowSeconds: () => 2_000_000_000n }
    await using devnet = await startTestDevnet({ clock: frozen })
    await devnet.control.mine({ blocks: 100 })
    const before = devnet.node.chain.head.header.timestamp
    assert.equal(before, 2_000_000_099n)
    await devnet.control.increaseTime(3_600n)
    await devnet.control.mine()
    assert.equal(devnet.node.chain.head.header.timestamp, before + 3_600n)
  })

  test('can be set for the next block, and goes on from there', async () => {
    const frozen = { nowSeconds: () => 2_000_000_000n }
    await using devnet = await startTestDevnet({ clock: frozen })
    await devnet.control.setNextBlockTimestamp(2_500_000_000n)
    await devnet.control.mine({ blocks: 2 })
    assert.equal(devnet.node.chain.blockByNumber(1n)!.header.timestamp, 2_500_000_000n)
    assert.equal(devnet.node.chain.head.header.timestamp, 2_500_000_001n)
  })

  test('is refused backwards, in milliseconds, and without changing anything', async () => {
    await using devnet = await startTestDevnet()
    await devnet.control.mine()
    const { timestamp } = devnet.node.chain.head.header
    const { control } = devnet
    await assert.rejects(control.setNextBlockTimestamp(timestamp), refusal('TIME_NOT_LATER'))
    await assert.rejects(control.setNextBlockTimestamp(timestamp * 1000n), refusal('BAD_OPTION'))
    await assert.rejects(control.increaseTime(-1n), refusal('TIME_NOT_LATER'))
    await assert.rejects(control.increaseTime(10n ** 18n), refusal('BAD_OPTION'))
    await control.mine()
    assert.ok(devnet.node.chain.head.header.timestamp < timestamp + 100n)
  })

  test('of a pending block is what the next block would get', async () => {
    const frozen = { nowSeconds: () => 2_000_000_000n }
    await using devnet = await startTestDevnet({ clock: frozen })
    const pending = devnet.node.pendingBlock()
    await devnet.control.mine()
    const { header } = devnet.node.chain.head
    assert.equal(pending.header.timestamp, header.timestamp)
    assert.equal(pending.header.number, header.number)
    assert.deepEqual(pending.header.mixHash, header.mixHash)
    assert.equal(pending.header.baseFeePerGas, header.baseFeePerGas)
  })
})

describe('snapshots', () => {
  test('bring back chain, pool and clock, once', async () => {
    await using devnet = await startTestDevnet()
    const { control, node } = devnet
    await devnet.send(0, { to: FRIEND, value: 1n })
    control.setAutomine(false)
    const waiting = await devnet.sign(1, { to: FRIEND, value: 10n })
    await node.submit(waiting)
    const before = node.chain.head
    const id = await control.snapshot()

    control.setAutomine(true)
    await devnet.send(0, { to: FRIEND, value: 2n })
    await control.increaseTime(1_000_000n)
    await control.mine()
    assert.equal(await balanceOf(devnet, friend), 13n)

    assert.equal(await control.revert(id), true)
    assert.deepEqual(node.chain.head.hash(), before.hash())
    assert.equal(await balanceOf(devnet, friend), 1n)
    assert.deepEqual(
      node.pool.snapshot().map((tx) => tx.hash()),
      [waiting.hash()],
    )
    await control.mine()
    assert.ok(node.chain.head.header.timestamp < before.header.timestamp + 1_000n)
    assert.equal(await balanceOf(devnet, friend), 11n)
    assert.equal(await control.revert(id), false)
  })

  test('are forgotten with an earlier one', async () => {
    await using devnet = await startTestDevnet()
    const first = await devnet.control.snapshot()
    await devnet.send(0, { to: FRIEND })
    const second = await devnet.control.snapshot()
    assert.equal(await devnet.control.revert(first), true)
    assert.equal(await devnet.control.revert(second), false)
    assert.equal(await devnet.control.revert('0xdead'), false)
  })
})

test('options that cannot be are refused', async () => {
  await assert.rejects(startTestDevnet({ accounts: -1 }), refusal('BAD_OPTION'))
  await assert.rejects(startTestDevnet({ accounts: 1_001 }), refusal('BAD_OPTION'))
  await assert.rejects(startTestDevnet({ chainId: 0n }), refusal('BAD_OPTION'))
  await assert.rejects(startTestDevnet({ slotSeconds: -1 }), refusal('BAD_OPTION'))
  await using devnet = await startTestDevnet()
  await assert.rejects(devnet.control.mine({ blocks: 1e9 }), refusal('TOO_MANY_BLOCKS'))
})

test('any number of accounts is funded', async () => {
  await using devnet = await startTestDevnet({ accounts: 12 })
  assert.equal(devnet.control.accounts.length, 12)
  const last = createAddressFromString(devnet.wallet(11).address)
  assert.equal(await balanceOf(devnet, last), 1_000_000n * 10n ** 18n)
})

test('blocks mined at a time keep their times, however many are asked for at once', async () => {
  const frozen = { nowSeconds: () => 2_000_000_000n }
  await using devnet = await startTestDevnet({ clock: frozen })
  const times = [2_000_000_100n, 2_000_000_200n, 2_000_000_300n]
  await Promise.all(times.map((timestamp) => devnet.control.mine({ timestamp })))
  const { chain } = devnet.node
  assert.deepEqual(
    [1n, 2n, 3n].map((number) => chain.blockByNumber(number)!.header.timestamp),
    times,
  )
  await devnet.control.mine({ blocks: 3, timestamp: 2_000_001_000n, intervalSeconds: 60n })
  assert.equal(chain.head.header.timestamp, 2_000_001_120n)
})
