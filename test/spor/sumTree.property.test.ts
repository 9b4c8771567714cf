import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  EMPTY_NODE,
  entryNode,
  joinNodes,
  type SumNode,
  type TreeEntry,
} from '../../src/spor/sumNode.ts'
import {
  EMPTY_TREE,
  entryAt,
  growTo,
  heightOf,
  pathOfPlace,
  putEntry,
  type SumTree,
  takeEntry,
} from '../../src/spor/sumTree.ts'
import { createSumTree, entriesOf, firstEmptyPlace, locateLeaf } from '../../src/spor/treeLookup.ts'
import { rootOfPath } from '../../src/spor/treePath.ts'
import { bytesNamed } from './inspectionBench.ts'

const entryOf = (name: number): TreeEntry => ({
  replicaId: bytesNamed(`id ${name}`, 32),
  root: bytesNamed(`root ${name}`, 32),
  leafCount: 1 + ((name * 7_919) % 1_000),
})

/** The root by its definition, over all places. */
function plainRoot(entries: ReadonlyMap<number, TreeEntry>, height: number): SumNode {
  let level = Array.from({ length: 2 ** height }, (_, place) => {
    const entry = entries.get(place)
    return entry === undefined ? EMPTY_NODE : entryNode(entry)
  })
  while (level.length > 1) {
    level = level.flatMap((node, at) => (at % 2 === 0 ? [joinNodes(node, level[at + 1]!)] : []))
  }
  return level[0]!
}

const inOrder = (entries: ReadonlyMap<number, TreeEntry>) =>
  [...entries].sort(([a], [b]) => a - b).map(([place, entry]) => ({ place, entry }))

/** Puts an entry where there is none and takes away what is there, for each place in turn. */
function toggled(places: readonly number[]) {
  let tree = EMPTY_TREE
  const entries = new Map<number, TreeEntry>()
  for (const [name, place] of places.entries()) {
    if (entries.delete(place)) tree = takeEntry(tree, place)
    else {
      entries.set(place, entryOf(name))
      tree = putEntry(tree, place, entryOf(name))
    }
  }
  return { tree, entries }
}

const changes = fc.array(fc.nat({ max: 40 }), { maxLength: 60 })

describe('a Merkle-sum tree', () => {
  test('has, after any changes, the root and total that its definition gives', () => {
    fc.assert(
      fc.property(changes, (places) => {
        const { tree, entries } = toggled(places)
        const { hash, sum } = plainRoot(entries, tree.height)
        assert.deepEqual(tree.root, hash)
        assert.equal(tree.totalLeaves, sum)
        assert.equal(tree.height, Math.max(0, ...places.map(heightOf)))
        assert.deepEqual([...entriesOf(tree)], inOrder(entries))
      }),
      { numRuns: 50 },
    )
  })

  test('is the same when it is made of its entries at once', () => {
    fc.assert(
      fc.property(changes, (places) => {
        const { tree, entries } = toggled(places)
        const again = createSumTree(inOrder(entries).reverse(), tree.height)
        assert.deepEqual(again, tree)
      }),
      { numRuns: 50 },
    )
  })

  test('leads from every place to its root, whether an entry stands there or none', () => {
    fc.assert(
      fc.property(changes, (places) => {
        const { tree, entries } = toggled(places)
        for (let place = 0; place < 2 ** tree.height; place++) {
          const entry = entries.get(place)
          const node = entry === undefined ? EMPTY_NODE : entryNode(entry)
          const end = rootOfPath(node, place, pathOfPlace(tree, place))
          assert.deepEqual(end.root, tree.root)
          assert.equal(end.totalLeaves, tree.totalLeaves)
          if (entry !== undefined) {
            assert.deepEqual(locateLeaf(tree, end.firstLeaf), {
              place,
              entry,
              firstLeaf: end.firstLeaf,
            })
          }
        }
      }),
      { numRuns: 20 },
    )
  })

  test('changes by what a path tells: the chain needs only root, total and height', () => {
    let tree: SumTree = EMPTY_TREE
    for (const [name, place] of [0, 3, 1, 200, 4_000_000_000].entries()) {
      const entry = entryOf(name)
      const grown = growTo(tree, heightOf(place))
      const siblings = pathOfPlace(grown, place)
      assert.deepEqual(rootOfPath(EMPTY_NODE, place, siblings).root, grown.root)
      const after = rootOfPath(entryNode(entry), place, siblings)
      tree = putEntry(tree, place, entry)
      assert.deepEqual(after.root, tree.root)
      assert.equal(after.totalLeaves, tree.totalLeaves)
      assert.deepEqual(pathOfPlace(tree, place), siblings)
    }
    assert.equal(tree.height, 32)
  })

  test('finds the entry of every leaf', () => {
    const { tree, entries } = toggled([5, 2, 9, 0])
    let firstLeaf = 0n
    for (const { place, entry } of inOrder(entries)) {
      const end = firstLeaf + BigInt(entry.leafCount)
      for (const position of [firstLeaf, end - 1n]) {
        assert.deepEqual(locateLeaf(tree, position), { place, entry, firstLeaf })
      }
      firstLeaf = end
    }
    for (const position of [-1n, tree.totalLeaves]) {
      assert.throws(() => locateLeaf(tree, position), { code: 'OUT_OF_RANGE' })
    }
  })

  test('names the lowest empty place', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 12 }), { maxLength: 30 }), (places) => {
        const { tree, entries } = toggled(places)
        let lowest = 0
        while (entries.has(lowest)) lowest++
        assert.equal(firstEmptyPlace(tree), lowest)
      }),
    )
  })

  test('stays what it was when another is made from it', () => {
    const { tree } = toggled([0, 1, 2])
    const before = structuredClone(tree)
    putEntry(tree, 3, entryOf(9))
    takeEntry(tree, 1)
    assert.deepEqual(tree, before)
  })

  test('refuses changes of places that are taken, empty or none', () => {
    const { tree } = toggled([1])
    assert.throws(() => putEntry(tree, 1, entryOf(2)), { code: 'PLACE_TAKEN' })
    assert.throws(() => takeEntry(tree, 0), { code: 'PLACE_EMPTY' })
    assert.throws(() => takeEntry(tree, 7), { code: 'PLACE_EMPTY' })
    assert.throws(() => pathOfPlace(tree, 2), { code: 'BAD_PLACE' })
    const twice = [1, 1].map((place) => ({ place, entry: entryOf(place) }))
    assert.throws(() => createSumTree(twice), { code: 'PLACE_TAKEN' })
    for (const place of [-1, 0.5, 2 ** 32, Number.NaN]) {
      assert.throws(() => entryAt(tree, place), { code: 'BAD_PLACE' })
    }
    for (const change of [{ leafCount: 0 }, { leafCount: 2 ** 32 }, { root: new Uint8Array(31) }]) {
      assert.throws(() => putEntry(tree, 0, { ...entryOf(1), ...change }), { code: 'BAD_ENTRY' })
    }
  })

  test('is led to by no path whose sums leave 64 bits, and none of a wrong length', () => {
    const huge = new Uint8Array(40).fill(0xff)
    assert.throws(() => rootOfPath(entryNode(entryOf(1)), 0, huge), { code: 'BAD_PATH' })
    for (const length of [39, 41, 33 * 40]) {
      const siblings = new Uint8Array(length)
      assert.throws(() => rootOfPath(EMPTY_NODE, 0, siblings), { code: 'BAD_LENGTH' })
    }
    assert.throws(() => rootOfPath(EMPTY_NODE, 2, new Uint8Array(40)), { code: 'BAD_PLACE' })
  })
})
