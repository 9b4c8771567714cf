import { EVM, type ExecResult, type PrecompileFunc } from '@ethereumjs/evm'
import { type Address, hexToBytes, type PrefixedHexString } from '@ethereumjs/util'
import { GenaroError } from '../util/errors.ts'
import { giveWay, isTurnOver } from '../util/giveWay.ts'
import { createCodeAnalyses, useKeptAnalyses } from './codeAnalysis.ts'
import { improvePrecompile } from './precompiles.ts'

export type ExecutionErrorCode = 'EXECUTION_TIMEOUT'

/** An execution that was ended from outside; what it did must be thrown away. */
export class ExecutionError extends GenaroError<ExecutionErrorCode> {}

/**
 * Opcodes at which execution may pause. Every loop passes a JUMPDEST and every recursion a call or a creation;
 * hashes and powers are here because a long line of them alone takes a while.
 */
const PAUSING_OPCODES = [0x0a, 0x20, 0x5b, 0xf0, 0xf1, 0xf2, 0xf4, 0xf5, 0xfa]
/** How many of these pass before the clock is read; a power of two. */
const OPCODES_PER_LOOK = 32

type OpcodeEntry = EVM['_opcodeMap'][number]

/** An EVM that gives other work its turn while it runs, ends at a deadline, and knows faster precompiles. */
export class GenaroEVM extends EVM {
  /** When to give up, on the clock of `performance.now()`; undefined for work that others wait for. */
  deadline: number | undefined
  /** What was found out about code that ran before. */
  readonly analyses = createCodeAnalyses()
  private passed = 0
  private isPausing = false

  /** Forgets what an execution that was cut short left behind; the state itself is not touched. */
  reset(): void {
    const Journal = this.journal.constructor as new (
      state: EVM['stateManager'],
      common: EVM['common'],
    ) => EVM['journal']
    this.journal = new Journal(this.stateManager, this.common)
    this.transientStorage.clear()
  }

  /** Called by EVM's constructor, before the fields above exist. */
  override getActiveOpcodes(): ReturnType<EVM['getActiveOpcodes']> {
    const opcodes = super.getActiveOpcodes()
    for (const opcode of PAUSING_OPCODES) {
      this._opcodeMap[opcode] = this.withPause(this._opcodeMap[opcode]!)
    }
    return opcodes
  }

  override getPrecompile(address: Address | PrefixedHexString): PrecompileFunc | undefined {
    const stock = super.getPrecompile(address)
    if (stock === undefined) return undefined
    return improvePrecompile(
      typeof address === 'string' ? hexToBytes(address) : address.bytes,
      stock,
    )
  }

  protected override runPrecompile(
    code: PrecompileFunc,
    data: Uint8Array,
    gasLimit: bigint,
  ): Promise<ExecResult> | ExecResult {
    if (!isTurnOver()) return super.runPrecompile(code, data, gasLimit)
    return this.pause().then(() => super.runPrecompile(code, data, gasLimit))
  }

  private withPause(entry: OpcodeEntry): OpcodeEntry {
    const { opcodeInfo, opHandler } = entry
    const isAsync = opcodeInfo.isAsync
    // The interpreter awaits a handler only where this says so, and an await costs as much as the opcode.
    const info = Object.create(opcodeInfo, {
      isAsync: { get: () => this.isPauseDue() || isAsync },
    }) as typeof opcodeInfo
    return {
      ...entry,
      opcodeInfo: info,
      opHandler: (runState, common) => {
        useKeptAnalyses(runState.interpreter)
        if (!this.isPausing) return opHandler(runState, common)
        this.isPausing = false
        return this.pause().then(() => opHandler(runState, common))
      },
    }
  }

  private isPauseDue(): boolean {
    this.passed = (this.passed + 1) % OPCODES_PER_LOOK
    this.isPausing ||= this.passed === 0 && isTurnOver()
    return this.isPausing
  }

  private async pause(): Promise<void> {
    await giveWay(this.deadline === undefined)
    if (this.deadline !== undefined && performance.now() > this.deadline) {
      throw new ExecutionError('EXECUTION_TIMEOUT', {
        message: 'execution aborted: it took longer than this node allows for a call',
        hint: 'Ask for less in one call.',
      })
    }
  }
}
