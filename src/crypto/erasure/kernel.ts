import { multiply } from './galoisField.ts'
import { RELAXED_KERNEL, STANDARD_KERNEL } from './kernelModules.ts'

/**
 * The arithmetic of GF(2^8) on rows of bytes in a small memory of its own, compiled to WebAssembly SIMD from
 * `assembly/erasure/kernel.ts`. All addresses and lengths are bytes in that memory; rows stand
 * `stride` bytes apart, and `length` is a multiple of `KERNEL_STEP_BYTES` except for `equal`.
 */
export interface Kernel {
  readonly name: 'standard' | 'relaxed'
  /** All of the memory. It never grows, so this view stays good. */
  readonly bytes: Uint8Array
  /** Sets output rows to products of a packed matrix at `COEFFICIENTS_AT` with the input rows. */
  multiply(
    coefficients: number,
    inputCount: number,
    outputCount: number,
    inputs: number,
    outputs: number,
    stride: number,
    length: number,
  ): void
  /** From a polynomial's values in `count` rows to its coefficients, in place. */
  interpolate(rows: number, count: number, twiddles: number, stride: number, length: number): void
  /** From coefficients to values, in place. */
  evaluate(rows: number, count: number, twiddles: number, stride: number, length: number): void
  /** Adds `count` rows to as many others. */
  addRows(from: number, to: number, count: number, stride: number, length: number): void
  /** Whether two runs of bytes are equal. */
  equal(a: number, b: number, length: number): boolean
}

/** How many bytes of a row the kernel works on at once. */
export const KERNEL_STEP_BYTES = 32

/** Where coefficients are put: room for the largest matrix, 128 × 128. */
export const COEFFICIENTS_AT = 256 * 32

/** Where the factors of a transform are put: less than one for each of 256 points. */
export const TWIDDLES_AT = COEFFICIENTS_AT + 128 * 128

/** Where rows may stand, from here to the end of the memory. */
export const WORKSPACE_AT = TWIDDLES_AT + 256

/** Starts the standard kernel, or the relaxed one where the engine has those instructions. */
export function createKernel(name: Kernel['name'] = fastestKernel()): Kernel {
  const module = new WebAssembly.Module(moduleBytes(name))
  const exports = new WebAssembly.Instance(module).exports as unknown as KernelExports
  const bytes = new Uint8Array(exports.memory.buffer)
  writeProducts(bytes)
  const equal = (a: number, b: number, length: number) => exports.equal(a, b, length) !== 0
  const { multiply, interpolate, evaluate, addRows } = exports
  return { name, bytes, multiply, interpolate, evaluate, addRows, equal }
}

/** The kernel that this thread's codes share. Calls are synchronous, so one workspace serves them all. */
export const sharedKernel = (): Kernel => {
  shared ??= createKernel()
  return shared
}

let shared: Kernel | undefined

/** Which of the two modules this engine runs fastest. */
export const fastestKernel = (): Kernel['name'] =>
  WebAssembly.validate(moduleBytes('relaxed')) ? 'relaxed' : 'standard'

type KernelExports = Omit<Kernel, 'name' | 'bytes' | 'equal'> & {
  memory: WebAssembly.Memory
  equal(a: number, b: number, length: number): number
}

const moduleBytes = (name: Kernel['name']): Uint8Array<ArrayBuffer> => {
  const base64 = name === 'relaxed' ? RELAXED_KERNEL : STANDARD_KERNEL
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

/** What the kernel looks products up in: per factor sixteen with the low nibbles, sixteen with the high. */
function writeProducts(bytes: Uint8Array): void {
  for (let factor = 0; factor < 256; factor++) {
    for (let nibble = 0; nibble < 16; nibble++) {
      bytes[32 * factor + nibble] = multiply(factor, nibble)
      bytes[32 * factor + 16 + nibble] = multiply(factor, nibble << 4)
    }
  }
}
