/** AES-256 by the platform. Every engine gives the same bytes. */
export interface CipherEngine {
  readonly name: 'node' | 'web'
  /** Prepares a key of 32 bytes for AES-256-GCM (NIST SP 800-38D). */
  gcm(key: Uint8Array): Promise<GCMCipher>
  /** Prepares a key of 32 bytes for AES-256-CTR (NIST SP 800-38A). */
  ctr(key: Uint8Array): Promise<CTRCipher>
}

export interface GCMCipher {
  /**
   * The ciphertext and its tag of 16 bytes, in `into` if it is given, which has that length. A nonce of 12 bytes
   * must never serve two messages.
   */
  seal(message: GCMMessage, into?: Uint8Array): Promise<Uint8Array>
  /** The plaintext, or undefined when anything differs from what was sealed. */
  open(message: GCMMessage): Promise<Uint8Array | undefined>
}

export interface GCMMessage {
  nonce: Uint8Array
  bytes: Uint8Array
  /** What is authenticated beside the bytes; nothing by default. */
  associated?: Uint8Array
}

export interface CTRCipher {
  /**
   * `bytes` combined by XOR with the keystream from a block of 16 bytes on, in new memory. Blocks are numbered
   * by two halves of the counter, so that streams of one key cannot run into each other.
   */
  apply(counter: CTRCounter, bytes: Uint8Array): Promise<Uint8Array>
}

export interface CTRCounter {
  /** The counter's first 8 bytes, as a number; 0 by default. */
  stream?: number
  /** The counter's last 8 bytes, as a number. */
  block: number
}

export const AES_BLOCK_BYTES = 16

/** Bytes that GCM adds. */
export const TAG_BYTES = 16

/** The counter as AES-CTR takes it, 16 bytes. */
export function counterBytes({ stream = 0, block }: CTRCounter): Uint8Array<ArrayBuffer> {
  const counter = new Uint8Array(AES_BLOCK_BYTES)
  const view = new DataView(counter.buffer)
  view.setBigUint64(0, BigInt(stream))
  view.setBigUint64(8, BigInt(block))
  return counter
}
