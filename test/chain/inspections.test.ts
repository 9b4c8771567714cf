import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Block } from '@ethereumjs/block'
import { bytesToHex, hexToBytes, type PrefixedHexString, setLengthLeft } from '@ethereumjs/util'
import type { LogDescription } from 'ethers'
import { decodeBlock } from '../../src/chain/blockCodec.ts'
import { SYSTEM_CONTRACTS, systemContractAddress } from '../../src/protocol/addresses.ts'
import { createDevnetFarmers } from '../../src/protocol/devnetFarmers.ts'
import type { Genesis } from '../../src/protocol/genesis.ts'
import { heftKey } from '../../src/protocol/slots.ts'
import { systemContractInterface } from '../../src/protocol/systemContracts.ts'
import { proveInspection } from '../../src/spor/proveInspection.ts'
import type { SumTree } from '../../src/spor/sumTree.ts'
import type { ContractBench } from '../helpers/contractBench.ts'
import { InspectionBench, type JoinedReplica } from '../helpers/inspectionBench.ts'
import { memoryReader } from '../spor/inspectionBench.ts'
import { NetworkBench, namesOf, totalOf } from './networkBench.ts'

/** A little more than a MiB, so that it weighs one unit of heft. */
const LEAVES = 1_100
const [FARMER] = createDevnetFarmers()

/** A chain that begins where node 0 has joined one replica; the real contracts carry it out. */
class InspectedChain {
  readonly bench: NetworkBench
  readonly genesis: Genesis
  readonly tree: SumTree
  readonly replica: JoinedReplica

  private constructor(made: Pick<InspectedChain, 'bench' | 'genesis' | 'tree' | 'replica'>) {
    this.bench = made.bench
    this.genesis = made.genesis
    this.tree = made.tree
    this.replica = made.replica
  }

  static async create(): Promise<InspectedChain> {
    const setUp = await InspectionBench.create()
    const replica = await setUp.joined(0, LEAVES)
    const genesis = genesisOf(setUp.bench)
    const bench = await NetworkBench.open(genesis)
    return new InspectedChain({ bench, genesis, tree: setUp.trees[0]!, replica })
  }

  /** Mines until an event of a name comes, and gives it. */
  async until(name: string): Promise<LogDescription> {
    for (let i = 0; i < 60; i++) {
      const event = this.eventsOf(await this.bench.mine()).find((one) => one.name === name)
      if (event !== undefined) return event
    }
    throw new Error(`no ${name} in 60 blocks`)
  }

  eventsOf(block: Block): LogDescription[] {
    const inspections = systemContractInterface('Inspections')
    return this.bench.chain
      .receiptsOf(block.hash())!
      .flatMap(({ logs }) => logs)
      .filter(({ address }) => bytesToHex(address) === SYSTEM_CONTRACTS.Inspections)
      .map(
        ({ topics, data }) =>
          inspections.parseLog({ topics: topics.map(bytesToHex), data: bytesToHex(data) })!,
      )
  }

  /** The right answer to a challenge that opened. */
  async answerTo({ args }: LogDescription) {
    const proof = await proveInspection({
      tree: this.tree,
      seed: hexToBytes(args.seed),
      isExcused: () => false,
      readLeaves: memoryReader([this.replica]),
    })
    return this.bench.answer(args.challengeId, { proof, key: FARMER!.privateKey })
  }
}

/** The contracts' state of a bench, as a chain begins with it. */
function genesisOf({ evm, genesis }: ContractBench): Genesis {
  const stack = evm.stateManager as unknown as { storageStack: Map<string, Uint8Array>[] }
  const alloc = structuredClone(genesis.alloc)
  for (const account of Object.values(alloc)) account.storage = {}
  for (const [place, value] of stack.storageStack.at(-1)!) {
    const [address, key] = place.split('_') as [PrefixedHexString, PrefixedHexString]
    if (value.length > 0) alloc[address]!.storage[key] = bytesToHex(setLengthLeft(value, 32))
  }
  return { ...genesis, alloc }
}

describe('on a chain with a farmer', () => {
  test('an answer passes, counts in the header, and every block verifies elsewhere', async () => {
    const chain = await InspectedChain.create()
    const { bench } = chain
    const opened = await chain.until('ChallengeOpened')
    assert.equal(totalOf(bench.chain.head), 0n)
    const block = await bench.mine([await chain.answerTo(opened)])
    assert.deepEqual(bench.rejected, [])
    assert.deepEqual(namesOf(block), [`answer ${opened.args.challengeId}`])
    assert.deepEqual(
      chain.eventsOf(block).map(({ name }) => name),
      ['Passed'],
    )
    assert.equal(totalOf(block), BigInt(LEAVES) * 1_024n)

    const other = await NetworkBench.open(chain.genesis)
    for (let number = 1n; number <= block.header.number; number++) {
      const bytes = bench.chain.blockByNumber(number)!.serialize()
      await other.adopt(decodeBlock(bytes, other.chain.common))
    }
    assert.deepEqual(other.chain.head.hash(), block.hash())
  })

  test('a wrong proof and a second answer are left out, and the chain goes on', async () => {
    const chain = await InspectedChain.create()
    const { bench } = chain
    const opened = await chain.until('ChallengeOpened')
    const right = await chain.answerTo(opened)
    const wrong = bench.answer(opened.args.challengeId, { key: FARMER!.privateKey })
    const block = await bench.mine([wrong, right, await chain.answerTo(opened)])
    assert.deepEqual(namesOf(block), [`answer ${opened.args.challengeId}`])
    assert.equal(bench.rejected.length, 2)
  })

  test('silence is a strike by a derived step, and no total falls', async () => {
    const chain = await InspectedChain.create()
    const struck = await chain.until('Struck')
    const { head } = chain.bench.chain
    assert.equal(struck.args.strikes, 1n)
    assert.ok(namesOf(head).includes('step'))
    assert.equal(totalOf(head), 0n)
  })

  test('a rewind puts challenges, totals and strikes back', async () => {
    const chain = await InspectedChain.create()
    const { bench } = chain
    const opened = await chain.until('ChallengeOpened')
    const before = bench.chain.head
    const answer = await chain.answerTo(opened)
    const passed = await bench.mine([answer])
    await bench.chain.rewind(before)
    const again = await bench.mine([answer])
    assert.deepEqual(again.hash(), passed.hash())
  })

  test('an epoch’s first block renews heft from what was proven', async () => {
    const chain = await InspectedChain.create()
    const { bench } = chain
    const names: string[] = []
    // The first sync begins to count what is paid for, the second finds it paid through an epoch.
    while (bench.chain.head.header.number < 20n) {
      const block = await bench.mine()
      names.push(...namesOf(block))
      const opened = chain.eventsOf(block).find(({ name }) => name === 'ChallengeOpened')
      if (opened !== undefined) await bench.mine([await chain.answerTo(opened)])
    }
    assert.ok(names.includes('sync'))
    const state = bench.chain.stateOf(bench.chain.head)
    const heft = await state.getStorage(systemContractAddress('Heft'), heftKey(FARMER!.address))
    assert.deepEqual(heft, Uint8Array.of(1))
  })
})
