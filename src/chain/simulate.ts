import type { Block } from '@ethereumjs/block'
import type { AccessList, EOACode7702AuthorizationList } from '@ethereumjs/tx'
import type { Address } from '@ethereumjs/util'
import type { Chain, Log } from './chain.ts'
import type { WorldState } from './state/worldState.ts'

/** A message to try out: a transaction without nonce and signature. */
export interface Message {
  from: Address
  to: Address | undefined
  value: bigint
  data: Uint8Array
  gasLimit: bigint
  /** Absent: the call is free, and the BASEFEE opcode reads 0, as in other nodes. */
  fees?: { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint }
  accessList?: AccessList
  authorizationList?: EOACode7702AuthorizationList
}

export interface Simulation {
  /** All gas used, intrinsic gas included, refunds taken off. */
  gasUsed: bigint
  returnValue: Uint8Array
  /** Undefined when it succeeded; 'revert' when the contract reverted, else the exception's name. */
  failure: string | undefined
  logs: Log[]
  createdAddress: Address | undefined
  /** Slots and addresses touched beyond those always warm (EIP-2930 form). */
  accessList: AccessList
}

/** Where a message is tried: on which state, and under which block's header. */
export interface SimulationContext {
  chain: Chain
  state: WorldState
  header: Block['header']
}

declare function simulate(context: SimulationContext, message: Message): Promise<Simulation>
export { simulate }
