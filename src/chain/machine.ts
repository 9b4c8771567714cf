import type { Common } from '@ethereumjs/common'
import { EVM, type EVMOpts, NobleBN254 } from '@ethereumjs/evm'
import { VM } from '@ethereumjs/vm'
import { storageOpcodes } from './opcodes/storageOpcodes.ts'
import type { WorldState } from './state/worldState.ts'

/** Gives the hash of an earlier block on the branch being executed (BLOCKHASH). */
export type BlockHashes = (number: bigint) => Uint8Array | undefined

/** What one execution works on. */
export interface Workplace {
  state: WorldState
  blockHashes: BlockHashes
}

export interface MachineOptions {
  common: Common
  /** The seven storage opcodes of the paper; without them their bytes are invalid, as on Ethereum. */
  storageOpcodes?: boolean
}

/** The EVM with the storage opcodes, able to move from one state to the next. */
class GenaroEVM extends EVM {
  /** Making an EVM costs as much as twenty transfers, so one serves many executions. */
  moveTo({ state, blockHashes }: Workplace): void {
    this.stateManager = state
    this.blockchain = ancestorView(blockHashes)
    this.reset()
  }

  /** Forgets what an execution that was cut short left behind; the state itself is not touched. */
  reset(): void {
    const Journal = this.journal.constructor as new (
      state: WorldState,
      common: Common,
    ) => EVM['journal']
    this.journal = new Journal(this.stateManager as WorldState, this.common)
    this.transientStorage.clear()
  }
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

  moveTo(workplace: Workplace): void {
    this.evm.moveTo(workplace)
    Object.assign(this, { stateManager: workplace.state })
  }
}

const NOWHERE: BlockHashes = () => undefined

/** A machine standing at a workplace. */
export function createMachine(options: MachineOptions, workplace: Workplace): Machine {
  const { common } = options
  const evmOptions: EVMOpts = {
    common,
    stateManager: workplace.state,
    blockchain: ancestorView(NOWHERE),
    bn254: new NobleBN254(),
    customOpcodes: options.storageOpcodes === false ? [] : storageOpcodes(),
  }
  const evm = new GenaroEVM(evmOptions)
  const machine = new Machine({ common, stateManager: workplace.state, blockchain: undefined, evm })
  machine.moveTo(workplace)
  return machine
}

/**
 * Lends machines. Executions overlap (a call is tried while a block is built), and a machine serves one
 * at a time, so there are as many as ever ran at once and no more.
 */
export interface MachinePark {
  use<Result>(workplace: Workplace, work: (machine: Machine) => Promise<Result>): Promise<Result>
}

export function createMachinePark(options: MachineOptions): MachinePark {
  const idle: Machine[] = []
  return {
    async use(workplace, work) {
      const machine = idle.pop() ?? createMachine(options, workplace)
      machine.moveTo(workplace)
      const result = await work(machine)
      // A machine whose work threw is dropped: an execution cut short may have left a frame open.
      idle.push(machine)
      return result
    },
  }
}
