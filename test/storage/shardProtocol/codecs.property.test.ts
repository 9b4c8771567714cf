import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bytesToHex } from '@ethereumjs/util'
import fc from 'fast-check'
import type { SignedTrafficReceipt } from '../../../src/protocol/receipts.ts'
import type { ReplicaOffer } from '../../../src/protocol/replicaContract.ts'
import {
  decodeFarmerInfo,
  encodeFarmerInfo,
  type FarmerInfo,
} from '../../../src/storage/shardProtocol/farmerInfo.ts'
import { decodeOffer, encodeOffer } from '../../../src/storage/shardProtocol/offer.ts'
import {
  decodeFarmerMessage,
  decodeReaderMessage,
  encodeDue,
  encodeReaderMessage,
} from '../../../src/storage/shardProtocol/readMessages.ts'
import { decodeReceipt, encodeReceipt } from '../../../src/storage/shardProtocol/receipt.ts'
import {
  decodeStoreAnswer,
  decodeStoreRequest,
  encodeStoreAnswer,
  encodeStoreRequest,
} from '../../../src/storage/shardProtocol/storeMessages.ts'

/** As plain as what a decoder makes. */
const record = <Value>(model: { [Key in keyof Value]: fc.Arbitrary<Value[Key]> }) =>
  fc.record<Value>(model, { noNullPrototype: true }) as fc.Arbitrary<Value>

const hex = (length: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map(bytesToHex)

const uint = (bits: number): fc.Arbitrary<bigint> =>
  fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n })

const offer: fc.Arbitrary<ReplicaOffer> = record({
  bucketId: hex(32),
  fileId: hex(32),
  shardIndex: uint(32),
  node: uint(64),
  root: hex(32),
  leafCount: uint(32),
  sizeBytes: uint(64),
  priceWei: uint(112),
  endTime: uint(48),
  salt: hex(32),
  expiry: uint(48),
})

const receipt: fc.Arbitrary<SignedTrafficReceipt> = record({
  buyer: hex(20),
  farmer: hex(20),
  channel: uint(64),
  cumulativeBytes: uint(64),
  signature: hex(65),
})

const info: fc.Arbitrary<FarmerInfo> = record({
  account: hex(20),
  node: uint(64),
  capacityBytes: uint(64),
  freeBytes: uint(64),
  priceWeiPerGBDay: uint(112),
  minTermSeconds: uint(48),
  maxTermSeconds: uint(48),
  maxOfferSeconds: uint(48),
  version: fc.stringMatching(/^[a-z0-9./ -]{0,64}$/),
})

const grant = record({ account: hex(20), expiry: uint(64), signature: hex(65) })

const ranges = fc
  .array(fc.tuple(fc.nat(1_000), fc.integer({ min: 1, max: 300 })), { minLength: 1 })
  .map((pairs) => {
    let end = 0
    return pairs.map(([gap, count]) => {
      const first = end + gap
      end = first + count
      return { first, count }
    })
  })

describe('what was encoded is decoded as it was', () => {
  const same = <Value>(
    name: string,
    values: fc.Arbitrary<Value>,
    again: (value: Value) => Value,
  ): void => {
    test(name, () => {
      fc.assert(fc.property(values, (value) => assert.deepEqual(again(value), value)))
    })
  }

  same('offers', offer, (value) => decodeOffer(encodeOffer(value)))
  same('receipts', receipt, (value) => decodeReceipt(encodeReceipt(value)))
  same('what farmers say of themselves', info, (value) => decodeFarmerInfo(encodeFarmerInfo(value)))
  same('requests to store', record({ offer, grant }), (value) =>
    decodeStoreRequest(encodeStoreRequest(value)),
  )
  same('requests to read', record({ replicaId: hex(32), receipt }), (value) => {
    const { kind, ...rest } = decodeReaderMessage(encodeReaderMessage({ kind: 'open', ...value }))
    assert.equal(kind, 'open')
    return rest as typeof value
  })
  same('ranges', ranges, (value) => {
    const message = decodeReaderMessage(encodeReaderMessage({ kind: 'read', ranges: value }))
    return message.kind === 'read' ? message.ranges : []
  })
  same('byte counts', uint(64), (countedBytes) => {
    const message = decodeFarmerMessage(encodeDue(countedBytes))
    return message.kind === 'due' ? message.countedBytes : -1n
  })
  same('resume offsets', uint(64), (resumeFrom) => {
    const answer = decodeStoreAnswer(encodeStoreAnswer({ kind: 'accepted', resumeFrom }))
    return answer.kind === 'accepted' ? answer.resumeFrom : -1n
  })
})

describe('anything else is refused as malformed', () => {
  const decoders: Record<string, (bytes: Uint8Array) => unknown> = {
    decodeOffer,
    decodeReceipt,
    decodeFarmerInfo,
    decodeStoreRequest,
    decodeReaderMessage,
    decodeStoreAnswer,
  }
  for (const [name, decode] of Object.entries(decoders)) {
    test(`${name} takes no random bytes and throws nothing but BAD_MESSAGE`, () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
          try {
            decode(bytes)
          } catch (error) {
            assert.equal((error as { code?: string }).code, 'BAD_MESSAGE')
          }
        }),
        { numRuns: 300 },
      )
    })
  }

  test('no encoding has a second form: each changed byte is refused or means something else', () => {
    fc.assert(
      fc.property(offer, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, place, change) => {
        const bytes = encodeOffer(value)
        bytes[place % bytes.length]! ^= change
        try {
          assert.notDeepEqual(decodeOffer(bytes), value)
        } catch (error) {
          if ((error as Error).name === 'AssertionError') throw error
          assert.equal((error as { code?: string }).code, 'BAD_MESSAGE')
        }
      }),
    )
  })

  test('trailing and missing bytes are refused', () => {
    fc.assert(
      fc.property(receipt, (value) => {
        const bytes = encodeReceipt(value)
        assert.throws(() => decodeReceipt(Uint8Array.of(...bytes, 0)), { code: 'BAD_MESSAGE' })
        assert.throws(() => decodeReceipt(bytes.subarray(0, -1)), { code: 'BAD_MESSAGE' })
      }),
      { numRuns: 20 },
    )
  })

  test('a version that would move a cursor is refused', () => {
    const [value] = fc.sample(info, 1)
    const bytes = encodeFarmerInfo({ ...value!, version: 'a\u001b[2J' })
    assert.throws(() => decodeFarmerInfo(bytes), { code: 'BAD_MESSAGE' })
  })
})
