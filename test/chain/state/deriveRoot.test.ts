import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MerklePatriciaTrie } from '@ethereumjs/mpt'
import { RLP } from '@ethereumjs/rlp'
import { bytesToHex } from '@ethereumjs/util'
import { deriveRoot } from '../../../src/chain/state/deriveRoot.ts'

async function stockRoot(items: readonly Uint8Array[]): Promise<Uint8Array> {
  const trie = new MerklePatriciaTrie()
  for (const [index, item] of items.entries()) await trie.put(RLP.encode(index), item)
  return trie.root()
}

describe('the root of a list', () => {
  test('is the empty root for no items', () => {
    assert.equal(
      bytesToHex(deriveRoot([])),
      '0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421',
    )
  })

  test('is that of the stock trie around every length of index', async () => {
    for (const count of [1, 2, 16, 17, 127, 128, 129, 130, 255, 256, 257, 400]) {
      const items = Array.from({ length: count }, (_, n) =>
        new Uint8Array((n % 90) + 1).fill(n + 1),
      )
      assert.deepEqual(deriveRoot(items), await stockRoot(items), `${count} items`)
    }
  })

  test('is that of the stock trie for items of one byte and of a hundred kilobytes', async () => {
    const sizes = [[1, 1, 1], [1], [100_000], [1, 100_000, 31, 32, 33], [4_090, 4_096, 5_000]]
    for (const list of sizes) {
      const items = list.map((size) => new Uint8Array(size).fill(0xab))
      assert.deepEqual(deriveRoot(items), await stockRoot(items), `${list}`)
    }
  })
})
