import { createKeccak } from 'hash-wasm'

// One hasher serves every call: each call starts it anew and finishes before it returns.
const hasher = await createKeccak(256)

/** Keccak-256 as Ethereum uses it (before SHA-3 changed the padding). 32 new bytes. */
export const keccak256 = (message: Uint8Array): Uint8Array =>
  hasher.init().update(message).digest('binary')
