/** The curve precompiles; each method takes and gives bytes as its EIP says and throws for bytes it refuses. */
export interface CurvePrecompiles {
  bls: typeof import('./precompiles/bls12381.ts').bls12381Precompiles
  bn254: typeof import('./precompiles/bn254.ts').bn254Precompiles
}

let loading: Promise<CurvePrecompiles> | undefined

/**
 * Loads the curves. Two WebAssembly modules take about a seventh of a second, which few contracts ever need, so
 * it is done once and when first asked for.
 */
export function loadCurvePrecompiles(): Promise<CurvePrecompiles> {
  loading ??= Promise.all([
    import('./precompiles/bls12381.ts'),
    import('./precompiles/bn254.ts'),
  ]).then(([bls, bn254]) => ({ bls: bls.bls12381Precompiles, bn254: bn254.bn254Precompiles }))
  return loading
}
