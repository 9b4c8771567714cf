import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { type Address, hexToBytes, type PrefixedHexString } from '@ethereumjs/util'
import { FunctionFragment } from 'ethers/abi'
import { SYSTEM_CONTRACTS, type SystemContractName } from '../../src/protocol/addresses.ts'
import { GNX } from '../../src/protocol/params.ts'
import { systemContractInterface } from '../../src/protocol/systemContracts.ts'
import {
  ALICE,
  assertReverted,
  BOB,
  ContractBench,
  encodeCall,
  succeeded,
} from '../helpers/contractBench.ts'
import { compileFixture } from '../helpers/fixtureContracts.ts'

const NAMES = Object.keys(SYSTEM_CONTRACTS) as SystemContractName[]
const actorSource = compileFixture('Actor')

let bench: ContractBench
let actor: { address: Address; abi: ReturnType<typeof systemContractInterface> }
beforeEach(async () => {
  bench = await ContractBench.create()
  actor = await bench.deploy(actorSource.abi, actorSource.creationBytecode)
})

const callData = (name: SystemContractName, method: string, args: unknown[] = []) =>
  encodeCall(systemContractInterface(name), method, args)

/** Has the actor contract call a system contract. */
const throughActor = (
  act: string,
  name: SystemContractName,
  method: string,
  args: unknown[] = [],
  value = 0n,
) => bench.call(actor, act, [SYSTEM_CONTRACTS[name], callData(name, method, args)], { value })

describe('every system contract', () => {
  test('refuses coins that are sent without a purpose', async () => {
    for (const name of NAMES) {
      const error = name === 'StorageView' ? 'ValueRefused' : 'PlainTransferRefused'
      assertReverted(await bench.callRaw(name, new Uint8Array(0), { value: 1n }), error)
    }
  })

  test('refuses a function it does not have, and calldata too short for one', async () => {
    for (const name of NAMES) {
      const unknown = await bench.callRaw(name, hexToBytes('0xdeadbeef'))
      assertReverted(unknown, 'UnknownFunction', '0xdeadbeef')
      const short = await bench.callRaw(name, hexToBytes('0x010203'))
      assert.equal(short.failure, 'revert')
      assert.ok(short.error !== undefined)
    }
  })

  test('refuses coins sent along with a function that takes none', async () => {
    for (const name of NAMES) {
      const { fragments } = systemContractInterface(name)
      for (const fragment of fragments.filter((entry) => entry instanceof FunctionFragment)) {
        if (fragment.payable) continue
        const padded = new Uint8Array(4 + 10 * 32)
        padded.set(hexToBytes(fragment.selector as PrefixedHexString))
        const outcome = await bench.callRaw(name, padded, { value: 1n })
        assert.equal(outcome.failure, 'revert', `${name}.${fragment.format()}`)
      }
    }
  })

  test('writes nothing in a static call', async () => {
    succeeded(await throughActor('act', 'Staking', 'bet', [], 6_000n * GNX))
    const writes: [SystemContractName, string, unknown[]][] = [
      ['Staking', 'setPayee', [BOB]],
      ['Staking', 'unstake', [1]],
      ['Nodes', 'register', ['0x01', 1, `0x${'00'.repeat(32)}`]],
      ['StorageMarket', 'withdrawCredit', []],
      ['StorageView', 'dataVersionUpdate', [ALICE, `0x${'00'.repeat(32)}`]],
    ]
    for (const [name, method, args] of writes) {
      const outcome = succeeded(await throughActor('actStatically', name, method, args))
      assert.deepEqual(outcome.result, [false], `${name}.${method} succeeded`)
    }
    const views: [SystemContractName, string, unknown[]][] = [
      ['Staking', 'stakeOf', [ALICE]],
      ['StorageView', 'sentinelHeft', [ALICE]],
    ]
    for (const [name, method, args] of views) {
      const outcome = succeeded(await throughActor('actStatically', name, method, args))
      assert.deepEqual(outcome.result, [true], `${name}.${method} failed`)
    }
  })
})
