import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { rpcSchema } from '../../../src/api/rpc/schema.ts'
import { createRPC, type RPC } from '../../../src/node/rpc/rpc.ts'
import { createLogger } from '../../../src/util/logger.ts'
import { startTestDevnet, type TestDevnet } from '../../helpers/devnet.ts'

const CONTEXT = { subscriber: undefined }
/** They change what all later cases see, or mine more blocks than a test should. */
const LEFT_OUT = [
  'evm_mine',
  'hardhat_mine',
  'evm_setIntervalMining',
  'evm_increaseTime',
  'evm_setNextBlockTimestamp',
  'evm_setAutomine',
]

let devnet: TestDevnet
let rpc: RPC
const faults: string[] = []

before(async () => {
  devnet = await startTestDevnet()
  await devnet.send(0, { to: `0x${'00'.repeat(18)}c0de`, value: 1n })
  const logger = createLogger('error', (line) => faults.push(line))
  rpc = createRPC({ node: devnet.node, logger })
})

after(async () => {
  rpc.close()
  await devnet[Symbol.asyncDispose]()
})

const address = fc.constantFrom(
  '0x6000000000000000000000000000000000000001',
  '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266',
  `0x${'00'.repeat(20)}`,
)
const hex = fc
  .uint8Array({ maxLength: 40 })
  .map((bytes) => `0x${Buffer.from(bytes).toString('hex')}`)
const block = fc.constantFrom(
  'latest',
  'pending',
  'earliest',
  '0x0',
  '0x1',
  '0xffffffff',
  `0x${'ab'.repeat(32)}`,
)
const number = fc.constantFrom(
  '0x0',
  '0x1',
  '0xffffffffffffffff',
  `0x${'f'.repeat(64)}`,
  '0x01',
  '-1',
)
const call = fc.record(
  {
    from: address,
    to: fc.option(address),
    gas: number,
    gasPrice: number,
    value: number,
    data: hex,
    nonce: number,
    type: number,
    accessList: fc.constant([]),
    authorizationList: fc.constant([]),
  },
  { requiredKeys: [] },
)
const filter = fc.record(
  { fromBlock: block, toBlock: block, address, topics: fc.array(fc.option(hex), { maxLength: 5 }) },
  { requiredKeys: [] },
)
const parameter = fc.oneof(address, hex, block, number, call, filter, fc.boolean(), fc.jsonValue())
const method = fc.constantFrom(...Object.keys(rpcSchema).filter((name) => !LEFT_OUT.includes(name)))

/** What every answer is, whatever was asked. */
function assertAnswer(text: string | undefined): void {
  if (text === undefined) return
  for (const answer of [JSON.parse(text)].flat()) {
    assert.equal(answer.jsonrpc, '2.0')
    assert.notEqual('result' in answer, 'error' in answer)
    if ('error' in answer) {
      assert.ok(Number.isInteger(answer.error.code))
      assert.notEqual(answer.error.code, -32603, `${answer.error.message}: ${faults.at(-1)}`)
    }
  }
}

test('any text gets an answer or nothing', async () => {
  const text = fc.oneof(fc.string(), fc.json(), fc.string({ unit: 'binary' }))
  await fc.assert(
    fc.asyncProperty(text, async (body) => assertAnswer(await rpc.answer(body, CONTEXT))),
    { numRuns: 1_000 },
  )
})

test('any parameters to any method get an answer, and never through a fault of the node', async () => {
  await fc.assert(
    fc.asyncProperty(method, fc.array(parameter, { maxLength: 4 }), async (name, params) => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: name, params })
      assertAnswer(await rpc.answer(body, CONTEXT))
    }),
    { numRuns: 2_500 },
  )
})

test('any bytes sent as a raw transaction are refused by what is wrong with them', async () => {
  const raw = fc
    .tuple(
      fc.constantFrom('', '01', '02', '03', '04', '60', 'c0', 'f8'),
      fc.uint8Array({ maxLength: 200 }),
    )
    .map(([type, bytes]) => `0x${type}${Buffer.from(bytes).toString('hex')}`)
  await fc.assert(
    fc.asyncProperty(raw, async (bytes) => {
      await assert.rejects(rpc.request('eth_sendRawTransaction', [bytes]), { name: 'RPCError' })
    }),
    { numRuns: 1_000 },
  )
  assert.deepEqual(faults, [])
})

test('a signed transaction with any bit flipped changes nothing it was not signed for', async () => {
  const signed = await devnet.sign(1, { to: `0x${'00'.repeat(18)}c0de`, value: 5n })
  const own = signed.getSenderAddress()
  await fc.assert(
    fc.asyncProperty(fc.nat(signed.serialize().length * 8 - 1), async (bit) => {
      const bytes = Uint8Array.from(signed.serialize())
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      const sent = `0x${Buffer.from(bytes).toString('hex')}`
      await assert.rejects(rpc.request('eth_sendRawTransaction', [sent]), { name: 'RPCError' })
      assert.equal(await devnet.node.pool.nextNonce(own), 0n)
    }),
    { numRuns: 300 },
  )
  assert.deepEqual(faults, [])
})

test('deep nesting and huge numbers are refused like anything else that is wrong', async () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  const object = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`
  const nested = (params: string) =>
    `{"jsonrpc":"2.0","id":1,"method":"eth_call","params":${params}}`
  const number = nested(`[{"value":${'9'.repeat(100_000)}}]`)
  const typed = `{"jsonrpc":"2.0","id":1,"method":"eth_signTypedData_v4","params":["0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",{"domain":{},"types":{"A":[{"name":"x","type":"uint8${'[]'.repeat(20_000)}"}]},"message":{"x":${deep}}}]}`
  for (const body of [deep, object, nested(deep), nested(`[${object}]`), number, typed]) {
    assertAnswer(await rpc.answer(body, CONTEXT))
  }
})
