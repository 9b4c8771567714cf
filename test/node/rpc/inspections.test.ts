import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bytesToHex } from '@ethereumjs/util'
import { JsonRpcProvider } from 'ethers'
import { createPublicClient, http } from 'viem'
import { RPCError } from '../../../src/api/rpc/errors.ts'
import type { Hex } from '../../../src/api/rpc/values.ts'
import { createRPCServer } from '../../../src/node/rpc/server.ts'
import { SYSTEM_CONTRACTS } from '../../../src/protocol/addresses.ts'
import { createHeftSync } from '../../../src/protocol/networkTransactionCodec.ts'
import { startTestRPC } from '../../helpers/rpc.ts'
import { startInspectedFarmer } from '../inspectedFarmer.ts'

const SYSTEM_SENDER = `0x${'ff'.repeat(19)}fe`

/** A served devnet whose first farmer has an open challenge, and the answer to it. */
async function startChallenged() {
  const rpc = await startTestRPC({ answerGraceSeconds: 0 })
  const server = await createRPCServer({ node: rpc.node, port: 0 })
  const farmer = await startInspectedFarmer(rpc)
  rpc.control.setAutomine(false)
  const { challengeId } = await farmer.openChallenge()
  const answer = await farmer.answer(challengeId)
  const raw = bytesToHex(answer.serialize())
  return {
    ...rpc,
    ...{ farmer, challengeId, answer, raw },
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server.close()
      await rpc[Symbol.asyncDispose]()
    },
  }
}

/** Sends the answer and mines it. */
const send = async (devnet: Awaited<ReturnType<typeof startChallenged>>): Promise<Hex> => {
  const hash = await devnet.request('eth_sendRawTransaction', [devnet.raw])
  await devnet.control.mine()
  return hash
}

describe('stock clients', () => {
  test('ethers reads every block, transaction and receipt', async () => {
    await using devnet = await startChallenged()
    const hash = await send(devnet)
    const provider = new JsonRpcProvider(devnet.url, undefined, { staticNetwork: true })
    const head = Number(devnet.node.chain.head.header.number)
    const kinds = new Set<number>()
    for (let number = 0; number <= head; number++) {
      const block = await provider.getBlock(number, true)
      for (const transaction of block!.prefetchedTransactions) {
        kinds.add(transaction.type)
        const receipt = await provider.getTransactionReceipt(transaction.hash)
        assert.equal(receipt?.blockNumber, number)
        assert.equal(receipt?.type, transaction.type)
      }
    }
    assert.ok(kinds.has(0x60))
    const answer = await provider.getTransaction(hash)
    assert.equal(answer?.from.toLowerCase(), devnet.farmer.address)
    assert.equal(answer?.to, SYSTEM_CONTRACTS.Inspections)
    assert.equal(answer?.nonce, Number(devnet.challengeId))
    const receipt = await provider.waitForTransaction(hash)
    assert.deepEqual([receipt?.status, receipt?.gasUsed, receipt?.fee], [1, 0n, 0n])
    provider.destroy()
  })

  test('viem reads every block, transaction and receipt', async () => {
    await using devnet = await startChallenged()
    const hash = await send(devnet)
    const client = createPublicClient({ transport: http(devnet.url) })
    const { number: head } = devnet.node.chain.head.header
    const senders = new Set<string>()
    for (let blockNumber = 0n; blockNumber <= head; blockNumber++) {
      const block = await client.getBlock({ blockNumber, includeTransactions: true })
      for (const transaction of block.transactions) {
        senders.add(transaction.from)
        const receipt = await client.getTransactionReceipt({ hash: transaction.hash })
        assert.equal(receipt.blockNumber, blockNumber)
      }
    }
    assert.ok(senders.has(SYSTEM_SENDER))
    const answer = await client.getTransaction({ hash })
    assert.deepEqual([answer.gas, answer.gasPrice, answer.value], [0n, 0n, 0n])
    const receipt = await client.waitForTransactionReceipt({ hash })
    assert.deepEqual([receipt.status, receipt.effectiveGasPrice], ['success', 0n])
  })
})

