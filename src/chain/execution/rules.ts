import type { Common } from '@ethereumjs/common'
import { createMachinePark, type MachinePark } from '../machine.ts'

/** Under which rules blocks are executed. One path executes Genaro's blocks and Ethereum's fixtures. */
export interface ExecutionRules {
  /** Ethereum's rule set (Cancun to Osaka) and the chain id. */
  common: Common
  machines: MachinePark
  /** Whether the beacon ring is written at the start of each block: on every Genaro network. */
  beacon: boolean
  /**
   * Whether requests to a consensus layer (EIP-6110, 7002, 7251) are gathered. Genaro is its own
   * consensus layer: its blocks carry the field, empty, and none of those contracts.
   */
  requests: boolean
}

export interface RulesOptions {
  common: Common
  storageOpcodes?: boolean
  beacon?: boolean
  requests?: boolean
}

export const createExecutionRules = ({
  common,
  storageOpcodes = true,
  beacon = true,
  requests = false,
}: RulesOptions): ExecutionRules => ({
  common,
  machines: createMachinePark({ common, storageOpcodes }),
  beacon,
  requests,
})
