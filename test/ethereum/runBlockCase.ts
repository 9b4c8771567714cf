import assert from 'node:assert/strict'
import { type Block, createBlockFromRLP } from '@ethereumjs/block'
import { RLP } from '@ethereumjs/rlp'
import { bytesToBigInt, bytesToHex, hexToBytes, type PrefixedHexString } from '@ethereumjs/util'
import type { ExecutionRules } from '../../src/chain/execution/rules.ts'
import { verifyBlock } from '../../src/chain/execution/verifyBlock.ts'
import { type BlockCase, type ForkSchedule, TRANSITION_TIME } from './blockCases.ts'
import { assertRefused } from './exceptions.ts'
import type { RulesOf } from './fixtureRules.ts'
import { createFixtureLedger, type FixtureLedger } from './fixtureState.ts'
import type { Fork } from './stateCases.ts'

/** What has been imported of a case so far. */
interface FixtureChain {
  ledger: FixtureLedger
  head: Block
  hashes: Map<bigint, Uint8Array>
}

/** Imports a case's blocks one after another as the chain verifies blocks; throws if it fails. */
export async function runBlockCase(rulesOf: RulesOf, one: BlockCase): Promise<void> {
  const { schedule, chainId, blocks } = one
  const ledger = await createFixtureLedger(one.accounts)
  const genesis = decodeBlock(rulesOf(schedule.first, chainId), hexToBytes(one.genesisBytes))
  assert.equal(bytesToHex(genesis.header.stateRoot), bytesToHex(ledger.root), 'genesis state')
  const chain = { ledger, head: genesis, hashes: new Map([[0n, genesis.hash()]]) }
  for (const { rlp, expectException } of blocks) {
    const outcome = await importBlock(chain, (fork) => rulesOf(fork, chainId), schedule, rlp)
    if (expectException !== undefined) assertRefused(outcome, expectException)
    else if (outcome !== undefined) throw outcome
  }
  assert.equal(bytesToHex(chain.head.hash()), one.headHash, 'head')
}

/** Makes a block the head, or gives the reason why it is not valid. */
async function importBlock(
  chain: FixtureChain,
  rulesOf: (fork: Fork) => ExecutionRules,
  schedule: ForkSchedule,
  rlp: PrefixedHexString,
): Promise<Error | undefined> {
  try {
    const bytes = hexToBytes(rlp)
    const rules = rulesOf(forkOf(schedule, bytes))
    const block = decodeBlock(rules, bytes)
    const state = chain.ledger.database.open(chain.head.header.stateRoot)
    const blockHashes = (number: bigint) => chain.hashes.get(number)
    await verifyBlock(rules, { parent: chain.head, block, state, blockHashes })
    await chain.ledger.store.write(state.changes())
    chain.head = block
    chain.hashes.set(block.header.number, block.hash())
    return undefined
  } catch (error) {
    return error as Error
  }
}

const decodeBlock = ({ common }: ExecutionRules, bytes: Uint8Array): Block =>
  createBlockFromRLP(bytes, { common })

/** Where the timestamp stands among the fields of a header. */
const TIMESTAMP_FIELD = 11

/** The rules of a block hang on its timestamp, which must be known before it can be decoded. */
function forkOf({ first, second }: ForkSchedule, bytes: Uint8Array): Fork {
  const [header] = RLP.decode(bytes) as [Uint8Array[]]
  return bytesToBigInt(header[TIMESTAMP_FIELD]!) < TRANSITION_TIME ? first : second
}
