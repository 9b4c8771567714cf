import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestRPC } from '../../helpers/rpc.ts'

test('time and mining follow the evm_ methods, in every form tools write numbers', async () => {
  await using rpc = await startTestRPC()
  const head = () => rpc.node.chain.head.header
  const start = head().timestamp + 10_000_000n
  for (const [index, form] of [
    Number(start),
    String(start + 10n),
    `0x${(start + 20n).toString(16)}`,
  ].entries()) {
    await rpc.request('evm_setNextBlockTimestamp', [form])
    assert.equal(await rpc.request('evm_mine', []), '0x0')
    assert.equal(head().timestamp, start + BigInt(index) * 10n)
  }
  await rpc.request('evm_mine', [Number(start) + 100])
  assert.equal(head().timestamp, start + 100n)
  const number = head().number
  await rpc.request('evm_mine', [{ blocks: 3 }])
  assert.equal(head().number, number + 3n)
  await rpc.request('hardhat_mine', ['0x3', '0x3c'])
  assert.equal(head().number, number + 6n)
  const before = rpc.node.chain.blockByNumber(number + 4n)!.header.timestamp
  assert.equal(head().timestamp, before + 120n)
})

test('time does not go back and too many blocks are refused', async () => {
  await using rpc = await startTestRPC()
  await assert.rejects(rpc.request('evm_setNextBlockTimestamp', [1]), { name: 'RPCError' })
  await assert.rejects(rpc.request('evm_mine', [{ blocks: 100_001 }]), /at most 100000/)
  await assert.rejects(rpc.request('hardhat_mine', ['0xffffffffffff']), /at most 100000/)
  assert.equal(await rpc.request('eth_blockNumber'), '0x0')
})

test('a snapshot can be returned to once', async () => {
  await using rpc = await startTestRPC()
  const id = await rpc.request('evm_snapshot')
  await rpc.request('evm_mine', [])
  assert.equal(await rpc.request('evm_revert', [id]), true)
  assert.equal(await rpc.request('eth_blockNumber'), '0x0')
  assert.equal(await rpc.request('evm_revert', [id]), false)
  assert.equal(await rpc.request('evm_revert', ['no such id']), false)
})
