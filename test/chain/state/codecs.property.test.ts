import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RLP } from '@ethereumjs/rlp'
import { Account, bytesToHex, concatBytes, hexToBytes } from '@ethereumjs/util'
import fc from 'fast-check'
import { decodeAccount, encodeAccount } from '../../../src/chain/state/accountCodec.ts'
import { bytesToKey, keyToBytes, keyToHex } from '../../../src/chain/state/hash.ts'
import { decodeNode, encodeNode } from '../../../src/chain/state/nodeCodec.ts'
import { readItem } from '../../../src/chain/state/rlpReader.ts'
import {
  closeList,
  finishRlp,
  openList,
  startRlp,
  writeBytes,
  writeInteger,
} from '../../../src/chain/state/rlpWriter.ts'
import { StateError } from '../../../src/chain/state/stateError.ts'

const isStateError =
  (...codes: string[]) =>
  (error: unknown): boolean =>
    error instanceof StateError && codes.includes(error.code)

type Nested = Uint8Array | Nested[]

const { nested } = fc.letrec<{ nested: Nested }>((tie) => ({
  nested: fc.oneof(
    { maxDepth: 4 },
    fc.uint8Array({ maxLength: 70 }),
    fc.array(tie('nested'), { maxLength: 6 }),
  ),
}))

function write(item: Nested): void {
  if (item instanceof Uint8Array) {
    writeBytes(item)
    return
  }
  const end = openList()
  for (const inner of item.toReversed()) write(inner)
  closeList(end)
}

function encode(item: Nested): Uint8Array {
  startRlp()
  write(item)
  return finishRlp()
}

describe('the RLP writer', () => {
  test('writes what the stock encoder writes', () => {
    fc.assert(
      fc.property(nested, (item) => {
        assert.equal(bytesToHex(encode(item)), bytesToHex(RLP.encode(item)))
      }),
      { numRuns: 500 },
    )
  })

  test('writes items larger than its buffer, and small ones again afterwards', () => {
    for (const size of [55, 56, 255, 256, 4_095, 4_096, 4_097, 65_535, 65_536, 200_000, 10]) {
      const items = [
        Uint8Array.of(1),
        new Uint8Array(size).fill(size),
        new Uint8Array(size).fill(7),
      ]
      assert.deepEqual(encode(items), RLP.encode(items))
    }
  })

  test('writes integers as the stock encoder does', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), (value) => {
        startRlp()
        writeInteger(value)
        assert.equal(bytesToHex(finishRlp()), bytesToHex(RLP.encode(value)))
      }),
    )
  })
})

describe('the RLP reader', () => {
  test('refuses lengths that are not in their shortest form or run past the end', () => {
    const malformed = [
      '0x8100',
      '0x817f',
      '0xb801ff',
      '0xb90001ff',
      '0x83ffff',
      '0xb8',
      '0xc2',
      '0xf90000',
      '0x',
    ]
    for (const hex of malformed) {
      const bytes = hexToBytes(hex as `0x${string}`)
      assert.throws(() => readItem(bytes, 0, bytes.length), isStateError('CORRUPT_NODE'), hex)
    }
  })

  test('refuses a length of more bytes than any number has', () => {
    const bytes = hexToBytes(`0xbf${'ff'.repeat(8)}`)
    assert.throws(() => readItem(bytes, 0, bytes.length), isStateError('CORRUPT_NODE'))
  })
})

describe('accounts', () => {
  const anyAccount = fc
    .record({
      nonce: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      balance: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
      root: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      code: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    })
    .map(({ nonce, balance, root, code }) => new Account(nonce, balance, root, code))

  test('are encoded as the stock account is, and decoded again', () => {
    fc.assert(
      fc.property(anyAccount, (account) => {
        const encoding = encodeAccount(account)
        assert.equal(bytesToHex(encoding), bytesToHex(account.serialize()))
        assert.equal(bytesToHex(decodeAccount(encoding).serialize()), bytesToHex(encoding))
      }),
    )
  })

  test('that are malformed are refused', () => {
    const hash = new Uint8Array(32)
    const malformed = [
      RLP.encode([1n, 2n, hash]),
      RLP.encode([1n, 2n, hash, hash, hash]),
      RLP.encode([1n, 2n, hash, new Uint8Array(31)]),
      RLP.encode([1n, 2n, hash, [hash]]),
      RLP.encode([Uint8Array.of(0, 1), 2n, hash, hash]),
      RLP.encode([1n, new Uint8Array(33).fill(1), hash, hash]),
      RLP.encode(hash),
      concatBytes(RLP.encode([1n, 2n, hash, hash]), Uint8Array.of(0)),
      new Uint8Array(0),
    ]
    for (const bytes of malformed) {
      assert.throws(() => decodeAccount(bytes), isStateError('CORRUPT_ACCOUNT', 'CORRUPT_NODE'))
    }
  })
})

