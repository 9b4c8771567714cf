import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBlock } from '@ethereumjs/block'
import { createFeeMarket1559Tx, type TypedTransaction } from '@ethereumjs/tx'
import { Account, type Address, bytesToHex } from '@ethereumjs/util'
import { applyTransaction } from '../../../src/chain/execution/transaction.ts'
import type { WorldState } from '../../../src/chain/state/worldState.ts'
import { address, code, common, createState, machineOn } from '../../helpers/stateFixture.ts'

const SENDER = address(0x51)
const NESTED = address(0x52)
const BROKEN = address(0xfe)
const BLOCK = createBlock(
  { header: { number: 1n, gasLimit: 30_000_000n, baseFeePerGas: 1n } },
  { common },
)

/** Code that sets transient and lasting storage and calls the broken precompile. */
const CALL_BROKEN = code(
  '60015f5d60015f555f5f5f5f5f73',
  bytesToHex(BROKEN.bytes).slice(2),
  '5af100',
)
/** Code that stores what transient slot 0 holds. */
const STORE_TRANSIENT = code('5f5c60015500')

async function stateWithContracts(): Promise<WorldState> {
  const state = await createState()
  await state.putAccount(SENDER, new Account(0n, 10n ** 20n))
  await state.putAccount(NESTED, new Account(1n))
  await state.putCode(NESTED, CALL_BROKEN)
  return state
}

function send(to: Address, nonce: bigint): TypedTransaction {
  const transaction = createFeeMarket1559Tx(
    { to, nonce, gasLimit: 1_000_000n, maxFeePerGas: 10n },
    { common, freeze: false },
  )
  transaction.getSenderAddress = () => SENDER
  return transaction
}

test('an exception inside the EVM leaves nothing of its transaction, and the next one runs as if it had not been', async () => {
  const state = await stateWithContracts()
  const machine = machineOn(state)
  machine.evm.precompiles.set(bytesToHex(BROKEN.bytes).slice(2), () => {
    throw new Error('broken precompile')
  })
  const before = state.root()
  await assert.rejects(applyTransaction(machine, BLOCK, send(NESTED, 0n), 0n), /broken precompile/)
  assert.equal(state.openCheckpoints, 0)
  assert.deepEqual(state.root(), before)

  await state.putCode(NESTED, STORE_TRANSIENT)
  const { receipt } = await applyTransaction(machine, BLOCK, send(NESTED, 0n), 0n)
  assert.equal(receipt.status, 1)
  const slot = new Uint8Array(32)
  slot[31] = 1
  assert.equal((await state.getStorage(NESTED, slot)).length, 0)
})