describe('a network transaction', () => {
  test('shows its kind, its call, no fee and its signature', async () => {
    await using devnet = await startChallenged()
    const { answer, request } = devnet
    const shown = await request('eth_getTransactionByHash', [await send(devnet)])
    assert.ok(shown)
    const { r, s, v, yParity, ...fields } = shown
    assert.deepEqual([BigInt(r!), BigInt(s!)], [answer.r, answer.s])
    assert.deepEqual([BigInt(v!), BigInt(yParity!)], [answer.v, answer.v])
    assert.deepEqual(
      [fields.type, fields.kind, fields.gas, fields.gasPrice, fields.value, fields.to],
      ['0x60', '0xa', '0x0', '0x0', '0x0', SYSTEM_CONTRACTS.Inspections],
    )
    assert.equal(fields.input, bytesToHex(answer.payload))
    const { kind, name, contract, method, args } = fields.special!
    assert.deepEqual(
      [kind, name, contract, method],
      [10, 'inspectionAnswer', 'Inspections', 'answer'],
    )
    assert.equal(args.challengeId, `0x${devnet.challengeId.toString(16)}`)
  })

  test('that every node derives shows a signature of zeros and the system as its sender', async () => {
    await using devnet = await startChallenged()
    const block = await devnet.request('eth_getBlockByNumber', ['latest', true])
    const step = block!.transactions.at(-1)!
    assert.ok(typeof step === 'object')
    assert.deepEqual(
      [step.type, step.kind, step.from, step.r, step.s, step.v, step.yParity, step.gas],
      ['0x60', '0x11', SYSTEM_SENDER, '0x0', '0x0', '0x0', '0x0', '0x0'],
    )
    assert.deepEqual(step.special, {
      kind: 17,
      name: 'inspectionStep',
      contract: 'Inspections',
      method: 'step',
      args: { laneFull: false },
    })
    assert.equal(step.nonce, block!.number)
    const receipt = await devnet.request('eth_getTransactionReceipt', [step.hash])
    assert.deepEqual([receipt?.kind, receipt?.gasUsed, receipt?.status], ['0x11', '0x0', '0x1'])
  })

  test('is counted, found by place, and told as the bytes that were sent', async () => {
    await using devnet = await startChallenged()
    const { request } = devnet
    const hash = await send(devnet)
    const block = await request('eth_getBlockByNumber', ['latest', false])
    const index = `0x${block!.transactions.indexOf(hash).toString(16)}` as Hex
    assert.equal(
      await request('eth_getBlockTransactionCountByNumber', ['latest']),
      `0x${block!.transactions.length.toString(16)}`,
    )
    const placed = await request('eth_getTransactionByBlockNumberAndIndex', ['latest', index])
    assert.equal(placed?.hash, hash)
    assert.equal(await request('eth_getRawTransactionByHash', [hash]), devnet.raw)
    assert.equal(await request('debug_getRawTransaction', [hash]), devnet.raw)
    const receipts = await request('debug_getRawReceipts', ['latest'])
    assert.equal(receipts[Number(index)]?.slice(0, 4), '0x60')
    const fees = await request('eth_feeHistory', ['0x4', 'latest', [10, 90]])
    assert.deepEqual(fees.reward?.at(-1), ['0x0', '0x0'])
    const sent = await request('eth_getTransactionCount', [devnet.farmer.address as Hex])
    assert.equal(sent, '0x1')
  })

  test('is seen by logs and by filters', async () => {
    await using devnet = await startChallenged()
    const { request } = devnet
    const address = SYSTEM_CONTRACTS.Inspections
    const logs = await request('eth_newFilter', [{ address }])
    const waiting = await request('eth_newPendingTransactionFilter')
    const hash = await send(devnet)
    assert.deepEqual(await request('eth_getFilterChanges', [waiting]), [hash])
    const seen = (await request('eth_getFilterChanges', [logs])) as { transactionHash: Hex }[]
    assert.ok(seen.some(({ transactionHash }) => transactionHash === hash))
    const found = await request('eth_getLogs', [{ address, fromBlock: 'latest' }])
    assert.deepEqual(found, seen)
  })

  test('that waits stands apart in the pool', async () => {
    await using devnet = await startChallenged()
    const { request, farmer } = devnet
    const hash = await request('eth_sendRawTransaction', [devnet.raw])
    assert.deepEqual(await request('txpool_status'), {
      pending: '0x0',
      queued: '0x0',
      network: '0x1',
    })
    const { network } = await request('txpool_content')
    const own = network[farmer.address]!
    assert.equal(own[devnet.challengeId.toString()]?.hash, hash)
    const from = await request('txpool_contentFrom', [farmer.address as Hex])
    assert.deepEqual(from.network, own)
    const shown = await request('eth_getTransactionByHash', [hash])
    assert.deepEqual([shown?.blockNumber, shown?.kind], [null, '0xa'])
  })

  test('that is refused is refused with a reason', async () => {
    await using devnet = await startChallenged()
    const { request, farmer, challengeId } = devnet
    const sendRaw = (bytes: Uint8Array) => request('eth_sendRawTransaction', [bytesToHex(bytes)])
    const proof = new Uint8Array(200)
    const wrong = await farmer.answer(challengeId, { proof })
    const unknown = await farmer.answer(999n, { proof })
    const large = new Uint8Array(70_000).fill(0x60)
    const refusals: [Uint8Array, RegExp][] = [
      [wrong.serialize(), /execution reverted: BadProof/],
      [unknown.serialize(), /execution reverted: UnknownChallenge/],
      [large, /70000 bytes, more than 65536/],
      [wrong.serialize().subarray(0, 90), /malformed/],
      [createHeftSync(31_300n, 1n).serialize(), /kind 2 \(heftSync\) are not sent/],
    ]
    for (const [bytes, message] of refusals) {
      await assert.rejects(sendRaw(bytes), { name: 'RPCError', message })
    }
  })
})

