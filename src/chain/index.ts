/** `genaro/chain`: the state transition, the rules and the chain's database, without node or network. */
export type {
  BlockPlan,
  Chain,
  ExecutedBlock,
  LaneSource,
  Log,
  Receipt,
  TransactionSource,
} from './chain.ts'
export { SimulationError } from './checkMessage.ts'
export { ChainError, type ChainErrorCode } from './errors.ts'
export { createExecutionRules, type ExecutionRules } from './execution/rules.ts'
export { verifyBlock } from './execution/verifyBlock.ts'
export { readNetworkTransaction } from './networkSender.ts'
export { type ChainOptions, openChain } from './openChain.ts'
export { type Message, type Simulation, simulate } from './simulate.ts'
export { type NetworkSimulation, simulateNetworkTransaction } from './simulateNetworkTransaction.ts'
export { createStateDatabase } from './state/stateDatabase.ts'
export type { StateDatabase, WorldState } from './state/worldState.ts'
