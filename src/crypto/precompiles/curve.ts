import {
  FP_BYTES,
  G1_BYTES,
  G2_BYTES,
  GT_BYTES,
  type MCLModule,
  type Pointer,
} from './mclModule.ts'

/** How a precompile writes the coordinates of a curve's points. */
export interface CurveEncoding {
  modulus: bigint
  /** Bytes of a coordinate that carry its value, big-endian. */
  fieldBytes: number
  /** Bytes that a coordinate takes; the ones before the value are zero. */
  paddedBytes: number
  /** Where the imaginary part of a coordinate of G2 stands before the real one. */
  imaginaryFirst: boolean
}

/** Points between a precompile's bytes and a module's memory. Infinity is all zeros. */
export interface CurveCodec {
  g1InputBytes: number
  g2InputBytes: number
  /** Throws unless the bytes are a coordinate below the modulus. */
  readField(to: Pointer, input: Uint8Array): void
  /** Throws unless the bytes are a point on the curve. */
  readG1(to: Pointer, input: Uint8Array): void
  readG2(to: Pointer, input: Uint8Array): void
  /** Makes a point's coordinates affine in place. */
  writeG1(point: Pointer): Uint8Array
  writeG2(point: Pointer): Uint8Array
  /** Puts bytes where a module's function can read them; up to 64. */
  stage(bytes: Uint8Array): Pointer
}

const STAGED_BYTES = 64

/** Bytes that are no point, coordinate or scalar of the curve. */
export class CurveError extends Error {}

export function createCurveCodec(module: MCLModule, encoding: CurveEncoding): CurveCodec {
  const { fieldBytes, paddedBytes, imaginaryFirst } = encoding
  const modulus = toBytes(encoding.modulus, fieldBytes)
  const one = toBytes(1n, fieldBytes)
  const zero = new Uint8Array(fieldBytes)
  const staged = module._malloc(STAGED_BYTES)
  const g1InputBytes = 2 * paddedBytes
  const g2InputBytes = 4 * paddedBytes
  const realAt = imaginaryFirst ? paddedBytes : 0
  const imaginaryAt = imaginaryFirst ? 0 : paddedBytes

  const stage = (bytes: Uint8Array): Pointer => {
    module.HEAP8.set(bytes, staged)
    return staged
  }
  const put = (to: Pointer, value: Uint8Array): void => {
    module._mclBnFp_setBigEndianMod(to, stage(value), value.length)
  }
  const readField = (to: Pointer, input: Uint8Array, offset = 0): void => {
    const value = input.subarray(offset + paddedBytes - fieldBytes, offset + paddedBytes)
    if (!isBelow(value, modulus)) throw new CurveError('a coordinate is not below the modulus')
    put(to, value)
  }
  const readField2 = (to: Pointer, input: Uint8Array, offset: number): void => {
    readField(to, input, offset + realAt)
    readField(to + FP_BYTES, input, offset + imaginaryAt)
  }
  const writeField = (from: Pointer, to: Uint8Array, offset: number): void => {
    // Leading zeros are not written, so what an earlier use left behind must not be taken for them.
    const length = module._mclBnFp_getLittleEndian(staged, STAGED_BYTES, from)
    const { HEAP8 } = module
    const last = offset + paddedBytes - 1
    for (let i = 0; i < length; i++) to[last - i] = HEAP8[staged + i]!
  }

  return {
    g1InputBytes,
    g2InputBytes,
    readField,
    stage,
    readG1(to, input) {
      if (isZero(input)) return module._mclBnG1_clear(to)
      readField(to, input, 0)
      readField(to + FP_BYTES, input, paddedBytes)
      put(to + 2 * FP_BYTES, one)
      if (module._mclBnG1_isValid(to) !== 1) throw new CurveError('a point is not on the curve')
    },
    readG2(to, input) {
      if (isZero(input)) return module._mclBnG2_clear(to)
      readField2(to, input, 0)
      readField2(to + 2 * FP_BYTES, input, 2 * paddedBytes)
      put(to + 4 * FP_BYTES, one)
      put(to + 5 * FP_BYTES, zero)
      if (module._mclBnG2_isValid(to) !== 1) throw new CurveError('a point is not on the curve')
    },
    writeG1(point) {
      const output = new Uint8Array(g1InputBytes)
      if (module._mclBnG1_isZero(point) === 1) return output
      module._mclBnG1_normalize(point, point)
      writeField(point, output, 0)
      writeField(point + FP_BYTES, output, paddedBytes)
      return output
    },
    writeG2(point) {
      const output = new Uint8Array(g2InputBytes)
      if (module._mclBnG2_isZero(point) === 1) return output
      module._mclBnG2_normalize(point, point)
      for (const [at, offset] of [
        [point, 0],
        [point + 2 * FP_BYTES, 2 * paddedBytes],
      ] as const) {
        writeField(at, output, offset + realAt)
        writeField(at + FP_BYTES, output, offset + imaginaryAt)
      }
      return output
    },
  }
}

/** Multiplies up pairings and says whether the product is one. */
export function createPairingCheck(module: MCLModule, codec: CurveCodec) {
  const g1 = module._malloc(G1_BYTES)
  const g2 = module._malloc(G2_BYTES)
  const product = module._malloc(GT_BYTES)
  const factor = module._malloc(GT_BYTES)
  const pairBytes = codec.g1InputBytes + codec.g2InputBytes

  /** Throws unless the input is pairs of points of the right subgroups; none at all make one. */
  return (input: Uint8Array): boolean => {
    module._mclBnGT_setInt32(product, 1)
    for (let at = 0; at < input.length; at += pairBytes) {
      codec.readG1(g1, input.subarray(at, at + codec.g1InputBytes))
      requireSubgroup(module._mclBnG1_isValidOrder(g1))
      codec.readG2(g2, input.subarray(at + codec.g1InputBytes, at + pairBytes))
      requireSubgroup(module._mclBnG2_isValidOrder(g2))
      if (module._mclBnG1_isZero(g1) === 1 || module._mclBnG2_isZero(g2) === 1) continue
      module._mclBn_millerLoop(factor, g1, g2)
      module._mclBnGT_mul(product, product, factor)
    }
    module._mclBn_finalExp(product, product)
    return module._mclBnGT_isOne(product) === 1
  }
}

export function requireSubgroup(isValidOrder: number): void {
  if (isValidOrder !== 1) throw new CurveError('a point is outside the subgroup')
}

/** A pairing check's answer: 32 bytes, 1 or 0. */
export function toWord(isTrue: boolean): Uint8Array {
  const word = new Uint8Array(32)
  word[31] = isTrue ? 1 : 0
  return word
}

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0)

function isBelow(bytes: Uint8Array, limit: Uint8Array): boolean {
  for (let i = 0; i < limit.length; i++) {
    if (bytes[i] !== limit[i]) return bytes[i]! < limit[i]!
  }
  return false
}

const toBytes = (value: bigint, length: number): Uint8Array =>
  Uint8Array.from(Buffer.from(value.toString(16).padStart(2 * length, '0'), 'hex'))
