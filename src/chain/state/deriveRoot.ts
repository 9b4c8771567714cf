import { RLP } from '@ethereumjs/rlp'
import { bytesToHex } from '@ethereumjs/util'
import { keyToBytes } from './hash.ts'
import { StateError } from './stateError.ts'
import { insert } from './trie.ts'
import type { Trie } from './trieNode.ts'
import { sealTrie } from './trieSeal.ts'

/**
 * The root of a list: the trie of its items under the RLP of their indexes, as headers have it for
 * transactions, receipts and withdrawals (Ethereum YP 4.3). Items are encodings and never empty.
 */
export function deriveRoot(items: readonly Uint8Array[]): Uint8Array {
  let trie: Trie
  items.forEach((item, index) => {
    trie = insert(nothingStored, trie, bytesToHex(RLP.encode(index)).slice(2), item)
  })
  return keyToBytes(sealTrie(trie, () => {}))
}

const nothingStored = (): never => {
  throw new StateError('MISSING_NODE', { message: 'A list has no stored nodes' })
}
