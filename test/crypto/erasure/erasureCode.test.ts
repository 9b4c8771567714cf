import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ReedSolomonErasure } from '@subspace/reed-solomon-erasure.wasm'
import { createErasureCode, type ErasureCode } from '../../../src/crypto/erasure/erasureCode.ts'
import { ErasureError } from '../../../src/crypto/erasure/errors.ts'
import { encodeToNew, NETWORK_CODES, sha256, testWord, without } from './shards.ts'

const code = (expected: string) => (error: unknown) =>
  error instanceof ErasureError && error.code === expected

describe('parity', () => {
  test("is that of Backblaze's and klauspost's own test", () => {
    const data = [
      [0, 1],
      [4, 5],
      [2, 3],
      [6, 7],
      [8, 9],
    ].map((bytes) => Uint8Array.from(bytes))
    const parity = encodeToNew(createErasureCode({ dataShards: 5, parityShards: 5 }), data)
    assert.deepEqual(
      parity.map((bytes) => [...bytes]),
      [
        [12, 13],
        [10, 11],
        [14, 15],
        [90, 91],
        [94, 95],
      ],
    )
  })

  const peer = ReedSolomonErasure.fromCurrentDirectory()
  for (const [dataShards, parityShards] of [
    ...NETWORK_CODES,
    [1, 1],
    [29, 51],
    [128, 128],
  ] as const) {
    test(`of ${dataShards}+${parityShards} is what the Rust crate reed-solomon-erasure makes`, async () => {
      const { code, shards } = testWord(dataShards, parityShards, 1_000)
      const theirs = Buffer.concat(
        without(shards, []).map((shard, index) =>
          index < dataShards ? shard! : Buffer.alloc(1_000),
        ),
      )
      const { RESULT_OK } = ReedSolomonErasure
      assert.equal((await peer).encode(theirs, code.dataShards, code.parityShards), RESULT_OK)
      assert.deepEqual(Buffer.concat(shards), theirs)
    })
  }

  test('never changes', () => {
    const digests = NETWORK_CODES.map(([dataShards, parityShards]) => {
      const { shards } = testWord(dataShards, parityShards, 1_024)
      return sha256(Buffer.concat(shards.slice(dataShards))).toString('hex')
    })
    assert.deepEqual(digests, [
      '0d6b8ce57ed55a8babbba380043cde70bafa41fcb2ace526635d6bc622384585',
      'c358986eb153bf0c0b104e9fadb5b0f555d1e70f7e6f8e0490581a1327cde79b',
      '2fadd87ac02bcd7c2e5e25d0730b60f8689594b7577381059220512be331d266',
      'fada33700c400e009f22bd209a76387faddede81cf147d730ebccc3ac95ddb59',
      'ddb4cf55eb3de1b13932aac6f38d6e59e88e8f98228a1c1c28ea855884a4b204',
    ])
  })

  test('of one data shard is that shard', () => {
    const { shards } = testWord(1, 5, 77)
    for (const shard of shards) assert.deepEqual(shard, shards[0])
  })

  test('does not depend on how long the shards are besides', () => {
    for (const [dataShards, parityShards] of NETWORK_CODES) {
      const { code, shards } = testWord(dataShards, parityShards, 50_003)
      const data = shards.slice(0, dataShards)
      for (const [from, to] of [
        [0, 1],
        [16_383, 16_385],
        [1_999, 2_600],
        [50_002, 50_003],
      ] as const) {
        const cut = encodeToNew(
          code,
          data.map((shard) => shard.subarray(from, to)),
        )
        const expected = shards.slice(dataShards).map((shard) => shard.slice(from, to))
        assert.deepEqual(cut, expected, `${dataShards}+${parityShards}, ${from} to ${to}`)
      }
    }
  })

  test('leaves the data and the bytes around shards untouched', () => {
    const code = createErasureCode({ dataShards: 2, parityShards: 2 })
    const bytes = new Uint8Array(5 * 33).fill(9)
    const rows = [0, 1, 2, 3].map((row) => bytes.subarray(row * 33 + 20, row * 33 + 40))
    const expected = bytes.slice()
    const [first, second] = encodeToNew(code, rows.slice(0, 2))
    expected.set(first!, 2 * 33 + 20)
    expected.set(second!, 3 * 33 + 20)
    code.encode(rows.slice(0, 2), rows.slice(2))
    assert.deepEqual(bytes, expected)
  })
})

