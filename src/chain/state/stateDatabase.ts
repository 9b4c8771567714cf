import type { KeyValueStore } from '../../util/keyValueStore.ts'
import { bytesToKey } from './hash.ts'
import { MerkleWorldState, missingRoot } from './merkleWorldState.ts'
import { StateLayer } from './stateLayer.ts'
import { createStateStore } from './stateStore.ts'
import type { StateDatabase } from './worldState.ts'

export interface StateDatabaseOptions {
  store: KeyValueStore
  /** How many trie nodes are held decoded, of all states together; about 0.5 kB each. */
  cacheNodes?: number
}

const DEFAULT_CACHE_NODES = 100_000

/**
 * World states over a key-value store. States share decoded nodes, which never change, and nothing else; what
 * a state writes is nobody else's until its `changes()` are in the store.
 */
export function createStateDatabase({
  store,
  cacheNodes = DEFAULT_CACHE_NODES,
}: StateDatabaseOptions): StateDatabase {
  const stateStore = createStateStore({ store, cacheNodes })
  return {
    open(root) {
      const key = bytesToKey(root)
      if (!stateStore.hasRoot(key)) throw missingRoot(key)
      return new MerkleWorldState(new StateLayer(stateStore, key))
    },
    has: (root) => stateStore.hasRoot(bytesToKey(root)),
  }
}