describe('trie nodes', () => {
  const hash = new Uint8Array(32).fill(9)
  const nothing = new Uint8Array(0)
  const branchOf = (...children: Nested[]): Uint8Array =>
    RLP.encode([...children, ...new Array(17 - children.length).fill(nothing)])

  test('are either refused or encode to the very bytes they came from', () => {
    const plausible = fc.oneof(
      nested.map((item) => RLP.encode(item)),
      fc
        .array(fc.constantFrom(nothing, hash, [Uint8Array.of(0x20), Uint8Array.of(1)]), {
          minLength: 16,
          maxLength: 18,
        })
        .map((items) => RLP.encode(items)),
      fc.tuple(fc.uint8Array({ maxLength: 3 }), nested).map((items) => RLP.encode(items)),
      fc.uint8Array({ maxLength: 80 }),
    )
    let accepted = 0
    fc.assert(
      fc.property(plausible, (bytes) => {
        let node: ReturnType<typeof decodeNode>
        try {
          node = decodeNode(bytes)
        } catch (error) {
          assert.ok(isStateError('CORRUPT_NODE')(error), String(error))
          return
        }
        accepted++
        assert.equal(bytesToHex(encodeNode(node)), bytesToHex(bytes))
      }),
      { numRuns: 2_000 },
    )
    assert.ok(accepted > 0)
  })

  test('of a form that no trie contains are refused', () => {
    const big = [Uint8Array.of(0x20), new Uint8Array(40)]
    const malformed: [string, Uint8Array][] = [
      ['no bytes', nothing],
      ['not a list', RLP.encode(hash)],
      ['three items', RLP.encode([hash, hash, hash])],
      ['eighteen items', RLP.encode(new Array(18).fill(hash))],
      ['a branch with a value', RLP.encode([...new Array(16).fill(hash), hash])],
      ['a branch with one child', branchOf(hash)],
      ['a branch without children', branchOf()],
      ['a child of 31 bytes', branchOf(hash, hash.subarray(1))],
      ['a child in place that is too large for it', branchOf(hash, big)],
      ['an extension with an empty path', RLP.encode([Uint8Array.of(0), hash])],
      ['an extension to nowhere', RLP.encode([Uint8Array.of(0x11), nothing])],
      ['a leaf without a value', RLP.encode([Uint8Array.of(0x20), nothing])],
      ['a leaf whose value is a list', RLP.encode([Uint8Array.of(0x20), [hash]])],
      ['a path with an unknown flag', RLP.encode([Uint8Array.of(0x40), hash])],
      ['a path with padding that is not zero', RLP.encode([Uint8Array.of(0x21), hash])],
      ['an empty path', RLP.encode([nothing, hash])],
      ['a path that is a list', RLP.encode([[], hash])],
      ['bytes behind the node', concatBytes(branchOf(hash, hash), Uint8Array.of(0))],
    ]
    for (const [what, bytes] of malformed) {
      assert.throws(() => decodeNode(bytes), isStateError('CORRUPT_NODE'), what)
    }
    assert.equal(decodeNode(branchOf(hash, hash)).kind, 'branch')
  })
})

test('keys are bytes again, and hexadecimal for people', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      assert.deepEqual(keyToBytes(bytesToKey(bytes)), Uint8Array.from(bytes))
      assert.equal(keyToHex(bytesToKey(bytes)), bytesToHex(bytes))
    }),
  )
})
