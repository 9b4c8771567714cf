import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Transaction, verifyMessage, verifyTypedData } from 'ethers'
import type { Hex } from '../../../src/api/rpc/values.ts'
import { createRPC } from '../../../src/node/rpc/rpc.ts'
import { startTestRPC, type TestRPC } from '../../helpers/rpc.ts'

const TO = `0x${'00'.repeat(18)}c0de` as Hex

const accountsOf = (rpc: TestRPC) => rpc.request('eth_accounts')

describe('eth_sendTransaction', () => {
  test('fills in nonce, gas and fees, and the receipt is there when it returns', async () => {
    await using rpc = await startTestRPC()
    const [from] = await accountsOf(rpc)
    const hash = await rpc.request('eth_sendTransaction', [{ from: from!, to: TO, value: '0x5' }])
    const receipt = await rpc.request('eth_getTransactionReceipt', [hash])
    assert.deepEqual([receipt?.status, receipt?.from, receipt?.gasUsed], ['0x1', from, '0x5208'])
    assert.equal((await rpc.request('eth_getTransactionByHash', [hash]))?.type, '0x2')
  })

  test('gives concurrent requests of one account a nonce each', async () => {
    await using rpc = await startTestRPC()
    const [from] = await accountsOf(rpc)
    const request = { from: from!, to: TO, value: '0x1' as Hex }
    await Promise.all(
      Array.from({ length: 12 }, () => rpc.request('eth_sendTransaction', [request])),
    )
    assert.equal(await rpc.request('eth_getBalance', [TO]), '0xc')
    assert.equal(await rpc.request('eth_getTransactionCount', [from!]), '0xc')
  })

  test('makes the type its fields belong to', async () => {
    await using rpc = await startTestRPC()
    const [from] = await accountsOf(rpc)
    const base = { from: from!, to: TO }
    const price = '0x77359400' as Hex
    for (const [fields, type] of [
      [{ gasPrice: price }, '0x0'],
      [{ gasPrice: price, accessList: [] }, '0x1'],
      [{ maxFeePerGas: price }, '0x2'],
      [{}, '0x2'],
      [{ type: '0x0' as Hex }, '0x0'],
    ] as const) {
      const { tx } = await rpc.request('eth_signTransaction', [{ ...base, ...(fields as object) }])
      assert.equal(tx.type, type)
    }
  })

  test('refuses an account the node has no key for, and another chain', async () => {
    await using rpc = await startTestRPC()
    const [from] = await accountsOf(rpc)
    await assert.rejects(rpc.request('eth_sendTransaction', [{ from: TO, to: TO }]), {
      message: `unknown account: the node has no key for ${TO}`,
      hint: 'eth_accounts lists those it has.',
    })
    await assert.rejects(rpc.request('eth_sendTransaction', [{ to: TO }]), /transaction\.from/)
    const elsewhere = { from: from!, to: TO, chainId: '0x1' as Hex }
    await assert.rejects(
      rpc.request('eth_sendTransaction', [elsewhere]),
      /this chain's id is 31300/,
    )
  })
})

test('a signed transaction says what ethers reads from it', async () => {
  await using rpc = await startTestRPC()
  const [from] = await accountsOf(rpc)
  const { raw, tx } = await rpc.request('eth_signTransaction', [
    { from: from!, to: TO, value: '0x7' },
  ])
  const parsed = Transaction.from(raw)
  assert.equal(parsed.from?.toLowerCase(), from)
  assert.deepEqual([parsed.hash, parsed.value, parsed.chainId], [tx.hash, 7n, 31_300n])
})

test('messages and typed data are signed as wallets sign them', async () => {
  await using rpc = await startTestRPC()
  const [from] = await accountsOf(rpc)
  const message = '0x68656c6c6f' as Hex
  for (const signature of [
    await rpc.request('personal_sign', [message, from!]),
    await rpc.request('eth_sign', [from!, message]),
  ]) {
    assert.equal(verifyMessage('hello', signature).toLowerCase(), from)
  }
  const domain = { name: 'Genaro', chainId: 31_300 }
  const types = { Greeting: [{ name: 'text', type: 'string' }] }
  const data = { domain, types, primaryType: 'Greeting', message: { text: 'hello' } }
  for (const sent of [data, JSON.stringify(data)]) {
    const signature = await rpc.request('eth_signTypedData_v4', [from!, sent])
    assert.equal(verifyTypedData(domain, types, data.message, signature).toLowerCase(), from)
  }
})

test('a public node unlocks nothing and has no method of the devnet', async () => {
  await using rpc = await startTestRPC()
  const open = createRPC({ node: { ...rpc.node, devnet: undefined } })
  assert.deepEqual(await open.request('eth_accounts'), [])
  for (const method of ['evm_mine', 'evm_snapshot', 'hardhat_mine', 'evm_increaseTime']) {
    await assert.rejects(open.request(method, []), { code: 'METHOD_NOT_FOUND' })
  }
  open.close()
})

test('typed data that cannot be signed is refused in words without a library around them', async () => {
  await using rpc = await startTestRPC()
  const [from] = await accountsOf(rpc)
  const types = { Greeting: [{ name: 'count', type: 'uint8' }] }
  for (const data of [
    { domain: {}, types, primaryType: 'Greeting', message: { count: 300 } },
    { domain: {}, types: { Greeting: [null] }, primaryType: 'Greeting', message: {} },
    { domain: {}, types: {}, primaryType: 'Greeting', message: {} },
    {},
  ]) {
    await assert.rejects(
      rpc.request('eth_signTypedData_v4', [from!, data]),
      ({ code, message }) => {
        assert.equal(code, 'INVALID_PARAMS')
        assert.doesNotMatch(message, /version=|Cannot read|undefined|code=/)
        return true
      },
    )
  }
})
