import assert from 'node:assert/strict'
import { type Block, createBlock } from '@ethereumjs/block'
import { RLP } from '@ethereumjs/rlp'
import { createTxFromRLP } from '@ethereumjs/tx'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@ethereumjs/util'
import type { Log } from '../../src/chain/chain.ts'
import type { ExecutionRules } from '../../src/chain/execution/rules.ts'
import { applyTransaction } from '../../src/chain/execution/transaction.ts'
import type { BlockHashes } from '../../src/chain/machine.ts'
import type { WorldState } from '../../src/chain/state/worldState.ts'
import { keccak256 } from '../../src/crypto/keccak.ts'
import { assertRefused } from './exceptions.ts'
import type { RulesOf } from './fixtureRules.ts'
import { createFixtureLedger } from './fixtureState.ts'
import type { StateCase } from './stateCases.ts'

/** State tests define BLOCKHASH of n as the hash of n written in decimal. */
const BLOCK_HASHES: BlockHashes = (number) => keccak256(utf8ToBytes(number.toString()))

/** Runs one case through the function that executes every transaction of a block; throws if it fails. */
export async function runStateCase(rulesOf: RulesOf, one: StateCase): Promise<void> {
  const rules = rulesOf(one.fork, one.chainId)
  const { database, root } = await createFixtureLedger(one.accounts)
  const state = database.open(root)
  const outcome = await execute(rules, state, one)
  if (one.expectException !== undefined) assertRefused(outcome, one.expectException)
  else if (outcome instanceof Error) throw outcome
  const logs = outcome instanceof Error ? [] : outcome
  assert.equal(bytesToHex(hashLogs(logs)), one.logsHash, 'logs')
  assert.equal(bytesToHex(state.root()), one.stateRoot, 'state root')
}

const hashLogs = (logs: readonly Log[]): Uint8Array =>
  keccak256(RLP.encode(logs.map(({ address, topics, data }) => [address, topics, data])))

/** The logs of the transaction, or the reason why no block can hold it. */
async function execute(
  rules: ExecutionRules,
  state: WorldState,
  one: StateCase,
): Promise<readonly Log[] | Error> {
  const block = createFixtureBlock(rules, one)
  try {
    const transaction = createTxFromRLP(hexToBytes(one.transactionBytes), { common: rules.common })
    if (!transaction.isValid()) return new Error(transaction.getValidationErrors().join('; '))
    const workplace = { state, blockHashes: BLOCK_HASHES }
    const { receipt } = await rules.machines.use(workplace, (machine) =>
      applyTransaction(machine, block, transaction, 0n),
    )
    return receipt.logs
  } catch (error) {
    return error as Error
  }
}

const createFixtureBlock = ({ common }: ExecutionRules, { environment }: StateCase): Block =>
  createBlock(
    {
      header: {
        coinbase: environment.currentCoinbase,
        gasLimit: environment.currentGasLimit,
        number: environment.currentNumber,
        timestamp: environment.currentTimestamp,
        mixHash: environment.currentRandom,
        baseFeePerGas: environment.currentBaseFee,
        excessBlobGas: environment.currentExcessBlobGas,
      },
    },
    { common },
  )
