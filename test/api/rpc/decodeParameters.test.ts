import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { BlockReference } from '../../../src/api/rpc/blockReference.ts'
import { decodeParameters } from '../../../src/api/rpc/decodeParameters.ts'
import { RPCError } from '../../../src/api/rpc/errors.ts'
import type { LogFilter } from '../../../src/api/rpc/logFilter.ts'
import { type MethodName, rpcSchema } from '../../../src/api/rpc/schema.ts'
import type { TransactionRequest } from '../../../src/api/rpc/transactionRequest.ts'

const ADDRESS = `0x${'11'.repeat(20)}`
const HASH = `0x${'22'.repeat(32)}`

const decode = (method: MethodName, ...sent: unknown[]) =>
  decodeParameters(rpcSchema[method].parameters, sent)

const refusal = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof RPCError)
  assert.equal(error.toObject().code, -32602)
  assert.match(error.message, pattern)
  return true
}

describe('parameters', () => {
  test('that are wrong are named together with what was expected', () => {
    assert.throws(
      () => decode('eth_getBalance', '0x1234', 'latest'),
      refusal(/params\[0\] \(address\): expected an address.*"0x1234"/),
    )
    assert.throws(() => decode('eth_getBalance'), refusal(/params\[0\] \(address\).*got nothing/))
    assert.throws(
      () => decode('eth_call', { to: 'nobody' }),
      refusal(/\(transaction\.to\): expected an address/),
    )
    const listed = { accessList: [{ address: ADDRESS }] }
    assert.throws(() => decode('eth_call', listed), refusal(/storageKeys\): expected a list/))
    const nameless = { accessList: [{ storageKeys: [] }] }
    assert.throws(
      () => decode('eth_call', nameless),
      refusal(/\[0\]\.address\): expected an address.*got nothing/),
    )
    assert.throws(
      () => decode('eth_getLogs', { topics: ['0x1'] }),
      refusal(/\(filter\.topics\[0\]\)/),
    )
  })

  test('beyond those of the method are refused', () => {
    assert.throws(() => decode('eth_chainId', 1), refusal(/at most 0, got 1/))
  })

  test('may be left out where they have a default, or be null', () => {
    for (const block of [[], [null], ['latest']]) {
      assert.deepEqual(decode('eth_getBalance', ADDRESS, ...block)[1], { tag: 'latest' })
    }
    assert.deepEqual(decodeParameters([], undefined), [])
    assert.deepEqual(decode('eth_getBlockByNumber', 'latest'), [{ tag: 'latest' }, false])
  })

  test('must be a list', () => {
    assert.throws(() => decodeParameters([], { a: 1 }), refusal(/expected a list/))
    assert.throws(() => decodeParameters([], 'x'), refusal(/expected a list/))
  })
})

describe('a block', () => {
  const block = (value: unknown) => decode('eth_getBalance', ADDRESS, value)[1] as BlockReference

  test('is a tag, a number, a hash, or an object of EIP-1898', () => {
    assert.deepEqual(block('finalized'), { tag: 'finalized' })
    assert.deepEqual(block('0x10'), { number: 16n })
    assert.deepEqual(block({ blockNumber: '0x10' }), { number: 16n })
    const hash = new Uint8Array(32).fill(0x22)
    assert.deepEqual(block(HASH), { hash, requireCanonical: false })
    const exact = { blockHash: HASH, requireCanonical: true }
    assert.deepEqual(block(exact), { hash, requireCanonical: true })
  })

  test('is nothing else', () => {
    const both = { blockNumber: '0x1', blockHash: HASH }
    for (const value of ['newest', '0x01', 16, [], {}, both, { blockHash: '0x1' }]) {
      assert.throws(() => block(value), refusal(/params\[1\] \(block\): expected a block/))
    }
  })
})

describe('a transaction object', () => {
  const decodeOne = (value: unknown) => decode('eth_call', value)[0] as TransactionRequest

  test('may say its data as data, as input, or as both when they are equal', () => {
    const data = Uint8Array.of(0xab)
    for (const sent of [{ data: '0xab' }, { input: '0xab' }, { data: '0xab', input: '0xAB' }]) {
      assert.deepEqual(decodeOne(sent), { data })
    }
    assert.throws(() => decodeOne({ data: '0xab', input: '0xcd' }), refusal(/not equal/))
  })

  test('of a blob transaction is refused', () => {
    for (const sent of [{ type: '0x3' }, { blobVersionedHashes: [HASH] }, { blobs: ['0x'] }]) {
      assert.throws(() => decodeOne(sent), refusal(/blob transactions are not supported/))
    }
  })

  test('has one kind of fee', () => {
    assert.throws(
      () => decodeOne({ gasPrice: '0x1', maxFeePerGas: '0x1' }),
      refusal(/both gasPrice/),
    )
    const crossed = { maxFeePerGas: '0x1', maxPriorityFeePerGas: '0x2' }
    assert.throws(() => decodeOne(crossed), refusal(/higher than maxFeePerGas/))
  })

  test('may have null for what is not set, and fields nobody knows', () => {
    assert.deepEqual(decodeOne({ to: null, value: null, gasLimit: 5, colour: 'red' }), {})
  })
})

describe('a log filter', () => {
  const decodeOne = (value: unknown) => decode('eth_getLogs', value)[0] as LogFilter

  test('takes one address or many, and topics with alternatives and gaps', () => {
    const topic = new Uint8Array(32).fill(0x22)
    assert.equal(decodeOne({ address: ADDRESS }).addresses?.length, 1)
    assert.equal(decodeOne({ address: [ADDRESS, ADDRESS] }).addresses?.length, 2)
    assert.equal(decodeOne({ address: [] }).addresses, undefined)
    assert.deepEqual(decodeOne({ topics: [HASH, null, [HASH, HASH], []] }).topics, [
      [topic],
      undefined,
      [topic, topic],
      undefined,
    ])
  })

  test('names a block by hash or a range, not both, and at most four topics', () => {
    assert.throws(
      () => decodeOne({ blockHash: HASH, fromBlock: '0x1' }),
      refusal(/blockHash cannot/),
    )
    assert.throws(() => decodeOne({ topics: Array(5).fill(null) }), refusal(/at most 4 topics/))
  })
})
