import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { TypedTransaction } from '@ethereumjs/tx'
import { Address, bytesToHex, hexToBytes, type PrefixedHexString } from '@ethereumjs/util'
import { Interface } from 'ethers/abi'
import { createDevnet } from '../../../src/node/devnet.ts'
import type { ChainNode } from '../../../src/node/node.ts'
import { PoolError } from '../../../src/node/pool/errors.ts'
import { SYSTEM_CONTRACTS } from '../../../src/protocol/addresses.ts'
import { SYSTEM_CONTRACT_ARTIFACTS } from '../../../src/protocol/systemContracts.ts'
import { createSigner, delegating, ETHER, GWEI, type Signer, transfer } from './transactions.ts'

let node: ChainNode
let alice: Signer
let bob: Signer

const signerOf = (index: number): Signer => {
  const { address, privateKey } = node.devnet!.accounts[index]!
  return {
    key: hexToBytes(privateKey as PrefixedHexString),
    address: new Address(hexToBytes(address.toLowerCase() as PrefixedHexString)),
  }
}

const hashesOfHead = (): string[] =>
  node.chain.head.transactions.map((transaction) => bytesToHex(transaction.hash()))

const hashes = (...transactions: TypedTransaction[]): string[] =>
  transactions.map((transaction) => bytesToHex(transaction.hash()))

const cap = { maxFeePerGas: 20n * GWEI }

beforeEach(async () => {
  node = await createDevnet()
  node.devnet!.setAutomine(false)
  alice = signerOf(0)
  bob = signerOf(1)
})
afterEach(() => node.close())

describe('a pool on a chain', () => {
  test('fills one block with what waits, and is empty then', async () => {
    const [a0, a1, b0] = [
      transfer(alice, 0, cap),
      transfer(alice, 1, cap),
      transfer(bob, 0, { ...cap, maxPriorityFeePerGas: 2n * GWEI }),
    ]
    for (const transaction of [a1, a0, b0]) await node.pool.add(transaction)
    await node.devnet!.mine()
    assert.deepEqual(hashesOfHead(), hashes(b0, a0, a1))
    assert.deepEqual([node.pool.pendingCount, node.pool.queuedCount], [0, 0])
    assert.equal(await node.pool.nextNonce(alice.address), 2n)
  })

  test('takes the transactions of undone blocks back', async () => {
    const [a0, a1] = [transfer(alice, 0, cap), transfer(alice, 1, cap)]
    for (const transaction of [a0, a1]) {
      await node.pool.add(transaction)
      await node.devnet!.mine()
    }
    await node.chain.rewind(node.chain.genesis)
    assert.equal(await node.pool.nextNonce(alice.address), 2n)
    await node.devnet!.mine()
    assert.deepEqual(hashesOfHead(), hashes(a0, a1))
  })

  test('drops what a rewound chain cannot pay', async () => {
    const poor = createSigner(77)
    await node.pool.add(transfer(alice, 0, { ...cap, to: poor.address, value: ETHER }))
    await node.devnet!.mine()
    await node.pool.add(transfer(poor, 0, cap))
    await node.chain.rewind(node.chain.genesis)
    assert.equal(await node.pool.nextNonce(poor.address), 0n)
    assert.equal(node.pool.pendingCount, 1)
  })

  test('refuses a special transaction with the revert data of the system contract', async () => {
    const staking = new Interface(SYSTEM_CONTRACT_ARTIFACTS.Staking.abi)
    const data = staking.encodeFunctionData('unstake', [ETHER]) as PrefixedHexString
    const special = transfer(alice, 0, {
      ...cap,
      to: SYSTEM_CONTRACTS.Staking,
      data,
      gasLimit: 200_000,
    })
    await assert.rejects(node.pool.add(special), (error: unknown) => {
      assert.ok(error instanceof PoolError)
      assert.equal(error.code, 'SPECIAL_REVERTED')
      assert.ok(staking.parseError(error.facts.data as string) !== null)
      return true
    })
  })

  test('takes a special transaction that the system contract accepts', async () => {
    const staking = new Interface(SYSTEM_CONTRACT_ARTIFACTS.Staking.abi)
    const special = transfer(alice, 0, {
      ...cap,
      to: SYSTEM_CONTRACTS.Staking,
      data: staking.encodeFunctionData('bet', []) as PrefixedHexString,
      value: ETHER,
      gasLimit: 500_000,
    })
    await node.pool.add(special)
    await node.devnet!.mine()
    assert.deepEqual(hashesOfHead(), hashes(special))
    assert.equal(node.chain.receiptsOf(node.chain.head.hash())![0]!.status, 1)
  })

  test('sees that an authorization in a block has used a waiting nonce', async () => {
    const waiting = [transfer(alice, 0), transfer(alice, 1)]
    const authorization = delegating(bob, 0, alice, 0)
    for (const transaction of waiting) await node.pool.add(transaction)
    await node.pool.add(authorization)
    const { pool, chain } = node
    const before = pool.snapshot()
    await pool.restore([authorization])
    await node.devnet!.mine()
    await pool.restore(before)
    assert.deepEqual(hashesOfHead(), hashes(authorization))
    assert.equal((await chain.stateOf(chain.head).getAccount(alice.address))!.nonce, 1n)
    assert.deepEqual(hashes(...pool.content().pending), hashes(waiting[1]!))
    assert.equal(await pool.nextNonce(alice.address), 2n)
  })
})
