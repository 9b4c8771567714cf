import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MerklePatriciaTrie, verifyMPTWithMerkleProof } from '@ethereumjs/mpt'
import { bytesToHex } from '@ethereumjs/util'
import fc from 'fast-check'
import { type Hash, keyToBytes } from '../../../src/chain/state/hash.ts'
import { decodeNode } from '../../../src/chain/state/nodeCodec.ts'
import { find, insert, type LoadNode, remove } from '../../../src/chain/state/trie.ts'
import type { Trie } from '../../../src/chain/state/trieNode.ts'
import { sealTrie } from '../../../src/chain/state/trieSeal.ts'
import { entriesFrom, proveKey } from '../../../src/chain/state/trieWalk.ts'
import { keccak256 } from '../../../src/crypto/keccak.ts'

/** A trie whose sealed nodes are kept as bytes and decoded anew at every look-up. */
function createStoredTrie() {
  const encodings = new Map<Hash, Uint8Array>()
  const load: LoadNode = (hash) => decodeNode(encodings.get(hash)!)
  const seal = (trie: Trie): Hash =>
    sealTrie(trie, ({ hash, encoding }) => encodings.set(hash, encoding))
  return { encodings, load, seal }
}

const pathOf = (key: Uint8Array): string => bytesToHex(key).slice(2)

/** 32-byte keys that differ only near the end or the beginning, so that every node kind comes up. */
const anyKey = fc
  .tuple(
    fc.constantFrom(0, 1, 0x10, 0x80),
    fc.constantFrom(0, 30, 31),
    fc.integer({ min: 0, max: 40 }),
  )
  .map(([first, at, last]) => {
    const key = new Uint8Array(32)
    key[0] = first
    key[at] = last
    return key
  })

/** Values of one byte make nodes small enough to stand inside their parents. */
const anyValue = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 2 }),
  fc.uint8Array({ minLength: 1, maxLength: 120 }),
)

const anyBatches = fc.array(
  fc.array(fc.tuple(anyKey, fc.option(anyValue, { nil: undefined, freq: 3 })), { maxLength: 25 }),
  { minLength: 1, maxLength: 6 },
)

