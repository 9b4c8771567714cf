import type { Common } from '@ethereumjs/common'
import type { EVM } from '@ethereumjs/evm'
import { VM } from '@ethereumjs/vm'
import { GenaroEVM } from './genaroEVM.ts'
import { storageOpcodes } from './opcodes/storageOpcodes.ts'
import { curves } from './precompiles.ts'
import type { WorldState } from './state/worldState.ts'

/** Gives the hash of an earlier block on the branch being executed (BLOCKHASH). */
export type BlockHashes = (number: bigint) => Uint8Array | undefined

/** What one execution works on. */
export interface Workplace {
  state: WorldState
  blockHashes: BlockHashes
  /**
   * When to end the execution with `ExecutionError` EXECUTION_TIMEOUT, on the clock of `performance.now()`. A
   * block has none: whatever fits its gas is run to the end.
   */
  deadline?: number | undefined
}

export interface MachineOptions {
  common: Common
  /** The seven storage opcodes of the paper; without them their bytes are invalid, as on Ethereum. */
  storageOpcodes?: boolean
}

const ZERO_HASH = new Uint8Array(32)

/**
 * BLOCKHASH asks a blockchain for a block by number. The stock answer is the canonical one, which is
 * wrong on a side branch; this one walks the branch under execution.
 */
const ancestorView = (blockHashes: BlockHashes): EVM['blockchain'] => {
  const view: EVM['blockchain'] = {
    getBlock: async (number) => ({ hash: () => blockHashes(BigInt(number)) ?? ZERO_HASH }),
    putBlock: async () => {},
    shallowCopy: () => view,
  }
  return view
}

/** An EthereumJS VM whose EVM is ours; runs `runTx` and nothing else of the stock VM. */
export class Machine extends VM {
  declare readonly evm: GenaroEVM

  /** Making an EVM costs as much as twenty transfers, so one serves many executions. */
  moveTo({ state, blockHashes, deadline }: Workplace): void {
    const { evm } = this
    evm.stateManager = state
    evm.blockchain = ancestorView(blockHashes)
    evm.reset()
    evm.deadline = deadline
    Object.assign(this, { stateManager: state })
  }
}

const NOWHERE: BlockHashes = () => undefined

/** A machine standing at a workplace. */
export function createMachine(options: MachineOptions, workplace: Workplace): Machine {
  const { common, storageOpcodes: hasStorageOpcodes = true } = options
  const { state } = workplace
  const evm = withoutNewListeners(
    common,
    () =>
      new GenaroEVM({
        common,
        stateManager: state,
        blockchain: ancestorView(NOWHERE),
        customOpcodes: hasStorageOpcodes ? storageOpcodes() : [],
        ...curves,
      }),
  )
  const machine = new Machine({ common, stateManager: state, blockchain: undefined, evm })
  machine.moveTo(workplace)
  return machine
}

/**
 * An EVM listens to its rule set for another hard fork, and so would never be let go. A network's rule set stays
 * on one fork.
 */
function withoutNewListeners<Result>({ events }: Common, make: () => Result): Result {
  const before = new Set(events.listeners('hardforkChanged'))
  const result = make()
  for (const listener of events.listeners('hardforkChanged')) {
    if (!before.has(listener)) events.off('hardforkChanged', listener)
  }
  return result
}

/**
 * Lends machines. Executions overlap (a call is tried while a block is built), and a machine serves one
 * at a time, so there are as many as run at once, and a few wait for the next.
 */
export interface MachinePark {
  use<Result>(workplace: Workplace, work: (machine: Machine) => Promise<Result>): Promise<Result>
}

const MAX_IDLE = 16

export function createMachinePark(options: MachineOptions): MachinePark {
  const idle: Machine[] = []
  return {
    async use(workplace, work) {
      const machine = idle.pop() ?? createMachine(options, workplace)
      machine.moveTo(workplace)
      const result = await work(machine)
      // A machine whose work threw is dropped: an execution cut short may have left a frame open.
      if (idle.length < MAX_IDLE) idle.push(machine)
      return result
    },
  }
}
