import { InspectionError } from './inspectionErrors.ts'
import { decodeNode, joinNodes, NODE_BYTES, type SumNode } from './sumNode.ts'
import { heightOf, MAX_TREE_HEIGHT } from './sumTree.ts'

/** Where a path leads: the tree's root and total, and the first leaf of the place it comes from. */
export interface PathEnd {
  root: Uint8Array
  totalLeaves: bigint
  firstLeaf: bigint
}

/**
 * Climbs from the node at a place (`EMPTY_NODE` at an empty one) along its siblings of 40 bytes, which may be a liar's.
 * Throws InspectionError BAD_LENGTH, BAD_PLACE, and BAD_PATH when the sums leave 64 bits.
 */
export function rootOfPath(node: SumNode, place: number, siblings: Uint8Array): PathEnd {
  const height = siblings.length / NODE_BYTES
  if (!Number.isInteger(height) || height > MAX_TREE_HEIGHT) {
    throw new InspectionError('BAD_LENGTH', {
      message: `A path is at most ${MAX_TREE_HEIGHT} siblings of ${NODE_BYTES} bytes, not ${siblings.length} bytes`,
    })
  }
  if (heightOf(place) > height) {
    throw new InspectionError('BAD_PLACE', {
      message: `A path of ${height} siblings has no place ${place}`,
    })
  }
  let firstLeaf = 0n
  let climbing = node
  for (let level = 0; level < height; level++) {
    const sibling = decodeNode(siblings.subarray(level * NODE_BYTES, (level + 1) * NODE_BYTES))
    const isRight = ((place >>> level) & 1) === 1
    if (isRight) firstLeaf += sibling.sum
    climbing = isRight ? joinNodes(sibling, climbing) : joinNodes(climbing, sibling)
  }
  return { root: climbing.hash, totalLeaves: climbing.sum, firstLeaf }
}
