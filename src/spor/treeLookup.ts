import { InspectionError } from './inspectionErrors.ts'
import type { TreeEntry } from './sumNode.ts'
import { branch, heightOf, leafNode, type SumTree, type TreeNode, treeOf } from './sumTree.ts'

/** An entry and where it stands. */
export interface PlacedEntry {
  readonly place: number
  readonly entry: TreeEntry
}

/** An entry with the first of the tree's leaves that are its own. */
export interface LocatedEntry extends PlacedEntry {
  readonly firstLeaf: bigint
}

/** The entry that a leaf of the whole tree belongs to. Throws InspectionError OUT_OF_RANGE beyond the last. */
export function locateLeaf(tree: SumTree, position: bigint): LocatedEntry {
  if (position < 0n || position >= tree.totalLeaves) {
    throw new InspectionError('OUT_OF_RANGE', {
      message: `The tree has ${tree.totalLeaves} leaves, none at ${position}`,
    })
  }
  let [node, place, firstLeaf] = [tree.top!, 0, 0n]
  while (node.entry === undefined) {
    const left = node.left?.sum ?? 0n
    const right = position - firstLeaf >= left
    place = place * 2 + Number(right)
    if (right) firstLeaf += left
    node = right ? node.right! : node.left!
  }
  return { place, entry: node.entry, firstLeaf }
}

/** The lowest place without an entry: where the next replica goes. It may be the first beyond the end. */
export function firstEmptyPlace(tree: SumTree): number {
  if (tree.entryCount === 2 ** tree.height) return 2 ** tree.height
  let [node, place]: [TreeNode | undefined, number] = [tree.top, 0]
  for (let level = tree.height - 1; level >= 0; level--) {
    const isFull = node?.left?.entryCount === 2 ** level
    place = place * 2 + Number(isFull)
    node = isFull ? node?.right : node?.left
  }
  return place
}

/** All entries, by ascending place. */
export function* entriesOf(tree: SumTree): Generator<PlacedEntry> {
  if (tree.top !== undefined) yield* entriesBelow(tree.top, 0)
}

function* entriesBelow(node: TreeNode, place: number): Generator<PlacedEntry> {
  if (node.entry !== undefined) yield { place, entry: node.entry }
  if (node.left !== undefined) yield* entriesBelow(node.left, place * 2)
  if (node.right !== undefined) yield* entriesBelow(node.right, place * 2 + 1)
}

/**
 * The tree of many entries at once, with one hash for each node instead of one for each level of each. `height` is what
 * the chain says, or the least that has all places. Throws InspectionError PLACE_TAKEN when two share a place.
 */
export function createSumTree(entries: readonly PlacedEntry[], height = 0): SumTree {
  const sorted = [...entries].sort((a, b) => a.place - b.place)
  for (const [at, { place }] of sorted.entries()) {
    if (place === sorted[at + 1]?.place) {
      throw new InspectionError('PLACE_TAKEN', { message: `Two replicas are at place ${place}` })
    }
  }
  const needed = sorted.reduce((most, { place }) => Math.max(most, heightOf(place)), height)
  return treeOf(needed, nodeOver(sorted, needed, 0))
}

/** The node of `level` that begins at a place, over entries all of which lie below it. */
function nodeOver(
  entries: readonly PlacedEntry[],
  level: number,
  firstPlace: number,
): TreeNode | undefined {
  if (entries.length === 0) return undefined
  if (level === 0) return leafNode(entries[0]!.entry)
  const middle = firstPlace + 2 ** (level - 1)
  const inRight = entries.findIndex(({ place }) => place >= middle)
  const split = inRight === -1 ? entries.length : inRight
  return branch(
    nodeOver(entries.slice(0, split), level - 1, firstPlace),
    nodeOver(entries.slice(split), level - 1, middle),
  )
}
