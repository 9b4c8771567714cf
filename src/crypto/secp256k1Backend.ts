import { createRequire } from 'node:module'
import * as tiny from 'tiny-secp256k1'
import { errorMessage } from '../util/errors.ts'
import { CryptoError } from './errors.ts'

/** The curve operations on secp256k1. Arguments have the right lengths; contents are checked here. */
export interface Secp256k1Backend {
  readonly name: 'native' | 'wasm'
  /** 64 bytes, x ‖ y. */
  recover(hash: Uint8Array, signature: Uint8Array, recovery: 0 | 1): Uint8Array
  /** r ‖ s ‖ yParity, 65 bytes. */
  sign(hash: Uint8Array, privateKey: Uint8Array): Uint8Array
  /** 64 bytes, x ‖ y. */
  publicKey(privateKey: Uint8Array): Uint8Array
}

/** What is used of the native package, which brings no types. */
interface NativeSecp256k1 {
  ecdsaRecover(
    signature: Uint8Array,
    recovery: number,
    hash: Uint8Array,
    compressed: boolean,
  ): Uint8Array
  ecdsaSign(hash: Uint8Array, privateKey: Uint8Array): { signature: Uint8Array; recid: number }
  publicKeyCreate(privateKey: Uint8Array, compressed: boolean): Uint8Array
}

/** A result that is missing and an exception mean the same: the input was not acceptable. */
function checked<Result>(
  code: 'BAD_SIGNATURE' | 'BAD_KEY',
  what: string,
  run: () => Result | null,
) {
  let cause: unknown
  try {
    const result = run()
    if (result !== null) return result
  } catch (error) {
    cause = error
  }
  const reason = cause === undefined ? '' : `: ${errorMessage(cause)}`
  throw new CryptoError(code, { message: `${what}${reason}`, cause })
}

const NO_PUBLIC_KEY = 'No public key made this signature'
const NO_PRIVATE_KEY = 'The private key must be above zero and below the group order'

const withParity = (signature: Uint8Array, parity: number): Uint8Array => {
  const bytes = new Uint8Array(signature.length + 1)
  bytes.set(signature)
  bytes[signature.length] = parity
  return bytes
}

/** libsecp256k1 compiled to WebAssembly: everywhere. */
export const wasmBackend: Secp256k1Backend = {
  name: 'wasm',
  recover: (hash, signature, recovery) =>
    checked('BAD_SIGNATURE', NO_PUBLIC_KEY, () => tiny.recover(hash, signature, recovery)).slice(1),
  sign: (hash, privateKey) => {
    const { signature, recoveryId } = checked('BAD_KEY', NO_PRIVATE_KEY, () =>
      tiny.signRecoverable(hash, privateKey),
    )
    return withParity(signature, recoveryId)
  },
  publicKey: (privateKey) =>
    checked('BAD_KEY', NO_PRIVATE_KEY, () => tiny.pointFromScalar(privateKey, false)).slice(1),
}

/**
 * libsecp256k1 as a native addon, four times as fast, or undefined where it has no binary. The package's
 * own entry is never used: without a binary it silently falls back to `elliptic`, whose nonces can leak
 * the key (CVE-2025-14505).
 */
export function loadNativeBackend(): Secp256k1Backend | undefined {
  let native: NativeSecp256k1
  try {
    native = createRequire(import.meta.url)('secp256k1/bindings')
  } catch {
    return undefined
  }
  return {
    name: 'native',
    recover: (hash, signature, recovery) =>
      checked('BAD_SIGNATURE', NO_PUBLIC_KEY, () =>
        native.ecdsaRecover(signature, recovery, hash, false),
      ).slice(1),
    sign: (hash, privateKey) => {
      const { signature, recid } = checked('BAD_KEY', NO_PRIVATE_KEY, () =>
        native.ecdsaSign(hash, privateKey),
      )
      return withParity(signature, recid)
    },
    publicKey: (privateKey) =>
      checked('BAD_KEY', NO_PRIVATE_KEY, () => native.publicKeyCreate(privateKey, false)).slice(1),
  }
}

/** The fastest backend this machine has. */
export const backend: Secp256k1Backend = loadNativeBackend() ?? wasmBackend
