/** What EthereumJS's interpreter makes of code before its first jump, and only reads from then on. */
export interface CodeAnalysis {
  /** 1 where a jump may lead. */
  jumps: Uint8Array
  pushes: Record<number, bigint>
  opcodesCached: unknown[]
}

/** Analyses by the code they are of. They belong to one EVM, whose opcodes they name. */
export interface CodeAnalyses {
  of(code: Uint8Array, analyse: () => CodeAnalysis): CodeAnalysis
}

/** Enough for all system contracts several times over; an analysis takes about thirty times as much memory. */
const KEPT_CODE_BYTES = 262_144

/**
 * Keeps the analyses of code that is run again and again: making one goes through all of the code, which for a call of
 * a large contract costs more than the call. Code is known by its object, since states hand out the same one for
 * reading only; of what is seen once, such as the code of a creation, nothing is kept.
 */
export function createCodeAnalyses(keptCodeBytes = KEPT_CODE_BYTES): CodeAnalyses {
  const seen = new WeakSet<Uint8Array>()
  const kept = new Map<Uint8Array, CodeAnalysis>()
  let total = 0

  const keep = (code: Uint8Array, analysis: CodeAnalysis): void => {
    kept.set(code, analysis)
    total += code.length
    for (const oldest of kept.keys()) {
      if (total <= keptCodeBytes) break
      kept.delete(oldest)
      total -= oldest.length
    }
  }

  return {
    of(code, analyse) {
      const known = kept.get(code)
      if (known !== undefined) return known
      const analysis = analyse()
      if (seen.has(code)) keep(code, analysis)
      else seen.add(code)
      return analysis
    },
  }
}

/** The part of EthereumJS's interpreter that is changed; the class itself is not exported. */
interface Interpreter {
  readonly _evm: { readonly analyses?: CodeAnalyses }
  _getValidJumpDestinations(code: Uint8Array): CodeAnalysis
}

let isInstalled = false

/** Makes interpreters ask the analyses their EVM keeps, if it keeps any; `interpreter` is any of them. */
export function useKeptAnalyses(interpreter: object): void {
  if (isInstalled) return
  isInstalled = true
  const prototype = Object.getPrototypeOf(interpreter) as Interpreter
  const analyse = prototype._getValidJumpDestinations
  prototype._getValidJumpDestinations = function (code) {
    const run = () => analyse.call(this, code)
    return this._evm.analyses?.of(code, run) ?? run()
  }
}
