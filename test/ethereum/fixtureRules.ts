import { createExecutionRules, type ExecutionRules } from '../../src/chain/execution/rules.ts'
import { customCrypto } from '../../src/crypto/customCrypto.ts'
import { createCommon } from '../../src/protocol/common.ts'
import type { Fork } from './stateCases.ts'

/** The rules of each fork and chain, made once for all cases. */
export type RulesOf = (fork: Fork, chainId: bigint) => ExecutionRules

/** Ethereum's rules under our executor: no beacon ring, and requests to a consensus layer gathered. */
export function createFixtureRules({ storageOpcodes }: { storageOpcodes: boolean }): RulesOf {
  const known = new Map<string, ExecutionRules>()
  return (fork, chainId) => {
    const key = `${fork}/${chainId}`
    const hardfork = fork.toLowerCase()
    const rules =
      known.get(key) ??
      createExecutionRules({
        common: createCommon({ chainId, hardfork, customCrypto }),
        storageOpcodes,
        beacon: false,
        requests: true,
      })
    known.set(key, rules)
    return rules
  }
}
