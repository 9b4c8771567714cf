import type { Common } from '@ethereumjs/common'
import type { Network } from '../../protocol/networks.ts'
import { createMachinePark, type MachinePark } from '../machine.ts'

/** What the steps derived at the end of a block ask of the network. */
export type InspectionRules = Pick<Network, 'epochLengthSlots'>

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
  /** Where blocks hold network transactions and derived steps: on every Genaro network, not in Ethereum's fixtures. */
  inspections: InspectionRules | undefined
}

export interface RulesOptions {
  common: Common
  storageOpcodes?: boolean
  beacon?: boolean
  requests?: boolean
  inspections?: InspectionRules | undefined
}

export const createExecutionRules = ({
  common,
  storageOpcodes = true,
  beacon = true,
  requests = false,
  inspections,
}: RulesOptions): ExecutionRules => ({
  common,
  machines: createMachinePark({ common, storageOpcodes }),
  beacon,
  requests,
  inspections,
})
