import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Transaction, type TransactionRequest } from 'ethers'
import type { Hex } from '../../../src/api/rpc/values.ts'
import { createRPC } from '../../../src/node/rpc/rpc.ts'
import { NETWORKS } from '../../../src/protocol/networks.ts'
import { startTestRPC, type TestRPC } from '../../helpers/rpc.ts'

const TO = `0x${'00'.repeat(18)}c0de` as Hex

/** What a wallet would hand over. */
const signed = async (rpc: TestRPC, request: TransactionRequest = {}): Promise<Hex> =>
  (await rpc.wallet(0).signTransaction({
    type: 2,
    chainId: 31_300,
    nonce: 0,
    to: TO,
    gasLimit: 21_000,
    maxFeePerGas: 100_000_000_000n,
    maxPriorityFeePerGas: 1n,
    ...request,
  })) as Hex

const send = (rpc: TestRPC, raw: Hex) => rpc.request('eth_sendRawTransaction', [raw])

describe('a raw transaction', () => {
  test('is in a block when its hash is returned, and reads back as it was sent', async () => {
    await using rpc = await startTestRPC()
    const raw = await signed(rpc, { value: 3n })
    const hash = await send(rpc, raw)
    assert.equal(hash, Transaction.from(raw).hash)
    assert.equal((await rpc.request('eth_getTransactionReceipt', [hash]))?.status, '0x1')
    assert.equal(await rpc.request('eth_getRawTransactionByHash', [hash]), raw)
    const shown = await rpc.request('eth_getTransactionByHash', [hash])
    assert.deepEqual([shown?.value, shown?.to, shown?.blockNumber], ['0x3', TO, '0x1'])
    const block = await rpc.request('eth_getBlockByNumber', ['latest', true])
    assert.deepEqual(block?.transactions, [shown])
  })

  test('shows no place while it waits', async () => {
    await using rpc = await startTestRPC()
    rpc.control.setAutomine(false)
    const hash = await send(rpc, await signed(rpc))
    const shown = await rpc.request('eth_getTransactionByHash', [hash])
    assert.deepEqual([shown?.blockHash, shown?.blockNumber], [null, null])
    assert.equal(await rpc.request('eth_getTransactionReceipt', [hash]), null)
    const { pending } = await rpc.request('txpool_content')
    assert.deepEqual(pending[shown!.from]?.['0'], shown)
    assert.equal(await rpc.request('eth_getTransactionCount', [shown!.from, 'pending']), '0x1')
    assert.equal(await rpc.request('eth_getTransactionCount', [shown!.from, 'latest']), '0x0')
  })

  test('that the pool refuses is refused in the words of geth', async () => {
    await using rpc = await startTestRPC()
    rpc.control.setAutomine(false)
    await send(rpc, await signed(rpc))
    const refusals: [TransactionRequest, RegExp][] = [
      [{}, /^already known/],
      [{ maxFeePerGas: 100_000_000_001n }, /^replacement transaction underpriced/],
      [{ nonce: 1, value: 10n ** 30n }, /^insufficient funds for gas \* price \+ value/],
      [{ nonce: 1, gasLimit: 20_000 }, /^intrinsic gas too low/],
      [{ nonce: 1, chainId: 1 }, /^invalid chain id for signer: have 1 want 31300/],
    ]
    for (const [request, message] of refusals) {
      await assert.rejects(send(rpc, await signed(rpc, request)), { name: 'RPCError', message })
    }
    await rpc.control.mine()
    await assert.rejects(send(rpc, await signed(rpc)), { message: /^nonce too low/ })
  })

  test('of a kind the chain has not is refused by name', async () => {
    await using rpc = await startTestRPC()
    await assert.rejects(send(rpc, '0x03c0'), { message: /blob transactions \(type 3\)/ })
    await assert.rejects(send(rpc, '0x61c0'), { message: /transaction type not supported: 97/ })
    await assert.rejects(send(rpc, '0x60c0'), { message: /0 fields, not 7/ })
    await assert.rejects(send(rpc, '0x'), { message: /it is empty/ })
    await assert.rejects(send(rpc, `0xf8${'00'.repeat(140_000)}`), { message: /^oversized data/ })
  })

  test('without a chain id is taken by the devnet alone', async () => {
    await using rpc = await startTestRPC()
    const legacy = Transaction.from({
      type: 0,
      nonce: 0,
      to: TO,
      gasLimit: 21_000,
      gasPrice: 10n ** 11n,
      chainId: 0,
    })
    legacy.signature = rpc.wallet(0).signingKey.sign(legacy.unsignedHash)
    const raw = legacy.serialized as Hex
    const { chain } = rpc.node
    const elsewhere = Object.create(chain, { network: { value: NETWORKS.mainnet } })
    const open = createRPC({ node: { ...rpc.node, chain: elsewhere, devnet: undefined } })
    await assert.rejects(open.request('eth_sendRawTransaction', [raw]), {
      message: /only replay-protected/,
    })
    open.close()
    const hash = await send(rpc, raw)
    const shown = await rpc.request('eth_getTransactionByHash', [hash])
    assert.equal(shown?.blockNumber, '0x1')
    assert.equal(shown?.chainId, undefined)
  })
})
