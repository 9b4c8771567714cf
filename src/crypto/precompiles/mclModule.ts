import createModule from 'mcl-wasm/dist/mcl_c.js'

/** A place in the memory of a module. */
export type Pointer = number

/**
 * The functions of mcl's WebAssembly module used here. Its JavaScript wrapper passes numbers as hexadecimal
 * text, which costs five times the addition of two points, and holds one curve per process.
 */
export interface MCLModule {
  /** The module's memory; asked for anew each time, since growing it replaces the array. */
  readonly HEAP8: Int8Array
  _malloc(sizeBytes: number): Pointer
  _mclBn_init(curve: number, compiledFor: number): number
  _mclBn_setMapToMode(mode: number): number
  _mclBn_setETHserialization(on: number): void
  _mclBn_verifyOrderG1(on: number): void
  _mclBn_verifyOrderG2(on: number): void
  _mclBnFp_setBigEndianMod(to: Pointer, bytes: Pointer, length: number): number
  _mclBnFp_getLittleEndian(bytes: Pointer, maxLength: number, from: Pointer): number
  _mclBnFp_mapToG1(to: Pointer, from: Pointer): number
  _mclBnFp2_mapToG2(to: Pointer, from: Pointer): number
  _mclBnFr_setBigEndianMod(to: Pointer, bytes: Pointer, length: number): number
  _mclBnG1_deserialize(to: Pointer, bytes: Pointer, length: number): number
  _mclBnG1_serialize(bytes: Pointer, maxLength: number, from: Pointer): number
  _mclBnGT_setInt32(to: Pointer, value: number): void
  _mclBnGT_mul(to: Pointer, a: Pointer, b: Pointer): void
  _mclBnGT_isOne(value: Pointer): number
  _mclBn_millerLoop(to: Pointer, g1: Pointer, g2: Pointer): void
  _mclBn_finalExp(to: Pointer, from: Pointer): void
  _mclBnG1_clear(point: Pointer): void
  _mclBnG1_isZero(point: Pointer): number
  _mclBnG1_isValid(point: Pointer): number
  _mclBnG1_isValidOrder(point: Pointer): number
  _mclBnG1_normalize(to: Pointer, from: Pointer): void
  _mclBnG1_add(to: Pointer, a: Pointer, b: Pointer): void
  _mclBnG1_sub(to: Pointer, a: Pointer, b: Pointer): void
  _mclBnG1_neg(to: Pointer, from: Pointer): void
  _mclBnG1_mul(to: Pointer, point: Pointer, scalar: Pointer): void
  _mclBnG1_mulVec(to: Pointer, points: Pointer, scalars: Pointer, count: number): void
  _mclBnG2_clear(point: Pointer): void
  _mclBnG2_isZero(point: Pointer): number
  _mclBnG2_isValid(point: Pointer): number
  _mclBnG2_isValidOrder(point: Pointer): number
  _mclBnG2_normalize(to: Pointer, from: Pointer): void
  _mclBnG2_add(to: Pointer, a: Pointer, b: Pointer): void
  _mclBnG2_mulVec(to: Pointer, points: Pointer, scalars: Pointer, count: number): void
}

/** mcl's numbers for the two curves of Ethereum's precompiles. */
export const BN254 = 4
export const BLS12_381 = 5

/** Sizes in bytes of mcl's numbers and points in memory; the same for both curves. */
export const FP_BYTES = 48
export const FR_BYTES = 32
export const G1_BYTES = 3 * FP_BYTES
export const G2_BYTES = 6 * FP_BYTES
export const GT_BYTES = 12 * FP_BYTES

/** What the module was compiled for: units of 4 and 6 words; `init` refuses any other. */
const COMPILED_FOR = (FR_BYTES / 8) * 10 + FP_BYTES / 8
/** MCL_MAP_TO_MODE_HASH_TO_CURVE_07: the map of RFC 9380, which EIP-2537 asks for. */
const MAP_OF_RFC_9380 = 5

/** A module of its own for one curve. Subgroups are checked where a caller says so, not by `isValid`. */
export async function loadMCL(curve: typeof BN254 | typeof BLS12_381): Promise<MCLModule> {
  const module = (await createModule({ cryptoGetRandomValues: noRandomness })) as MCLModule
  const failure = module._mclBn_init(curve, COMPILED_FOR)
  if (failure !== 0) throw new Error(`mcl cannot be set up for curve ${curve}: ${failure}`)
  module._mclBn_verifyOrderG1(0)
  module._mclBn_verifyOrderG2(0)
  if (curve === BLS12_381) {
    module._mclBn_setMapToMode(MAP_OF_RFC_9380)
    module._mclBn_setETHserialization(1)
  }
  return module
}

const noRandomness = (): never => {
  throw new Error('precompiles draw no random numbers')
}