describe('reconstruct', () => {
  test('returns the shards it was given and makes the others', () => {
    const { code, shards } = testWord(4, 2, 100)
    const left = without(shards, [1, 5])
    const repaired = code.reconstruct(left)
    assert.deepEqual(repaired, shards)
    for (const index of [0, 2, 3, 4]) assert.equal(repaired[index], shards[index])
    assert.equal(left[1], undefined, 'the list it was given stays as it was')
  })

  test('repairs every loss that the small network code allows', () => {
    const { code, shards } = testWord(4, 2, 33)
    for (let first = 0; first < 6; first++) {
      for (let second = first; second < 6; second++) {
        assert.deepEqual(code.reconstruct(without(shards, [first, second])), shards)
      }
    }
  })

  test('repairs the loss of every original shard of 16+11 one after the other', () => {
    const { code, shards } = testWord(16, 11, 1_000)
    let current = shards
    for (let index = 0; index < 27; index++) current = code.reconstruct(without(current, [index]))
    assert.deepEqual(current, shards)
  })

  test('repairs the worst losses of the inner code', () => {
    const { code, shards } = testWord(223, 32, 1_024)
    const spread = Array.from({ length: 32 }, (_, index) => index * 8 - (index & 1))
    const losses = [spread, spread.map((_, index) => index), spread.map((_, index) => 223 + index)]
    for (const lost of losses) {
      assert.deepEqual(code.reconstruct(without(shards, lost)), shards)
    }
  })

  test('makes only data when only data is asked for', () => {
    const { code, shards } = testWord(8, 6, 500)
    const data = code.reconstructData(without(shards, [0, 7, 8, 9, 13]))
    assert.deepEqual(data, shards.slice(0, 8))
  })

  test('repairs more patterns of loss than it remembers', () => {
    const { code, shards } = testWord(128, 128, 32)
    for (let shift = 0; shift < 40; shift++) {
      const lost = Array.from({ length: 128 }, (_, index) => (index + shift) % 256)
      const repaired = code.reconstruct(without(shards, lost))
      assert.deepEqual(Buffer.concat(repaired), Buffer.concat(shards))
    }
  })

  test('refuses fewer shards than the code has data', () => {
    const { code, shards } = testWord(4, 2, 10)
    for (const repair of [code.reconstruct, code.reconstructData]) {
      assert.throws(() => repair(without(shards, [0, 2, 5])), toldFacts({ present: 3, needed: 4 }))
      assert.throws(
        () => repair(without(shards, shards.keys())),
        toldFacts({ present: 0, needed: 4 }),
      )
    }
  })

  const toldFacts = (facts: object) => (error: unknown) => {
    assert.ok(code('TOO_FEW_SHARDS')(error))
    assert.deepEqual((error as ErasureError).facts, facts)
    return true
  }
})

describe('verify', () => {
  test('refuses a word with any one byte changed', () => {
    const { code, shards } = testWord(3, 2, 35)
    assert.equal(code.verify(shards), true)
    for (const shard of shards) {
      for (const at of shard.keys()) {
        shard[at]! ^= 0x80
        assert.equal(code.verify(shards), false)
        shard[at]! ^= 0x80
      }
    }
    assert.equal(code.verify(shards), true)
  })

  test('reads long shards to their last byte', () => {
    for (const [dataShards, parityShards] of NETWORK_CODES) {
      const { code, shards } = testWord(dataShards, parityShards, 20_001)
      assert.equal(code.verify(shards), true)
      shards.at(-1)![20_000]! ^= 1
      assert.equal(code.verify(shards), false, `${dataShards}+${parityShards}`)
    }
  })
})

describe('edges', () => {
  test('shards of no bytes are encoded, verified and repaired', () => {
    const { code, shards } = testWord(4, 2, 0)
    assert.equal(code.verify(shards), true)
    assert.deepEqual(code.reconstruct(without(shards, [0, 1])), shards)
  })

  test('a code without parity keeps data as it is', () => {
    const { code, shards } = testWord(3, 0, 40)
    assert.equal(shards.length, 3)
    assert.equal(code.verify(shards), true)
    assert.deepEqual(code.reconstruct(shards), shards)
    assert.throws(
      () => code.reconstruct(without(shards, [2])),
      /2 shards are left, and 3 are needed/,
    )
  })

  test('codes interleave without disturbing each other', () => {
    const words = NETWORK_CODES.map(([dataShards, parityShards]) =>
      testWord(dataShards, parityShards, 999),
    )
    for (let round = 0; round < 2; round++) {
      for (const { code, shards } of words) {
        assert.deepEqual(code.reconstruct(without(shards, [1, 3])), shards)
        assert.deepEqual(
          encodeToNew(code, shards.slice(0, code.dataShards)),
          shards.slice(code.dataShards),
        )
      }
    }
  })

  test('a code that cannot be is refused', () => {
    for (const [dataShards, parityShards] of [
      [0, 1],
      [-1, 3],
      [1, -1],
      [1.5, 1],
      [Number.NaN, 1],
      [200, 57],
      [257, 0],
      [4, Number.POSITIVE_INFINITY],
    ] as const) {
      assert.throws(() => createErasureCode({ dataShards, parityShards }), code('BAD_CODE'))
    }
    createErasureCode({ dataShards: 200, parityShards: 56 })
    createErasureCode({ dataShards: 256, parityShards: 0 })
  })

  test('wrong numbers and lengths of shards are refused before anything is written', () => {
    const { code: erasure, shards } = testWord(3, 2, 8)
    const data = shards.slice(0, 3)
    const parity = [new Uint8Array(8), new Uint8Array(8)]
    const short = new Uint8Array(7)
    const notBytes = Array.from({ length: 8 }, () => 1) as unknown as Uint8Array
    const refused: ((erasure: ErasureCode) => void)[] = [
      () => erasure.encode(data.slice(1), parity),
      () => erasure.encode([...data, data[0]!], parity),
      () => erasure.encode(data, parity.slice(1)),
      () => erasure.encode(data, [parity[0]!, short]),
      () => erasure.encode([data[0]!, data[1]!, short], parity),
      () => erasure.encode([short, data[1]!, data[2]!], parity),
      () => erasure.encode([data[0]!, data[1]!, notBytes], parity),
      () => erasure.encode([], []),
      () => erasure.reconstruct(shards.slice(1)),
      () => erasure.reconstruct([...shards, undefined]),
      () => erasure.reconstruct([short, ...shards.slice(1, 4), undefined]),
      () => erasure.reconstruct([notBytes, ...shards.slice(1, 4), undefined]),
      () => erasure.reconstruct([null as unknown as Uint8Array, ...shards.slice(1, 4), undefined]),
      () => erasure.verify(data),
      () => erasure.verify([...data, short, parity[0]!]),
    ]
    for (const attempt of refused) {
      assert.throws(() => attempt(erasure), code('BAD_LENGTH'), attempt.toString())
    }
    assert.deepEqual(parity, [new Uint8Array(8), new Uint8Array(8)])
  })
})
