import type { PrefixedHexString } from '@ethereumjs/util'
import { readPack } from '../helpers/fixtures.ts'
import { type FixtureAccount, FORKS, type Fork } from './stateCases.ts'

export const BLOCK_PACK = 'eest-v5.4.0-blockchain_tests.tar.zst'

/** The rule sets a chain of fixture blocks goes through: the second from `TRANSITION_TIME` on. */
export interface ForkSchedule {
  first: Fork
  second: Fork
}

/** When fixtures whose network is named `…AtTime15k` change their rules. */
export const TRANSITION_TIME = 15_000n

/** A chain of blocks on a genesis, and the block that must be its head in the end. */
export interface BlockCase {
  name: string
  /** What it is counted under: the network's name. */
  group: string
  schedule: ForkSchedule
  chainId: bigint
  genesisBytes: PrefixedHexString
  accounts: Record<PrefixedHexString, FixtureAccount>
  blocks: { rlp: PrefixedHexString; expectException?: string }[]
  headHash: PrefixedHexString
}

interface BlockFixture {
  network: string
  genesisRLP: PrefixedHexString
  pre: Record<PrefixedHexString, FixtureAccount>
  blocks: { rlp: PrefixedHexString; expectException?: string }[]
  lastblockhash: PrefixedHexString
  config: { chainid: PrefixedHexString }
}

/** Files of the pack whose data is stored elsewhere: nothing but a pointer is in it. */
export const POINTER_FILES: ReadonlySet<string> = new Set([
  'blockchain_tests/berlin/eip2930_access_list/test_tx_intrinsic_gas.json',
  'blockchain_tests/cancun/eip4844_blobs/test_sufficient_balance_blob_tx.json',
  'blockchain_tests/frontier/scenarios/test_scenarios.json',
  'blockchain_tests/osaka/eip7934_block_rlp_limit/test_block_at_rlp_size_limit_boundary.json',
  'blockchain_tests/osaka/eip7934_block_rlp_limit/test_block_rlp_size_at_limit_with_all_typed_transactions.json',
  'blockchain_tests/osaka/eip7934_block_rlp_limit/test_fork_transition_block_rlp_limit.json',
  'blockchain_tests/prague/eip2537_bls_12_381_precompiles/test_valid.json',
  'blockchain_tests/static/state_tests/stPreCompiledContracts/precompsEIP2929Cancun.json',
  'blockchain_tests/static/state_tests/stStackTests/underflowTest.json',
  'blockchain_tests/static/state_tests/stTimeConsuming/sstore_combinations_initial01_2_Paris.json',
  'blockchain_tests/static/state_tests/stTimeConsuming/sstore_combinations_initial11_2_Paris.json',
  'blockchain_tests/static/state_tests/stTimeConsuming/sstore_combinations_initial21_2_Paris.json',
])

/** The rule sets of a fixture network, or undefined for those outside Cancun to Osaka. */
export function scheduleOf(network: string): ForkSchedule | undefined {
  const [first, second = first] = network.replace(/AtTime15k$/, '').split('To')
  const isFork = (name: string | undefined): name is Fork => FORKS.some((fork) => fork === name)
  return isFork(first) && isFork(second) ? { first, second } : undefined
}

/** Every chain of the official block tests under our rule sets, in the pack's order. */
export async function* readBlockCases(): AsyncGenerator<BlockCase> {
  for await (const { path, text } of readPack(BLOCK_PACK)) {
    if (POINTER_FILES.has(path)) continue
    for (const [name, fixture] of Object.entries(
      JSON.parse(text) as Record<string, BlockFixture>,
    )) {
      const schedule = scheduleOf(fixture.network)
      if (schedule === undefined) continue
      yield {
        name,
        group: fixture.network,
        schedule,
        chainId: BigInt(fixture.config.chainid),
        genesisBytes: fixture.genesisRLP,
        accounts: fixture.pre,
        blocks: fixture.blocks,
        headHash: fixture.lastblockhash,
      }
    }
  }
}
