import { InspectionError } from './inspectionErrors.ts'
import {
  EMPTY_NODE,
  encodeNode,
  entryNode,
  joinNodes,
  NODE_BYTES,
  type SumNode,
  type TreeEntry,
} from './sumNode.ts'

/**
 * The Merkle-sum tree of a farmer's replicas, of which the chain holds root, sum and height. A tree is a value: a
 * change gives another one that shares what it did not touch, so a tree that is being asked about, or that a
 * reorganised chain goes back to, is simply kept. A change costs one hash per level.
 */
export interface SumTree {
  /** It has 2^height places; it never shrinks. */
  readonly height: number
  /** 32 bytes; zeros when the tree is empty. */
  readonly root: Uint8Array
  /** The leaves of all entries: what inspections draw from. */
  readonly totalLeaves: bigint
  readonly entryCount: number
  /** The uppermost node; undefined when the tree is empty. */
  readonly top: TreeNode | undefined
}

/** A node with what lies below it. Subtrees without entries are undefined. */
export interface TreeNode extends SumNode {
  readonly entryCount: number
  readonly entry?: TreeEntry
  readonly left?: TreeNode | undefined
  readonly right?: TreeNode | undefined
}

/** A tree as it is before the first join. */
export const EMPTY_TREE: SumTree = treeOf(0, undefined)

/** Trees have at most 2^32 places. */
export const MAX_TREE_HEIGHT = 32

/**
 * The tree with an entry at an empty place; a place beyond its end makes it grow to the least height that has it.
 * Throws InspectionError PLACE_TAKEN, BAD_PLACE or BAD_ENTRY.
 */
export function putEntry(tree: SumTree, place: number, entry: TreeEntry): SumTree {
  const grown = growTo(tree, heightOf(place))
  if (entryAt(grown, place) !== undefined) {
    throw new InspectionError('PLACE_TAKEN', {
      message: `Place ${place} of the tree holds a replica already`,
      hint: 'Take the lowest empty place.',
    })
  }
  return treeOf(grown.height, changed(grown.top, grown.height, place, leafNode(entry)))
}

/** The tree without the entry at a place. Throws InspectionError PLACE_EMPTY or BAD_PLACE. */
export function takeEntry(tree: SumTree, place: number): SumTree {
  if (entryAt(tree, place) === undefined) {
    throw new InspectionError('PLACE_EMPTY', { message: `Place ${place} of the tree is empty` })
  }
  return treeOf(tree.height, changed(tree.top, tree.height, place, undefined))
}

/** The tree with the same entries and a larger height: above the old root, everything new is empty. */
export function growTo(tree: SumTree, height: number): SumTree {
  let { top } = tree
  for (let level = tree.height; level < height; level++) top = branch(top, undefined)
  return height > tree.height ? treeOf(height, top) : tree
}

/** The entry at a place; undefined at an empty one and beyond the end. Throws InspectionError BAD_PLACE. */
export function entryAt(tree: SumTree, place: number): TreeEntry | undefined {
  if (heightOf(place) > tree.height) return undefined
  let node = tree.top
  for (let level = tree.height; level > 0; level--) node = childOf(node, isRight(place, level))
  return node?.entry
}

/**
 * The path of a place, whether or not it is empty: `height` siblings of 40 bytes from the leaf up. It is the same
 * before and after a change of that place. Throws InspectionError BAD_PLACE beyond the end.
 */
export function pathOfPlace(tree: SumTree, place: number): Uint8Array {
  if (heightOf(place) > tree.height) {
    throw new InspectionError('BAD_PLACE', {
      message: `A tree of height ${tree.height} has no place ${place}`,
      hint: 'Let it grow first.',
    })
  }
  const path = new Uint8Array(tree.height * NODE_BYTES)
  let node = tree.top
  for (let level = tree.height; level > 0; level--) {
    const right = isRight(place, level)
    path.set(encodeNode(childOf(node, !right) ?? EMPTY_NODE), (level - 1) * NODE_BYTES)
    node = childOf(node, right)
  }
  return path
}

/** The least height at which a tree has a place. Throws InspectionError BAD_PLACE unless it has 32 bits. */
export function heightOf(place: number): number {
  if (!Number.isInteger(place) || place < 0 || place >= 2 ** MAX_TREE_HEIGHT) {
    throw new InspectionError('BAD_PLACE', {
      message: `Places of a tree are numbers of ${MAX_TREE_HEIGHT} bits, not ${place}`,
    })
  }
  return MAX_TREE_HEIGHT - Math.clz32(place)
}

/** The node above two, neither or both of which may be there. */
export const branch = (
  left: TreeNode | undefined,
  right: TreeNode | undefined,
): TreeNode | undefined =>
  left === undefined && right === undefined
    ? undefined
    : {
        ...joinNodes(left ?? EMPTY_NODE, right ?? EMPTY_NODE),
        entryCount: (left?.entryCount ?? 0) + (right?.entryCount ?? 0),
        left,
        right,
      }

/** The node of a place that holds an entry. */
export const leafNode = (entry: TreeEntry): TreeNode => ({
  ...entryNode(entry),
  entryCount: 1,
  entry,
})

/** The tree whose uppermost node this is. */
export function treeOf(height: number, top: TreeNode | undefined): SumTree {
  const { hash, sum } = top ?? EMPTY_NODE
  return { height, root: hash, totalLeaves: sum, entryCount: top?.entryCount ?? 0, top }
}

const childOf = (node: TreeNode | undefined, right: boolean): TreeNode | undefined =>
  right ? node?.right : node?.left

/** Whether a place lies in the right half of its subtree of this height, 1 or more. */
const isRight = (place: number, level: number): boolean => ((place >>> (level - 1)) & 1) === 1

function changed(
  node: TreeNode | undefined,
  level: number,
  place: number,
  leaf: TreeNode | undefined,
): TreeNode | undefined {
  if (level === 0) return leaf
  const right = isRight(place, level)
  const child = changed(childOf(node, right), level - 1, place, leaf)
  return right ? branch(node?.left, child) : branch(child, node?.right)
}
