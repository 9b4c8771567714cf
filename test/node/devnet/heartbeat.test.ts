import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { Chain } from '../../../src/chain/chain.ts'
import type { DevnetOptions } from '../../../src/node/devnet.ts'
import { asTypedTransaction } from '../../../src/protocol/networkTransaction.ts'
import { startTestDevnet, type TestDevnet } from '../../helpers/devnet.ts'
import { registerReplica, startInspectedFarmer } from '../inspectedFarmer.ts'
import { createFakeTimers } from './fakeTimers.ts'

const NOBODY = '0x00000000000000000000000000000000000000aa'

async function startBeating(options: DevnetOptions = {}) {
  const timers = createFakeTimers()
  const devnet = await startTestDevnet({ ...options, timers })
  devnet.control.setHeartbeatSeconds(1)
  const { chain } = devnet.node
  /** Lets time pass, and waits until every block that it brought is made. */
  const advance = async (milliseconds: number): Promise<bigint> => {
    timers.advance(milliseconds)
    await devnet.control.snapshot()
    return chain.head.header.number
  }
  return Object.assign(devnet, { timers, chain, advance })
}

const isEmpty = ({ head }: Chain): boolean => head.transactions.length === 0

const register = (devnet: TestDevnet) => registerReplica(devnet, 0)

describe('the heartbeat', () => {
  test('does not beat before the first replica', async () => {
    await using devnet = await startBeating()
    await devnet.send(0, { to: NOBODY })
    assert.equal(await devnet.advance(60_000), 1n)
    assert.equal(devnet.timers.waiting, 0)
  })

  test('seals an empty block each time none came for its seconds, from the first replica on', async () => {
    await using devnet = await startBeating()
    await register(devnet)
    const before = devnet.chain.head.header.number
    assert.equal(await devnet.advance(999), before)
    assert.equal(await devnet.advance(1), before + 1n)
    assert.ok(isEmpty(devnet.chain))
    assert.equal(await devnet.advance(1_000), before + 2n)
  })

  test('takes answers along, so that the chain’s time does not outrun the clock', async () => {
    await using devnet = await startBeating({ answerGraceSeconds: 0 })
    const farmer = await startInspectedFarmer(devnet)
    const { challengeId } = await farmer.openChallenge()
    const answer = await farmer.answer(challengeId)
    const before = devnet.chain.head.header.number
    await devnet.node.submit(asTypedTransaction(answer))
    assert.equal(devnet.chain.head.header.number, before)
    await devnet.advance(1_000)
    assert.deepEqual(devnet.chain.head.transactions[0]?.hash(), answer.hash())
  })

  test('is put off by a block that comes by itself', async () => {
    await using devnet = await startBeating()
    await register(devnet)
    await devnet.advance(900)
    await devnet.send(0, { to: NOBODY })
    const before = devnet.chain.head.header.number
    assert.equal(await devnet.advance(900), before)
    assert.equal(await devnet.advance(100), before + 1n)
  })

  test('is off with 0 seconds, and is on again when it is set', async () => {
    await using devnet = await startBeating()
    devnet.control.setHeartbeatSeconds(0)
    await register(devnet)
    const before = devnet.chain.head.header.number
    assert.equal(await devnet.advance(60_000), before)
    devnet.control.setHeartbeatSeconds(2)
    assert.equal(await devnet.advance(2_000), before + 1n)
    assert.equal(devnet.control.heartbeatSeconds, 2)
  })

  test('stands still for who mines by hand or by the interval', async () => {
    await using devnet = await startBeating()
    await register(devnet)
    const before = devnet.chain.head.header.number
    devnet.control.setAutomine(false)
    assert.equal(await devnet.advance(60_000), before)
    devnet.control.setAutomine(true)
    devnet.control.setIntervalSeconds(86_400)
    assert.equal(await devnet.advance(60_000), before)
    devnet.control.setIntervalSeconds(0)
    assert.equal(await devnet.advance(1_000), before + 1n)
  })

  test('ends with the first replica that a revert takes back', async () => {
    await using devnet = await startBeating()
    const id = await devnet.control.snapshot()
    await register(devnet)
    await devnet.control.revert(id)
    while (devnet.timers.waiting > 0) await new Promise(setImmediate)
    assert.equal(await devnet.advance(60_000), 0n)
  })

  test('goes on after a restart', async (t) => {
    const dataDirectory = mkdtempSync(join(tmpdir(), 'genaro-heartbeat-'))
    t.after(() => rmSync(dataDirectory, { recursive: true }))
    {
      await using devnet = await startBeating({ dataDirectory })
      await register(devnet)
    }
    await using devnet = await startBeating({ dataDirectory })
    const before = devnet.chain.head.header.number
    while (devnet.timers.waiting === 0) await new Promise(setImmediate)
    assert.equal(await devnet.advance(1_000), before + 1n)
  })

  test('is refused a time that no timer keeps', async () => {
    await using devnet = await startTestDevnet()
    for (const seconds of [-1, 0.001, 1e9, Number.NaN]) {
      assert.throws(() => devnet.control.setHeartbeatSeconds(seconds), { code: 'BAD_OPTION' })
    }
    assert.equal(devnet.control.heartbeatSeconds, 0)
  })
})
