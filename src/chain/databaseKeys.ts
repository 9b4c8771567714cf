/** The first byte of every key of the chain's database: what kind of entry it leads to. */
export const DATABASE_KEYS = {
  /** 's' ‖ Keccak-256 of a state or storage trie node → the node's RLP. */
  trieNode: 0x73,
  /** 'c' ‖ Keccak-256 of a contract's code → the code. */
  code: 0x63,
  /** 'b' ‖ block hash → the block's RLP. */
  block: 0x62,
  /** 'l' ‖ block hash → the proposer's seal. */
  seal: 0x6c,
  /** 'r' ‖ block hash → the block's receipts. */
  receipts: 0x72,
  /** 'n' ‖ block number (8 bytes) → the hash of the canonical block. */
  canonical: 0x6e,
  /** 't' ‖ transaction hash → the canonical block's hash and the place in it. */
  transaction: 0x74,
  /** 'h' → the hash of the head block. */
  head: 0x68,
  /** 'o' ‖ name → a small value of whoever drives the chain. */
  note: 0x6f,
} as const

const NOTHING = new Uint8Array(0)

/** A database key: the byte of its kind, then what tells entries of the kind apart. */
export function databaseKey(kind: number, suffix: Uint8Array = NOTHING): Uint8Array {
  const key = new Uint8Array(1 + suffix.length)
  key[0] = kind
  key.set(suffix, 1)
  return key
}
