import type { CipherEngine, CTRCipher, GCMCipher } from './cipher.ts'
import { counterBytes, TAG_BYTES } from './cipher.ts'

type NodeCrypto = typeof import('node:crypto')

/**
 * AES by Node's OpenSSL, or undefined where there is none. The module is asked for at run time, so that
 * bundlers for browsers find no import.
 */
export function createNodeEngine(): CipherEngine | undefined {
  const crypto: NodeCrypto | undefined = globalThis.process?.getBuiltinModule?.('node:crypto')
  if (crypto === undefined) return undefined
  return {
    name: 'node',
    gcm: async (key) => createGCM(crypto, key),
    ctr: async (key) => createCTR(crypto, key),
  }
}

function createGCM(crypto: NodeCrypto, bytes: Uint8Array): GCMCipher {
  // A KeyObject is four times cheaper to start a cipher with than raw bytes.
  const key = crypto.createSecretKey(bytes)
  return {
    async seal({ nonce, bytes, associated }, into = new Uint8Array(bytes.length + TAG_BYTES)) {
      const cipher = crypto.createCipheriv('aes-256-gcm', key, nonce)
      if (associated !== undefined) cipher.setAAD(associated)
      into.set(cipher.update(bytes))
      cipher.final()
      into.set(cipher.getAuthTag(), bytes.length)
      return into
    },
    async open({ nonce, bytes, associated }) {
      if (bytes.length < TAG_BYTES) return undefined
      const options = { authTagLength: TAG_BYTES }
      const decipher = crypto.createDecipheriv('aes-256-gcm', key, nonce, options)
      if (associated !== undefined) decipher.setAAD(associated)
      decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES))
      const plaintext = decipher.update(bytes.subarray(0, bytes.length - TAG_BYTES))
      try {
        decipher.final()
      } catch {
        return undefined
      }
      return withoutBuffer(plaintext)
    },
  }
}

function createCTR(crypto: NodeCrypto, bytes: Uint8Array): CTRCipher {
  const key = crypto.createSecretKey(bytes)
  return {
    async apply(counter, bytes) {
      const cipher = crypto.createCipheriv('aes-256-ctr', key, counterBytes(counter))
      return withoutBuffer(cipher.update(bytes))
    },
  }
}

/** A Buffer's `slice` shares memory where every other array's copies, so none leaves this file. */
const withoutBuffer = (buffer: Buffer): Uint8Array =>
  new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
