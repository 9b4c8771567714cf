import { createCurveCodec, createPairingCheck, requireSubgroup, toWord } from './curve.ts'
import {
  BLS12_381,
  FP_BYTES,
  FR_BYTES,
  G1_BYTES,
  G2_BYTES,
  loadMCL,
  type MCLModule,
  type Pointer,
} from './mclModule.ts'

/** mcl over BLS12-381, for what else needs the curve. */
export const bls12381Module: MCLModule = await loadMCL(BLS12_381)

const module = bls12381Module
const codec = createCurveCodec(module, {
  modulus:
    0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn,
  fieldBytes: 48,
  paddedBytes: 64,
  imaginaryFirst: false,
})
const checkPairings = createPairingCheck(module, codec)

const G1_INPUT_BYTES = 128
const G2_INPUT_BYTES = 256
const SCALAR_BYTES = 32
const FIELD_INPUT_BYTES = 64
/** Pairs multiplied at once: enough for the joint method to pay, in memory that stays the same. */
const PAIRS_AT_ONCE = 128

const points = module._malloc(PAIRS_AT_ONCE * G2_BYTES)
const scalars = module._malloc(PAIRS_AT_ONCE * FR_BYTES)
const result = module._malloc(G2_BYTES)
const part = module._malloc(G2_BYTES)

interface Group {
  inputBytes: number
  pointBytes: number
  read(to: Pointer, input: Uint8Array): void
  write(point: Pointer): Uint8Array
  clear(point: Pointer): void
  isValidOrder(point: Pointer): number
  add(to: Pointer, a: Pointer, b: Pointer): void
  mulVec(to: Pointer, points: Pointer, scalars: Pointer, count: number): void
}

const g1: Group = {
  inputBytes: G1_INPUT_BYTES,
  pointBytes: G1_BYTES,
  read: codec.readG1,
  write: codec.writeG1,
  clear: module._mclBnG1_clear,
  isValidOrder: module._mclBnG1_isValidOrder,
  add: module._mclBnG1_add,
  mulVec: module._mclBnG1_mulVec,
}

const g2: Group = {
  inputBytes: G2_INPUT_BYTES,
  pointBytes: G2_BYTES,
  read: codec.readG2,
  write: codec.writeG2,
  clear: module._mclBnG2_clear,
  isValidOrder: module._mclBnG2_isValidOrder,
  add: module._mclBnG2_add,
  mulVec: module._mclBnG2_mulVec,
}

/** The sum of two points. Points need not be in the subgroup (EIP-2537, "subgroup checks"). */
function add({ inputBytes, pointBytes, read, write, ...group }: Group, input: Uint8Array) {
  read(points, input.subarray(0, inputBytes))
  read(points + pointBytes, input.subarray(inputBytes, 2 * inputBytes))
  group.add(result, points, points + pointBytes)
  return write(result)
}

function multiply({ inputBytes, pointBytes, read, write, ...group }: Group, input: Uint8Array) {
  const pairBytes = inputBytes + SCALAR_BYTES
  group.clear(result)
  for (let first = 0; first < input.length; first += PAIRS_AT_ONCE * pairBytes) {
    let count = 0
    const end = Math.min(input.length, first + PAIRS_AT_ONCE * pairBytes)
    for (let at = first; at < end; at += pairBytes) {
      const point = points + count * pointBytes
      read(point, input.subarray(at, at + inputBytes))
      requireSubgroup(group.isValidOrder(point))
      const scalar = codec.stage(input.subarray(at + inputBytes, at + pairBytes))
      module._mclBnFr_setBigEndianMod(scalars + count * FR_BYTES, scalar, SCALAR_BYTES)
      count++
    }
    group.mulVec(part, points, scalars, count)
    group.add(result, result, part)
  }
  return write(result)
}

/**
 * The BLS12-381 precompiles (EIP-2537) after their input's length and padding were checked: bytes in, bytes
 * out. They throw for what is no field element, no point of the curve, or outside the subgroup where that counts.
 */
export const bls12381Precompiles = {
  addG1: (input: Uint8Array): Uint8Array => add(g1, input),
  addG2: (input: Uint8Array): Uint8Array => add(g2, input),
  msmG1: (input: Uint8Array): Uint8Array => multiply(g1, input),
  msmG2: (input: Uint8Array): Uint8Array => multiply(g2, input),
  mapFPtoG1(input: Uint8Array): Uint8Array {
    codec.readField(points, input)
    module._mclBnFp_mapToG1(result, points)
    return codec.writeG1(result)
  },
  mapFP2toG2(input: Uint8Array): Uint8Array {
    codec.readField(points, input)
    codec.readField(points + FP_BYTES, input.subarray(FIELD_INPUT_BYTES))
    module._mclBnFp2_mapToG2(result, points)
    return codec.writeG2(result)
  },
  pairingCheck: (input: Uint8Array): Uint8Array => toWord(checkPairings(input)),
}
