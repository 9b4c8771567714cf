/** The first byte of every key of the chain's database: what kind of entry it leads to. */
export const KEY_PREFIX = {
  /** 's' ‖ Keccak-256 of a state or storage trie node → the node's RLP. */
  trieNode: 0x73,
  /** 'c' ‖ Keccak-256 of a contract's code → the code. */
  code: 0x63,
} as const

/** A database key: the prefix of its kind, then what tells entries of the kind apart. */
export function databaseKey(prefix: number, suffix: Uint8Array): Uint8Array {
  const key = new Uint8Array(1 + suffix.length)
  key[0] = prefix
  key.set(suffix, 1)
  return key
}
