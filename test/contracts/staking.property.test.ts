import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Address, hexToBytes } from '@ethereumjs/util'
import fc from 'fast-check'
import { systemContractAddress } from '../../src/protocol/addresses.ts'
import { createDevnetFarmers } from '../../src/protocol/devnetFarmers.ts'
import { GNX } from '../../src/protocol/params.ts'
import { ALICE, BOB, ContractBench, checksum, succeeded } from '../helpers/contractBench.ts'
import { createTestKey } from '../helpers/validatorKey.ts'

const MINIMUM = 5_000n * GNX
const FARMERS = createDevnetFarmers()
const STAKING = systemContractAddress('Staking')
const ACTIONS = [
  ...(['bet', 'bet', 'bet', 'unstake', 'unstake', 'unstake', 'withdraw', 'wait'] as const),
  ...(['node', 'node', 'retire', 'resign', 'return'] as const),
]

/** One step of two accounts' lives; amounts count in halves of the minimum stake. */
const steps = fc.array(
  fc.record({
    action: fc.constantFrom(...ACTIONS),
    isBob: fc.boolean(),
    halves: fc.bigInt(1n, 6n),
  }),
  { minLength: 10, maxLength: 30 },
)

type Step = Parameters<Parameters<typeof steps.map>[0]>[0][number]

test('Staking holds exactly the stakes and unbondings, and never less than what is locked', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (life) => {
      const bench = await ContractBench.create()
      const validator = new Address(hexToBytes(bench.genesis.validators[0]!.address))
      for (const [who, number] of [
        [ALICE, 1],
        [BOB, 2],
      ] as const) {
        await registerKey(bench, who, number)
      }
      let slot = 0n
      for (const step of life) {
        if (step.action === 'wait') slot += 20n * step.halves
        await bench.setSlot(slot)
        await take(bench, step)
      }
      const farmers = FARMERS.map(({ address }) => address)
      await checkBooks(bench, [validator, ...farmers, ALICE, BOB])
    }),
    { numRuns: 15 },
  )
})

/** Proofs depend on account and key alone, so each is made once. */
const registrations = new Map<Address, unknown[]>()

async function registerKey(bench: ContractBench, who: Address, number: number): Promise<void> {
  const key = createTestKey(number)
  const args = registrations.get(who) ?? [key.publicKey, await key.proveFor(bench, who), who]
  registrations.set(who, args)
  succeeded(await bench.call('Staking', 'registerKey', args, { from: who }))
}

async function take(bench: ContractBench, { action, isBob, halves }: Step): Promise<void> {
  const from = isBob ? BOB : ALICE
  const amount = (halves * MINIMUM) / 2n
  const zero = `0x${'00'.repeat(32)}`
  if (action === 'bet') {
    succeeded(await bench.call('Staking', 'bet', [], { from, value: amount }))
  } else if (action === 'unstake') await bench.call('Staking', 'unstake', [amount], { from })
  else if (action === 'withdraw') await bench.call('Staking', 'withdraw', [], { from })
  else if (action === 'resign') await bench.call('Staking', 'resign', [], { from })
  else if (action === 'return') await registerKey(bench, from, isBob ? 2 : 1)
  else if (action === 'node') {
    await bench.call('Nodes', 'register', [`0x0${halves}`, 1, zero], { from })
  } else if (action === 'retire') {
    const active = (await bench.view('Nodes', 'activeNodesOf', from, 0, 1)) as bigint[]
    if (active.length > 0) succeeded(await bench.call('Nodes', 'retire', active, { from }))
  }
}

async function checkBooks(bench: ContractBench, accounts: Address[]): Promise<void> {
  let staked = 0n
  let unbonding = 0n
  const candidates = (await bench.view('Staking', 'candidates', 0, 10)) as string[]
  for (const who of accounts) {
    const stake = (await bench.view('Staking', 'stakeOf', who)) as bigint
    const locked = (await bench.view('Staking', 'lockedStakeOf', who)) as bigint
    assert.ok(stake >= locked, `${who} has ${stake} staked and ${locked} locked`)
    const isCandidate = (await bench.view('Staking', 'isCandidate', who)) as boolean
    const nodes = (await bench.view('Nodes', 'activeNodeCountOf', who)) as bigint
    assert.equal(locked, (nodes + (isCandidate ? 1n : 0n)) * MINIMUM)
    assert.equal(candidates.includes(checksum(who)), isCandidate)
    staked += stake
    const list = (await bench.view('Staking', 'unbondingOf', who)) as [bigint, bigint][]
    for (const [amountWei] of list) unbonding += amountWei
  }
  assert.equal(candidates.length, new Set(candidates).size)
  assert.equal(await bench.view('Staking', 'totalStake'), staked)
  assert.equal(await bench.balanceOf(STAKING), staked + unbonding)
}
