import { bytesToHex } from '@ethereumjs/util'
import type { TreeChange } from '../../../api/inspectionContracts.ts'
import type { TreeEntry } from '../../../spor/sumNode.ts'
import {
  entryAt,
  growTo,
  heightOf,
  pathOfPlace,
  putEntry,
  type SumTree,
  takeEntry,
} from '../../../spor/sumTree.ts'
import { firstEmptyPlace } from '../../../spor/treeLookup.ts'

/** Changes in the order they are made in, and the tree after them. */
export interface TreePlan {
  changes: TreeChange[]
  tree: SumTree
}

/** Puts entries into the lowest empty places. */
export function planJoins(tree: SumTree, entries: readonly TreeEntry[]): TreePlan {
  const changes: TreeChange[] = []
  let after = tree
  for (const entry of entries) {
    const place = firstEmptyPlace(after)
    changes.push(changeOf(growTo(after, heightOf(place)), place, entry))
    after = putEntry(after, place, entry)
  }
  return { changes, tree: after }
}

/** Takes out the entries at places; empty ones are left out. */
export function planDrops(tree: SumTree, places: readonly number[]): TreePlan {
  const changes: TreeChange[] = []
  let after = tree
  for (const place of places) {
    const entry = entryAt(after, place)
    if (entry === undefined) continue
    changes.push(changeOf(after, place, entry))
    after = takeEntry(after, place)
  }
  return { changes, tree: after }
}

const changeOf = (
  tree: SumTree,
  place: number,
  { replicaId, root, leafCount }: TreeEntry,
): TreeChange => ({
  replicaId: bytesToHex(replicaId),
  root: bytesToHex(root),
  leafCount,
  place,
  siblings: bytesToHex(pathOfPlace(tree, place)),
})
