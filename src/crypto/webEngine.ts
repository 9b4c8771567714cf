import type { CipherEngine, CTRCipher, GCMCipher } from './cipher.ts'
import { counterBytes } from './cipher.ts'

/** AES by WebCrypto: browsers, and every other runtime that has it. */
export const createWebEngine = (): CipherEngine => ({
  name: 'web',
  gcm: async (key) => createGCM(await importKey(key, 'AES-GCM')),
  ctr: async (key) => createCTR(await importKey(key, 'AES-CTR')),
})

const importKey = (key: Uint8Array, name: 'AES-GCM' | 'AES-CTR'): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', own(key), name, false, ['encrypt', 'decrypt'])

function createGCM(key: CryptoKey): GCMCipher {
  const algorithm = (nonce: Uint8Array, associated: Uint8Array | undefined): AesGcmParams => ({
    name: 'AES-GCM',
    iv: own(nonce),
    ...(associated === undefined ? {} : { additionalData: own(associated) }),
  })
  return {
    async seal({ nonce, bytes, associated }, into) {
      const sealed = await crypto.subtle.encrypt(algorithm(nonce, associated), key, own(bytes))
      if (into === undefined) return new Uint8Array(sealed)
      into.set(new Uint8Array(sealed))
      return into
    },
    async open({ nonce, bytes, associated }) {
      try {
        const plain = await crypto.subtle.decrypt(algorithm(nonce, associated), key, own(bytes))
        return new Uint8Array(plain)
      } catch {
        return undefined
      }
    },
  }
}

/** The second half of the counter counts blocks; the first half never changes. */
const COUNTER_BITS = 64

const createCTR = (key: CryptoKey): CTRCipher => ({
  async apply(counter, bytes) {
    const algorithm = { name: 'AES-CTR', counter: counterBytes(counter), length: COUNTER_BITS }
    return new Uint8Array(await crypto.subtle.encrypt(algorithm, key, own(bytes)))
  },
})

/** WebCrypto takes no views on shared memory; nothing here hands it any. */
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => bytes as Uint8Array<ArrayBuffer>
