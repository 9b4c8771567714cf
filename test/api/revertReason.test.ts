import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { makeError } from 'ethers'
import { ApiError } from '../../src/api/errors.ts'
import { explainError } from '../../src/api/explainError.ts'
import { describeRevert } from '../../src/api/revertReason.ts'
import { REVERT_WORDS } from '../../src/api/revertWords.ts'
import { SYSTEM_CONTRACTS } from '../../src/protocol/addresses.ts'
import { systemContractInterface } from '../../src/protocol/systemContracts.ts'

/** What only a hand-made call can meet: no action and no command makes one. */
const NOT_FOR_USERS = ['PlainTransferRefused', 'UnknownFunction']

const CONTRACTS = [
  'Staking',
  'StorageMarket',
  'Nodes',
  'Replicas',
  'Heft',
  'Inspections',
  'SentinelGroups',
] as const

const GNX = 10n ** 18n

describe('why a contract reverted', () => {
  test('is told in words for every error a user can meet', () => {
    for (const name of CONTRACTS) {
      const errors: string[] = []
      systemContractInterface(name).forEachError((error) => errors.push(error.name))
      const expected = errors.filter((error) => !NOT_FOR_USERS.includes(error))
      assert.deepEqual(Object.keys(REVERT_WORDS[name]!).sort(), expected.sort(), name)
    }
  })

  test('depends on the contract where two share an error', () => {
    const data = systemContractInterface('Staking').encodeErrorResult('InsufficientStake', [
      1n * GNX,
      5n * GNX,
    ])
    const staking = describeRevert(SYSTEM_CONTRACTS.Staking, data, undefined)
    assert.match(staking.message, /stake is 1 GNX, less than 5 GNX/)
    const nodes = describeRevert(SYSTEM_CONTRACTS.Nodes, data, undefined)
    assert.match(nodes.message, /needs a stake of 1 GNX, it is 5 GNX/)
  })

  test('is told too when it comes from a contract that the called one called', () => {
    const id = `0x${'0d'.repeat(32)}`
    const data = systemContractInterface('StorageMarket').encodeErrorResult('EscrowExceeded', [
      id,
      2n * GNX,
      1n * GNX,
    ])
    const reason = describeRevert(SYSTEM_CONTRACTS.Replicas, data, undefined)
    assert.equal(reason.name, 'EscrowExceeded')
    assert.match(reason.message, /price of 2 GNX is more than the 1 GNX left in escrow/)
    assert.equal(describeRevert(SYSTEM_CONTRACTS.Staking, data, undefined).name, undefined)
  })

  test('carries the amounts of the error and what to do', () => {
    const data = systemContractInterface('Staking').encodeErrorResult('StakeLocked', [
      5_000n * GNX,
      4_999n * GNX,
    ])
    const reason = describeRevert(SYSTEM_CONTRACTS.Staking, data, undefined)
    assert.equal(reason.name, 'StakeLocked')
    assert.equal(reason.message, '4,999 GNX would remain, but 5,000 GNX is locked')
    assert.match(reason.hint ?? '', /resign/)
    assert.deepEqual(reason.facts, { lockedWei: 5_000n * GNX, remainingWei: 4_999n * GNX })
  })

  test('is passed on as it is when it is no error of the system contracts', () => {
    for (const data of [undefined, '0x', '0x12345678', '0xzz']) {
      assert.match(
        describeRevert(SYSTEM_CONTRACTS.Staking, data, 'because').message,
        /refused: because/,
      )
    }
    const elsewhere = describeRevert(`0x${'11'.repeat(20)}`, '0x12345678', undefined)
    assert.match(elsewhere.message, /without a reason/)
  })
})

describe('an error of ethers or the network', () => {
  test('becomes an ApiError with a code; one of ours passes unchanged', () => {
    const own = new ApiError('BAD_SIZE', { message: 'x' })
    assert.equal(explainError(own), own)
    const codes = [
      [{ code: 'ECONNREFUSED' }, 'RPC_UNREACHABLE'],
      [new TypeError('Failed to fetch'), 'RPC_UNREACHABLE'],
      [{ code: 'INSUFFICIENT_FUNDS' }, 'INSUFFICIENT_FUNDS'],
      [{ code: 'BAD_DATA', value: '0x' }, 'NOT_GENARO'],
      [{ code: 'UNKNOWN_ERROR', error: { code: -32000, message: 'nonce too low' } }, 'RPC_REFUSED'],
      [new TypeError('x is undefined'), 'RPC_REFUSED'],
      ['thrown text', 'RPC_REFUSED'],
      [null, 'RPC_REFUSED'],
    ] as const
    for (const [error, code] of codes) {
      const explained = explainError(error)
      assert.ok(explained instanceof ApiError)
      assert.equal(explained.code, code)
    }
  })

  test("tells the node's own words", () => {
    const error = { code: 'UNKNOWN_ERROR', error: { code: -32000, message: 'nonce too low' } }
    assert.equal(explainError(error).message, 'The node refused: nonce too low')
  })
})

test('a refusal that ethers takes for a revert without data keeps the node’s own words', () => {
  const words = 'execution aborted: it took longer than this node allows for a call'
  const error = makeError('missing revert data', 'CALL_EXCEPTION', {
    action: 'estimateGas',
    data: null,
    reason: null,
    transaction: { to: SYSTEM_CONTRACTS.Nodes, data: '0x' },
    invocation: null,
    revert: null,
    info: { error: { code: -32000, message: words } },
  })
  const told = explainError(error)
  assert.ok(told instanceof ApiError && told.code === 'RPC_REFUSED')
  assert.ok(told.message.includes(words))
})
