import assert from 'node:assert/strict'
import { test } from 'node:test'
import { equalsBytes } from '@ethereumjs/util'
import fc from 'fast-check'
import { recoverNetworkSender } from '../../src/chain/networkSender.ts'
import { sign } from '../../src/crypto/secp256k1.ts'
import {
  createInspectionAnswer,
  createInspectionStep,
  decodeNetworkTransaction,
} from '../../src/protocol/networkTransactionCodec.ts'
import { NetworkTransactionError } from '../../src/protocol/networkTransactionErrors.ts'

const KEY = new Uint8Array(32).fill(0x22)

const answers = fc
  .record({
    chainId: fc.bigInt({ min: 1n, max: 2n ** 53n - 1n }),
    challengeId: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    anchorNumber: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    anchorHash: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    proof: fc.uint8Array({ maxLength: 300 }),
  })
  .map((fields) => createInspectionAnswer({ ...fields, sign: (hash) => sign(hash, KEY) }))

/** What bytes are read as: the sender and the hash, or undefined when they are refused with a typed error. */
function read(bytes: Uint8Array) {
  try {
    const transaction = decodeNetworkTransaction(bytes, recoverNetworkSender)
    return { transaction, sender: transaction.getSenderAddress() }
  } catch (error) {
    assert.ok(error instanceof NetworkTransactionError, String(error))
    return undefined
  }
}

test('every answer is read back as it was made', () => {
  fc.assert(
    fc.property(answers, (answer) => {
      const { transaction } = read(answer.serialize())!
      assert.deepEqual(transaction.toJSON(), answer.toJSON())
      assert.deepEqual(transaction.serialize(), answer.serialize())
    }),
  )
})

test('no byte can be changed without the answer being refused or another sender’s', () => {
  const signer = answers.map((answer) => ({ answer, sender: answer.getSenderAddress() }))
  fc.assert(
    fc.property(signer, fc.nat(), fc.integer({ min: 1, max: 255 }), (made, at, change) => {
      const bytes = made.answer.serialize().slice()
      bytes[at % bytes.length]! ^= change
      const other = read(bytes)
      assert.ok(other === undefined || !other.sender.equals(made.sender))
    }),
    { numRuns: 1_000 },
  )
})

test('a derived one with any byte changed is refused or another one', () => {
  const bytes = createInspectionStep(31_300n, 1_000n, true).serialize()
  const hash = createInspectionStep(31_300n, 1_000n, true).hash()
  for (let at = 0; at < bytes.length; at++) {
    for (let change = 1; change < 256; change++) {
      const altered = bytes.slice()
      altered[at]! ^= change
      const other = read(altered)
      assert.ok(other === undefined || !equalsBytes(other.transaction.hash(), hash))
    }
  }
})

test('any bytes are refused with a typed error, or are the one encoding of what they say', () => {
  const bytes = fc.uint8Array({ maxLength: 400 }).map((tail) => Uint8Array.of(0x60, ...tail))
  fc.assert(
    fc.property(bytes, (input) => {
      const result = read(input)
      if (result !== undefined) assert.deepEqual(result.transaction.serialize(), input)
    }),
  )
})
