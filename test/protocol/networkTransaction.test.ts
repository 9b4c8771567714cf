import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RLP } from '@ethereumjs/rlp'
import { bytesToHex, concatBytes, hexToBytes } from '@ethereumjs/util'
import { Wallet } from 'ethers'
import { recoverNetworkSender } from '../../src/chain/networkSender.ts'
import { keccak256 } from '../../src/crypto/keccak.ts'
import { sign } from '../../src/crypto/secp256k1.ts'
import { SYSTEM_CONTRACTS } from '../../src/protocol/addresses.ts'
import { decodeInspectionAnswer } from '../../src/protocol/inspectionAnswer.ts'
import { SYSTEM_SENDER } from '../../src/protocol/networkTransaction.ts'
import {
  createHeftSync,
  createInspectionAnswer,
  createInspectionStep,
  createNetworkTransaction,
  decodeNetworkTransaction,
  MAX_NETWORK_TRANSACTION_BYTES,
} from '../../src/protocol/networkTransactionCodec.ts'
import {
  NetworkTransactionError,
  type NetworkTransactionErrorCode,
} from '../../src/protocol/networkTransactionErrors.ts'

const KEY = new Uint8Array(32).fill(0x11)
const SIGNER = new Wallet(bytesToHex(KEY)).address.toLowerCase()
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

const answer = createInspectionAnswer({
  chainId: 31_300n,
  challengeId: 7n,
  anchorNumber: 0x0102n,
  anchorHash: new Uint8Array(32).fill(0xab),
  proof: Uint8Array.of(1, 2, 3),
  sign: (hash) => sign(hash, KEY),
})

const refusal = (code: NetworkTransactionErrorCode) => (error: unknown) =>
  error instanceof NetworkTransactionError && error.code === code

/** Bytes of the type with any seven items, or more or fewer. */
const encode = (items: unknown[]): Uint8Array =>
  concatBytes(Uint8Array.of(0x60), RLP.encode(items as Uint8Array[]))

/** The answer's bytes with one field replaced. */
function withField(index: number, value: unknown): Uint8Array {
  const items: unknown[] = answer.raw()
  items[index] = value
  return encode(items)
}

describe('a network transaction', () => {
  test('is written as its type and one list, and signed without the signature', () => {
    const { r, s, yParity } = answer
    const payload = `0000000000000102${'ab'.repeat(32)}010203`
    const signed = `827a44070aab${payload}`
    const wordOf = (value: bigint) => `a0${value.toString(16).padStart(64, '0')}`
    const parity = yParity === 1n ? '01' : '80'
    assert.equal(
      bytesToHex(answer.serialize()),
      `0x60f874${signed}${parity}${wordOf(r)}${wordOf(s)}`,
    )
    const unsigned = hexToBytes(`0x60f1${signed}`)
    assert.deepEqual(answer.getHashedMessageToSign(), keccak256(unsigned))
  })

  test('has the hash it always had', () => {
    const made = [answer, createInspectionStep(31_300n, 9n, true), createHeftSync(31_300n, 9n)]
    assert.deepEqual(
      made.map((transaction) => bytesToHex(transaction.hash())),
      [
        '0xe8fff49fdb36154b70fb7e82d83e91adac7ed5b70571e1410bcf08488908877d',
        '0x8f0ebf0ec927bb4fd0f81c4afc43b279d00732f87750cc40bed45920eadc4eae',
        '0x9df731ab30a8d601fd4e6a627eea2f95061a429de4356819904aa3f1c3efc1a5',
      ],
    )
    const step = createInspectionStep(31_300n, 9n, true).serialize()
    assert.equal(bytesToHex(step), '0x60c9827a44091101808080')
  })

  test('is read back as it was, sender included, by either way of recovering', () => {
    for (const recover of [undefined, recoverNetworkSender]) {
      const read = decodeNetworkTransaction(answer.serialize(), recover)
      assert.deepEqual(read.toJSON(), answer.toJSON())
      assert.deepEqual(read.hash(), answer.hash())
      assert.equal(read.getSenderAddress().toString(), SIGNER)
      assert.equal(read.to.toString(), SYSTEM_CONTRACTS.Inspections)
      assert.deepEqual(decodeInspectionAnswer(read.payload), {
        anchorNumber: 0x0102n,
        anchorHash: new Uint8Array(32).fill(0xab),
        proof: Uint8Array.of(1, 2, 3),
      })
    }
  })

  test('that is derived has no signature and comes from the system', () => {
    for (const derived of [createInspectionStep(31_300n, 9n, true), createHeftSync(31_300n, 9n)]) {
      const read = decodeNetworkTransaction(derived.serialize())
      assert.deepEqual(read.hash(), derived.hash())
      assert.ok(read.isDerived)
      assert.equal(read.getSenderAddress(), SYSTEM_SENDER)
      assert.equal(read.nonce, 9n)
      assert.deepEqual([read.v, read.r, read.s], [0n, 0n, 0n])
    }
    const full = createInspectionStep(31_300n, 9n, true)
    assert.notDeepEqual(full.hash(), createInspectionStep(31_300n, 9n, false).hash())
  })

  test('has a signature that ethers recovers', async () => {
    const wallet = new Wallet(bytesToHex(KEY))
    const { r, s, yParity } = wallet.signingKey.sign(answer.getHashedMessageToSign())
    assert.deepEqual([BigInt(r), BigInt(s), BigInt(yParity)], [answer.r, answer.s, answer.yParity])
  })
})