test('an answer with any byte changed is refused in words, and leaves nothing behind', async () => {
  await using devnet = await startChallenged()
  const bytes = devnet.answer.serialize()
  const { length } = bytes
  // All of the head and the signature, and some of the proof.
  const positions = [
    ...Array(120).keys(),
    ...Array.from({ length: 70 }, (_, at) => length - 1 - at),
  ]
  for (let at = 120; at < length - 70; at += 997) positions.push(at)
  for (const position of positions) {
    const changed = bytes.slice()
    changed[position]! ^= 1 << (position % 8)
    await assert.rejects(
      devnet.request('eth_sendRawTransaction', [bytesToHex(changed)]),
      (error) => {
        assert.ok(error instanceof RPCError)
        assert.notEqual(error.code, 'INTERNAL_ERROR')
        return true
      },
    )
  }
  assert.equal(devnet.node.pool.lane.count, 0)
  assert.equal(
    await devnet.request('eth_sendRawTransaction', [devnet.raw]),
    bytesToHex(devnet.answer.hash()),
  )
})

test('a network transaction is neither called, estimated nor filled in', async () => {
  await using rpc = await startTestRPC()
  const request = { type: '0x60', to: SYSTEM_CONTRACTS.Inspections } as const
  const refusal = { code: 'INVALID_PARAMS', message: /network transactions \(type 0x60\)/ }
  await assert.rejects(rpc.request('eth_call', [request]), refusal)
  await assert.rejects(rpc.request('eth_estimateGas', [request]), refusal)
  await assert.rejects(rpc.request('eth_fillTransaction', [request]), refusal)
})

describe('genaro_getInspections', () => {
  test('tells how a node stands and what came of its challenges, the newest first', async () => {
    await using devnet = await startChallenged()
    const { request, challengeId } = devnet
    const id = `0x${challengeId.toString(16)}`
    const before = await request('genaro_getInspections', ['0x0'])
    const [node] = before.nodes
    assert.deepEqual(
      node?.openChallenges.map((open) => [open.challengeId, open.replicaId, open.round]),
      [[id, null, before.round]],
    )
    assert.deepEqual([node?.totalLeaves, node?.paidLeaves, node?.strikes], ['0x40', '0x40', '0x0'])
    await send(devnet)
    const after = await request('genaro_getInspections', ['0x0'])
    assert.deepEqual(
      after.history.map(({ event, challengeId: of }) => [event, of]),
      [
        ['passed', id],
        ['opened', id],
        ['snapshotted', id],
      ],
    )
    const [passed, opened] = after.history
    assert.equal(passed?.leaves, '0x40')
    assert.ok(BigInt(opened!.slot) < BigInt(opened!.deadlineSlot!))
    assert.deepEqual(after.nodes[0]?.openChallenges, [])
    assert.equal(after.nodes[0]?.recentPasses, '0x1')
    assert.equal(after.historyFromBlock, null)
  })

  test('tells the same of the account that owns the node', async () => {
    await using devnet = await startChallenged()
    await send(devnet)
    const { request, farmer } = devnet
    assert.deepEqual(
      await request('genaro_getInspections', [farmer.address as Hex]),
      await request('genaro_getInspections', ['0x0']),
    )
    const none = await request('genaro_getInspections', [
      devnet.control.accounts[0]!.address as Hex,
    ])
    assert.deepEqual([none.nodes, none.history], [[], []])
  })

  test('is paged by the block it ends with', async () => {
    await using devnet = await startChallenged()
    await send(devnet)
    const { request } = devnet
    const { history } = await request('genaro_getInspections', ['0x0'])
    const first = await request('genaro_getInspections', ['0x0', { limit: '0x1' }])
    assert.deepEqual(first.history, history.slice(0, 1))
    const toBlock = `0x${(BigInt(first.historyFromBlock!) - 1n).toString(16)}` as Hex
    const rest = await request('genaro_getInspections', ['0x0', { toBlock }])
    assert.deepEqual(rest.history, history.slice(1))
  })

  test('tells of strikes until the third discharges', async () => {
    await using devnet = await startChallenged()
    const { request, control } = devnet
    for (let blocks = 0; blocks < 5; blocks++) await control.mine({ blocks: 10 })
    const { nodes, history } = await request('genaro_getInspections', ['0x0'])
    assert.deepEqual([nodes[0]?.discharged, nodes[0]?.active], [true, false])
    const strikes = history.flatMap(({ strikes }) => strikes ?? [])
    assert.deepEqual(strikes, ['0x3', '0x2', '0x1'])
    const [discharged] = history.filter(({ event }) => event === 'discharged')
    assert.equal(discharged?.owner, devnet.farmer.address)
    assert.ok(BigInt(discharged!.slashedWei!) > 0n)
  })

  test('refuses what is neither a node nor an account, and a node that is not there', async () => {
    await using rpc = await startTestRPC()
    const { request } = rpc
    for (const subject of ['zz', 5, null, '0x', {}]) {
      await assert.rejects(request('genaro_getInspections', [subject as never]), {
        code: 'INVALID_PARAMS',
      })
    }
    await assert.rejects(request('genaro_getInspections', ['0x99']), { message: /UnknownNode/ })
  })
})
