import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesToHex, hexToBytes } from '@ethereumjs/util'
import fc from 'fast-check'
import { EMPTY_NODE, entryNode } from '../../../../src/spor/sumNode.ts'
import { EMPTY_TREE, growTo, heightOf, type SumTree } from '../../../../src/spor/sumTree.ts'
import { rootOfPath } from '../../../../src/spor/treePath.ts'
import {
  planDrops,
  planJoins,
  type TreePlan,
} from '../../../../src/storage/farmer/inspection/treeChanges.ts'
import { entryOf } from './treeLedger.ts'

/** Makes the changes as the chain does: it knows nothing but root, sum and height. */
function makeOnChain(tree: SumTree, { changes }: TreePlan, isJoin: boolean): string {
  let { root, height, totalLeaves } = tree
  for (const { place, replicaId, leafCount, siblings, ...rest } of changes) {
    const grown = growTo(tree, Math.max(height, heightOf(place)))
    const bytes = (hex: string): Uint8Array => hexToBytes(hex as `0x${string}`)
    const entry = { replicaId: bytes(replicaId), root: bytes(rest.root), leafCount }
    const [empty, full] = [EMPTY_NODE, entryNode(entry)].map((node) =>
      rootOfPath(node, place, bytes(siblings)),
    )
    const [before, after] = isJoin ? [empty!, full!] : [full!, empty!]
    if (grown.height === height) assert.equal(bytesToHex(before.root), bytesToHex(root))
    assert.equal(before.totalLeaves, totalLeaves)
    ;({ root, totalLeaves } = after)
    height = grown.height
  }
  return bytesToHex(root)
}

test('each path leads from the tree that the change before left to the next one', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.uniqueArray(fc.integer({ min: 0, max: 39 }), { maxLength: 12 }),
      (count, places) => {
        const entries = Array.from({ length: count }, (_, at) => entryOf(at))
        const joined = planJoins(EMPTY_TREE, entries)
        assert.equal(makeOnChain(EMPTY_TREE, joined, true), bytesToHex(joined.tree.root))
        const dropped = planDrops(joined.tree, places)
        assert.equal(makeOnChain(joined.tree, dropped, false), bytesToHex(dropped.tree.root))
        const again = planJoins(dropped.tree, [entryOf(1_000)])
        const free = [...places.filter((place) => place < count), count].sort((a, b) => a - b)
        assert.equal(again.changes[0]!.place, free[0], 'the lowest free place')
      },
    ),
    { numRuns: 60 },
  )
})
