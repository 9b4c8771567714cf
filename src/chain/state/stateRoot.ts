import type { Account } from '@ethereumjs/util'
import { copyAccount, encodeAccount } from './accountCodec.ts'
import { bytesToKey, type Hash, keyToBytes } from './hash.ts'
import { reachableNodes } from './reachableNodes.ts'
import type { StateLayer } from './stateLayer.ts'
import { settleStorageLayer, storageTrie } from './storageLayer.ts'
import { insert, remove } from './trie.ts'
import { type SealedNode, sealTrie, trieOfRoot } from './trieSeal.ts'

/** The trie that includes every write of a layer, and what changed on the way. */
export interface ComputedRoot {
  root: Hash
  /** The new nodes, children before parents. */
  nodes: SealedNode[]
  /** The roots of the storages that were written to. */
  storageRoots: Map<string, Hash>
  /** The accounts that were written, as the trie now has them. */
  accounts: Map<string, Account | undefined>
}

/** Computes the root of a layer. Changes nothing: `settleRoot` makes the result the layer's own. */
export function computeRoot(layer: StateLayer): ComputedRoot {
  const nodes: SealedNode[] = []
  const emit = (sealed: SealedNode): void => {
    nodes.push(sealed)
  }
  const accounts = new Map(layer.accounts)
  const storageRoots = new Map<string, Hash>()
  for (const [address, storage] of layer.storages) {
    const account = layer.account(address)
    if (storage.written.size === 0 || account === undefined) continue
    const root = sealTrie(storageTrie(layer.slots, storage), emit)
    storageRoots.set(address, root)
    accounts.set(address, withStorageRoot(account, root))
  }
  let trie = trieOfRoot(layer.root)
  for (const [address, account] of accounts) {
    const path = layer.store.pathOf(address)
    trie =
      account === undefined
        ? remove(layer.load, trie, path)
        : insert(layer.load, trie, path, encodeAccount(account))
  }
  return { root: sealTrie(trie, emit), nodes, storageRoots, accounts }
}

/** Makes a computed root the trie below the layer, which then has no writes of its own. */
export function settleRoot(layer: StateLayer, computed: ComputedRoot): void {
  const again = layer.fresh.size > 0 && computed.nodes.length > 0
  for (const sealed of computed.nodes) layer.fresh.set(sealed.hash, sealed)
  // Of several roots in one execution only the last is stored.
  if (again) layer.fresh = reachableNodes(layer.fresh, computed.root)
  for (const [address, root] of computed.storageRoots) {
    layer.storages.set(address, settleStorageLayer(layer.storage(address), root))
  }
  layer.settleAccounts(computed.root, computed.accounts)
}

function withStorageRoot(account: Account, root: Hash): Account {
  if (bytesToKey(account.storageRoot) === root) return account
  const copy = copyAccount(account)
  copy.storageRoot = keyToBytes(root)
  return copy
}