describe('bytes are refused', () => {
  const CASES: [string, Uint8Array, NetworkTransactionErrorCode][] = [
    ['of another type', concatBytes(Uint8Array.of(2), answer.serialize().slice(1)), 'BAD_ENCODING'],
    ['that are none', new Uint8Array(0), 'BAD_ENCODING'],
    ['that are the type alone', Uint8Array.of(0x60), 'BAD_ENCODING'],
    ['with more after the end', concatBytes(answer.serialize(), Uint8Array.of(0)), 'BAD_ENCODING'],
    ['cut short', answer.serialize().slice(0, -1), 'BAD_ENCODING'],
    ['with a field too few', encode(answer.raw().slice(0, 6)), 'BAD_ENCODING'],
    ['with a field too many', encode([...answer.raw(), new Uint8Array(0)]), 'BAD_ENCODING'],
    ['with a list for a field', withField(3, [answer.payload]), 'BAD_ENCODING'],
    ['with a leading zero', withField(1, Uint8Array.of(0, 7)), 'BAD_ENCODING'],
    ['with a zero written out', withField(4, Uint8Array.of(0)), 'BAD_ENCODING'],
    ['with chain id 0', withField(0, new Uint8Array(0)), 'BAD_ENCODING'],
    ['with a chain id of 54 bits', withField(0, hexToBytes('0x20000000000000')), 'BAD_ENCODING'],
    ['with a nonce of 65 bits', withField(1, hexToBytes('0x010000000000000000')), 'BAD_ENCODING'],
    ['with a number of 33 bytes', withField(5, new Uint8Array(33).fill(1)), 'BAD_ENCODING'],
    ['with a user’s kind', withField(2, Uint8Array.of(9)), 'UNKNOWN_KIND'],
    ['with a kind that is none', withField(2, Uint8Array.of(200)), 'UNKNOWN_KIND'],
    ['with a huge kind', withField(2, new Uint8Array(32).fill(255)), 'UNKNOWN_KIND'],
    ['with a payload too short', withField(3, new Uint8Array(39)), 'BAD_PAYLOAD'],
    ['with a parity of 2', withField(4, Uint8Array.of(2)), 'BAD_SIGNATURE'],
    ['with r of 0', withField(5, new Uint8Array(0)), 'BAD_SIGNATURE'],
    ['with r of the order', withField(5, hexToBytes(`0x${ORDER.toString(16)}`)), 'BAD_SIGNATURE'],
    ['with s of 0', withField(6, new Uint8Array(0)), 'BAD_SIGNATURE'],
    [
      'with the other s',
      withField(6, hexToBytes(`0x${(ORDER - answer.s).toString(16)}`)),
      'BAD_SIGNATURE',
    ],
  ]
  for (const [what, bytes, code] of CASES) {
    test(what, () => assert.throws(() => decodeNetworkTransaction(bytes), refusal(code)))
  }

  test('that sign a derived one', () => {
    const items: unknown[] = createHeftSync(31_300n, 9n).raw()
    items[5] = Uint8Array.of(1)
    assert.throws(() => decodeNetworkTransaction(encode(items)), refusal('BAD_SIGNATURE'))
  })

  test('with a derived one’s payload of another form', () => {
    const step: unknown[] = createInspectionStep(31_300n, 9n, true).raw()
    const sync: unknown[] = createHeftSync(31_300n, 9n).raw()
    for (const payload of [new Uint8Array(0), Uint8Array.of(2), Uint8Array.of(0, 1)]) {
      step[3] = payload
      assert.throws(() => decodeNetworkTransaction(encode(step)), refusal('BAD_PAYLOAD'))
    }
    sync[3] = Uint8Array.of(0)
    assert.throws(() => decodeNetworkTransaction(encode(sync)), refusal('BAD_PAYLOAD'))
  })

  test('of nested lists at once, however deep', () => {
    const nested = new Uint8Array(MAX_NETWORK_TRANSACTION_BYTES).fill(0xc1)
    nested[0] = 0x60
    assert.throws(() => decodeNetworkTransaction(nested), refusal('BAD_ENCODING'))
  })
})

test('one byte above the greatest size is refused, made or read; the greatest is taken', () => {
  const make = (proofBytes: number) =>
    createInspectionAnswer({
      chainId: 31_300n,
      challengeId: 7n,
      anchorNumber: 1n,
      anchorHash: new Uint8Array(32),
      proof: new Uint8Array(proofBytes),
      sign: (hash) => sign(hash, KEY),
    })
  const overhead = make(60_000).serialize().length - 60_000
  const largest = make(MAX_NETWORK_TRANSACTION_BYTES - overhead)
  assert.equal(largest.serialize().length, MAX_NETWORK_TRANSACTION_BYTES)
  assert.deepEqual(decodeNetworkTransaction(largest.serialize()).hash(), largest.hash())
  assert.throws(() => make(MAX_NETWORK_TRANSACTION_BYTES - overhead + 1), refusal('TOO_LARGE'))
  const items = largest.raw()
  items[3] = new Uint8Array(items[3]!.length + 1)
  assert.throws(() => decodeNetworkTransaction(encode(items)), refusal('TOO_LARGE'))
})

test('a signature that is not of 65 bytes is refused when one is made', () => {
  const make = (bytes: number) =>
    createNetworkTransaction({
      chainId: 1n,
      kind: 10,
      nonce: 1n,
      payload: new Uint8Array(40),
      sign: () => new Uint8Array(bytes).fill(1),
    })
  for (const bytes of [0, 64, 66]) assert.throws(() => make(bytes), refusal('BAD_SIGNATURE'))
})

test('an r that is no point’s x has no sender', () => {
  const read = (recover?: typeof recoverNetworkSender) =>
    decodeNetworkTransaction(withField(5, Uint8Array.of(5)), recover)
  assert.throws(() => read().getSenderAddress(), refusal('BAD_SIGNATURE'))
  assert.throws(() => read(recoverNetworkSender).getSenderAddress(), refusal('BAD_SIGNATURE'))
})
