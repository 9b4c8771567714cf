import type { PrefixedHexString } from '@ethereumjs/util'
import { readPack } from '../helpers/fixtures.ts'

export const STATE_PACK = 'eest-v5.4.0-state_tests.tar.zst'

/** The rule sets that this project promises; earlier ones are left out. */
export const FORKS = ['Cancun', 'Prague', 'Osaka'] as const
export type Fork = (typeof FORKS)[number]

export interface FixtureAccount {
  nonce: PrefixedHexString
  balance: PrefixedHexString
  code: PrefixedHexString
  storage: Record<PrefixedHexString, PrefixedHexString>
}

export interface FixtureEnvironment {
  currentCoinbase: PrefixedHexString
  currentGasLimit: PrefixedHexString
  currentNumber: PrefixedHexString
  currentTimestamp: PrefixedHexString
  currentRandom: PrefixedHexString
  currentBaseFee: PrefixedHexString
  currentExcessBlobGas: PrefixedHexString
}

/** One transaction on one state under one rule set, with what must come of it. */
export interface StateCase {
  name: string
  /** What it is counted under: the fork's name. */
  group: string
  fork: Fork
  chainId: bigint
  environment: FixtureEnvironment
  accounts: Record<PrefixedHexString, FixtureAccount>
  transactionBytes: PrefixedHexString
  stateRoot: PrefixedHexString
  logsHash: PrefixedHexString
  /** Present when the transaction cannot be part of a block: why, in the fixtures' words. */
  expectException: string | undefined
}

interface StateFixture {
  env: FixtureEnvironment
  pre: Record<PrefixedHexString, FixtureAccount>
  config: { chainid: PrefixedHexString }
  post: Record<
    string,
    {
      hash: PrefixedHexString
      logs: PrefixedHexString
      txbytes: PrefixedHexString
      expectException?: string
    }[]
  >
}

/** Every case of the official state tests under our rule sets, in the pack's order. */
export async function* readStateCases(): AsyncGenerator<StateCase> {
  for await (const { text } of readPack(STATE_PACK)) {
    const fixtures = JSON.parse(text) as Record<string, StateFixture>
    for (const [name, { env, pre, config, post }] of Object.entries(fixtures)) {
      for (const fork of FORKS) {
        for (const expected of post[fork] ?? []) {
          yield {
            name,
            group: fork,
            fork,
            chainId: BigInt(config.chainid),
            environment: env,
            accounts: pre,
            transactionBytes: expected.txbytes,
            stateRoot: expected.hash,
            logsHash: expected.logs,
            expectException: expected.expectException,
          }
        }
      }
    }
  }
}
