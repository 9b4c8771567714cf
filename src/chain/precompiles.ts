import type { EVMOpts, PrecompileFunc } from '@ethereumjs/evm'
import { type CurvePrecompiles, loadCurvePrecompiles } from '../crypto/precompiles.ts'

let loaded: CurvePrecompiles | undefined

/** The curves as an EVM takes them when it is made, which is before they are loaded. */
export const curves = {
  bls: {
    addG1: (input) => loaded!.bls.addG1(input),
    addG2: (input) => loaded!.bls.addG2(input),
    msmG1: (input) => loaded!.bls.msmG1(input),
    msmG2: (input) => loaded!.bls.msmG2(input),
    mapFPtoG1: (input) => loaded!.bls.mapFPtoG1(input),
    mapFP2toG2: (input) => loaded!.bls.mapFP2toG2(input),
    pairingCheck: (input) => loaded!.bls.pairingCheck(input),
  },
  bn254: {
    add: (input) => loaded!.bn254.add(input),
    mul: (input) => loaded!.bn254.mul(input),
    pairing: (input) => loaded!.bn254.pairing(input),
  },
} satisfies Pick<EVMOpts, 'bls' | 'bn254'>

const withCurves =
  (stock: PrecompileFunc): PrecompileFunc =>
  (input) => {
    if (loaded !== undefined) return stock(input)
    return loadCurvePrecompiles().then((curvePrecompiles) => {
      loaded = curvePrecompiles
      return stock(input)
    })
  }

type Improvement = (stock: PrecompileFunc) => PrecompileFunc

/** By the number that is the address: alt_bn128 (6 to 8) and BLS12-381 (0x0b to 0x11). */
const IMPROVEMENTS: ReadonlyMap<number, Improvement> = new Map(
  [6, 7, 8, 11, 12, 13, 14, 15, 16, 17].map((number) => [number, withCurves]),
)

const improved = new WeakMap<PrecompileFunc, PrecompileFunc>()

/** The precompile to run where the stock one would: the same answers and gas, in less time. */
export function improvePrecompile(address: Uint8Array, stock: PrecompileFunc): PrecompileFunc {
  const known = improved.get(stock)
  if (known !== undefined) return known
  const number = (address[18]! << 8) | address[19]!
  const better = IMPROVEMENTS.get(number)?.(stock) ?? stock
  improved.set(stock, better)
  return better
}
