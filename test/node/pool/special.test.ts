import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Address, hexToBytes } from '@ethereumjs/util'
import type { Message, Simulation } from '../../../src/chain/simulate.ts'
import { createTransactionPool } from '../../../src/node/pool/createTransactionPool.ts'
import { PoolError } from '../../../src/node/pool/errors.ts'
import { SYSTEM_CONTRACTS } from '../../../src/protocol/addresses.ts'
import { createStandInChain } from './standInChain.ts'
import { createSigner, transfer } from './transactions.ts'

const alice = createSigner(0)
const toStaking = { to: SYSTEM_CONTRACTS.Staking, gasLimit: 100_000 }
const REVERT_DATA = '0x08c379a0'

/** A pool whose trials all end in `failure`, and the messages that were tried. */
function setUp(failure: string | undefined) {
  const { chain, extend } = createStandInChain()
  const tried: Message[] = []
  const pool = createTransactionPool({
    chain,
    acceptUnprotected: true,
    trial: async (message) => {
      tried.push(message)
      return { failure, returnValue: hexToBytes(REVERT_DATA) } as Simulation
    },
  })
  return { pool, tried, extend }
}

describe('a special transaction', () => {
  test('that would revert is refused with the contract’s data', async () => {
    const { pool } = setUp('revert')
    await assert.rejects(pool.add(transfer(alice, 0, toStaking)), (error: unknown) => {
      assert.ok(error instanceof PoolError)
      assert.equal(error.code, 'SPECIAL_REVERTED')
      assert.equal(error.message, 'execution reverted')
      assert.equal(error.facts.data, REVERT_DATA)
      return true
    })
    assert.equal(pool.pendingCount, 0)
  })

  test('that would run out of gas is refused', async () => {
    const { pool } = setUp('out of gas')
    await assert.rejects(pool.add(transfer(alice, 0, toStaking)), /execution failed: out of gas/)
  })

  test('that succeeds on the head is taken, tried as it will be executed', async () => {
    const { pool, tried } = setUp(undefined)
    const accessList = [
      { address: SYSTEM_CONTRACTS.Heft, storageKeys: [`0x${'01'.padStart(64, '0')}` as const] },
    ]
    await pool.add(transfer(alice, 0, { ...toStaking, value: 5n, data: '0x01020304', accessList }))
    assert.equal(pool.pendingCount, 1)
    assert.deepEqual(tried, [
      {
        from: alice.address,
        to: new Address(hexToBytes(SYSTEM_CONTRACTS.Staking)),
        value: 5n,
        data: hexToBytes('0x01020304'),
        gasLimit: 100_000n,
        accessList,
      },
    ])
  })

  test('that waits for others is not tried, since they may change what it does', async () => {
    const { pool, tried } = setUp('revert')
    await pool.add(transfer(alice, 0))
    await pool.add(transfer(alice, 1, toStaking))
    assert.equal(pool.pendingCount, 2)
    assert.equal(tried.length, 0)
  })

  test('to any other address is not tried', async () => {
    const { pool, tried } = setUp('revert')
    await pool.add(transfer(alice, 0))
    assert.equal(tried.length, 0)
  })

  test('is tried again when the head moves during the trial', async () => {
    const { chain, extend } = createStandInChain()
    let trials = 0
    const pool = createTransactionPool({
      chain,
      acceptUnprotected: true,
      trial: async () => {
        if (++trials === 1) pool.onHeadChange(extend())
        return {
          failure: trials === 1 ? undefined : 'revert',
          returnValue: new Uint8Array(),
        } as Simulation
      },
    })
    await assert.rejects(pool.add(transfer(alice, 0, toStaking)), /execution reverted/)
    assert.equal(trials, 2)
  })
})