describe('the trie', () => {
  test('has the root of the stock trie after every batch of insertions and deletions', async () => {
    await fc.assert(
      fc.asyncProperty(anyBatches, async (batches) => {
        const stock = new MerklePatriciaTrie()
        const { load, seal } = createStoredTrie()
        let trie: Trie
        for (const batch of batches) {
          for (const [key, value] of batch) {
            if (value === undefined) await stock.del(key)
            else await stock.put(key, value)
            trie =
              value === undefined
                ? remove(load, trie, pathOf(key))
                : insert(load, trie, pathOf(key), value)
          }
          const root = seal(trie)
          assert.equal(bytesToHex(keyToBytes(root)), bytesToHex(stock.root()))
          trie = trie === undefined ? undefined : root
        }
      }),
      { numRuns: 150 },
    )
  })

  test('finds what was put and nothing else, and walks its keys in order', () => {
    fc.assert(
      fc.property(anyBatches, anyKey, (batches, other) => {
        const { load, seal } = createStoredTrie()
        const expected = new Map<string, Uint8Array>()
        let trie: Trie
        for (const [key, value] of batches.flat()) {
          const path = pathOf(key)
          if (value === undefined) expected.delete(path)
          else expected.set(path, value)
          trie = value === undefined ? remove(load, trie, path) : insert(load, trie, path, value)
        }
        if (trie !== undefined) trie = seal(trie)
        for (const [path, value] of expected) assert.deepEqual(find(load, trie, path), value)
        assert.deepEqual(find(load, trie, pathOf(other)), expected.get(pathOf(other)))
        const sorted = [...expected].sort(([a], [b]) => (a < b ? -1 : 1))
        assert.deepEqual([...entriesFrom(load, trie, '')], sorted)
        const from = pathOf(other)
        assert.deepEqual(
          [...entriesFrom(load, trie, from)],
          sorted.filter(([path]) => path >= from),
        )
      }),
      { numRuns: 150 },
    )
  })

  test('proves present and absent keys so that the stock verifier agrees', async () => {
    await fc.assert(
      fc.asyncProperty(anyBatches, anyKey, async (batches, other) => {
        const { load, seal } = createStoredTrie()
        let trie: Trie
        for (const [key, value] of batches.flat()) {
          if (value !== undefined) trie = insert(load, trie, pathOf(key), value)
        }
        if (trie === undefined) return
        const root = seal(trie)
        for (const key of [other, ...batches.flat().map(([key]) => key)].slice(0, 8)) {
          const proof = proveKey(load, root, pathOf(key))
          const verified = await verifyMPTWithMerkleProof(
            new MerklePatriciaTrie(),
            keyToBytes(root),
            key,
            proof,
          )
          const value = find(load, root, pathOf(key))
          assert.equal(
            verified && bytesToHex(verified),
            value === undefined ? null : bytesToHex(value),
          )
        }
      }),
      { numRuns: 60 },
    )
  })

  test('is the very same trie after a write that changes nothing', () => {
    const { load, seal } = createStoredTrie()
    const key = pathOf(new Uint8Array(32).fill(1))
    const otherKey = pathOf(new Uint8Array(32).fill(2))
    let trie: Trie = insert(load, undefined, key, Uint8Array.of(1))
    trie = seal(insert(load, trie, otherKey, new Uint8Array(40)))
    assert.equal(insert(load, trie, key, Uint8Array.of(1)), trie)
    assert.equal(remove(load, trie, pathOf(new Uint8Array(32).fill(3))), trie)
    assert.equal(remove(load, trie, pathOf(new Uint8Array(32).fill(0x11))), trie)
  })

  test('never changes a node that another trie holds', () => {
    const { load, seal } = createStoredTrie()
    const keys = Array.from({ length: 30 }, (_, n) => pathOf(keccak256(Uint8Array.of(n))))
    let before: Trie
    for (const key of keys) before = insert(load, before, key, Uint8Array.of(1))
    const snapshot = structuredClone(before)
    let after: Trie = before
    for (const key of keys) after = insert(load, after, key, Uint8Array.of(2))
    for (const key of keys.slice(0, 20)) after = remove(load, after, key)
    seal(after)
    assert.deepEqual(before, snapshot)
    for (const key of keys) assert.deepEqual(find(load, before, key), Uint8Array.of(1))
  })

  test('hashes each new node once, and none again', () => {
    const { load } = createStoredTrie()
    const emitted: string[] = []
    const nodes = new Map<string, Parameters<Parameters<typeof sealTrie>[1]>[0]>()
    const emit: Parameters<typeof sealTrie>[1] = (sealed) => {
      emitted.push(sealed.hash)
      nodes.set(sealed.hash, sealed)
    }
    let trie: Trie
    for (let n = 0; n < 50; n++) {
      trie = insert(load, trie, pathOf(keccak256(Uint8Array.of(n))), new Uint8Array(40).fill(n + 1))
    }
    const root = sealTrie(trie, emit)
    assert.equal(new Set(emitted).size, emitted.length)
    emitted.length = 0
    assert.equal(sealTrie(root, emit), root)
    assert.equal(emitted.length, 0)
    const path = pathOf(keccak256(Uint8Array.of(7)))
    const depth = proveKey((hash) => nodes.get(hash)!.node, root, path).length
    sealTrie(
      insert((hash) => nodes.get(hash)!.node, root, path, new Uint8Array(40)),
      emit,
    )
    assert.equal(emitted.length, depth)
  })
})

describe('nodes small enough to stand inside their parent', () => {
  const close = (last: number): string => pathOf(new Uint8Array(32).with(31, last))

  test('are written in place, survive storing, and are found and removed again', async () => {
    const { encodings, load, seal } = createStoredTrie()
    const stock = new MerklePatriciaTrie()
    let trie: Trie
    for (const last of [1, 2, 0x11]) {
      trie = insert(load, trie, close(last), Uint8Array.of(last))
      await stock.put(new Uint8Array(32).with(31, last), Uint8Array.of(last))
    }
    let root = seal(trie)
    // The root extension with its hash, and the branch that holds the leaves and the smaller branch.
    assert.equal(encodings.size, 2)
    assert.equal(bytesToHex(keyToBytes(root)), bytesToHex(stock.root()))
    for (const last of [1, 2, 0x11])
      assert.deepEqual(find(load, root, close(last)), Uint8Array.of(last))
    root = seal(remove(load, root, close(2)))
    await stock.del(new Uint8Array(32).with(31, 2))
    assert.equal(bytesToHex(keyToBytes(root)), bytesToHex(stock.root()))
    assert.equal(find(load, root, close(2)), undefined)
  })

  test('are not repeated in proofs', async () => {
    const { load, seal } = createStoredTrie()
    let trie: Trie
    for (const last of [1, 2, 0x11]) trie = insert(load, trie, close(last), Uint8Array.of(last))
    const root = seal(trie)
    const proof = proveKey(load, root, close(0x11))
    assert.equal(proof.length, 2)
    const key = new Uint8Array(32).with(31, 0x11)
    assert.deepEqual(
      await verifyMPTWithMerkleProof(new MerklePatriciaTrie(), keyToBytes(root), key, proof),
      Uint8Array.of(0x11),
    )
  })

  test('a root that small is hashed and stored all the same', () => {
    const { load, seal, encodings } = createStoredTrie()
    const root = seal(insert(load, undefined, 'abcd', Uint8Array.of(1)))
    assert.equal(encodings.size, 1)
    assert.deepEqual(find(load, root, 'abcd'), Uint8Array.of(1))
  })
})
