import type { Proof, StorageProof } from '@ethereumjs/common'
import {
  Account,
  type Address,
  bigIntToHex,
  bytesToBigInt,
  bytesToHex,
  setLengthLeft,
} from '@ethereumjs/util'
import { decodeAccount } from './accountCodec.ts'
import { bytesToKey, type Hash } from './hash.ts'
import { decodeSlot, type SlotSource } from './storageLayer.ts'
import { find } from './trie.ts'
import type { Trie } from './trieNode.ts'
import { trieOfRoot } from './trieSeal.ts'
import { proveKey } from './trieWalk.ts'

/**
 * The proof of an account and some of its slots under a state root (EIP-1186): of what they hold, or that
 * they hold nothing. Numbers and values are quantities; an absent account reads as the empty one.
 */
export function proveAccount(
  source: SlotSource,
  root: Hash,
  address: Address,
  slots: readonly Uint8Array[],
): Proof {
  const trie = trieOfRoot(root)
  const path = source.pathOf(bytesToKey(address.bytes))
  const encoding = find(source.load, trie, path)
  const account = encoding === undefined ? new Account() : decodeAccount(encoding)
  const storage = trieOfRoot(bytesToKey(account.storageRoot))
  return {
    address: address.toString(),
    balance: bigIntToHex(account.balance),
    nonce: bigIntToHex(account.nonce),
    codeHash: bytesToHex(account.codeHash),
    storageHash: bytesToHex(account.storageRoot),
    accountProof: proveKey(source.load, trie, path).map((node) => bytesToHex(node)),
    storageProof: slots.map((slot) => proveSlot(source, storage, slot)),
  }
}

/** A slot shorter than 32 bytes is the number it stands for. */
function proveSlot(source: SlotSource, storage: Trie, slot: Uint8Array): StorageProof {
  const path = source.pathOf(bytesToKey(setLengthLeft(slot, 32)))
  const value = decodeSlot(find(source.load, storage, path))
  return {
    key: bytesToHex(slot),
    value: bigIntToHex(bytesToBigInt(value)),
    proof: proveKey(source.load, storage, path).map((node) => bytesToHex(node)),
  }
}
