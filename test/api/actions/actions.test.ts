import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { hexToBytes } from '@ethereumjs/util'
import { hexlify, Wallet } from 'ethers'
import { buySpace } from '../../../src/api/actions/buySpace.ts'
import { getAccount } from '../../../src/api/actions/getAccount.ts'
import { registerKey } from '../../../src/api/actions/registerKey.ts'
import { registerNode } from '../../../src/api/actions/registerNode.ts'
import { retireNode } from '../../../src/api/actions/retireNode.ts'
import { stake } from '../../../src/api/actions/stake.ts'
import { unstake } from '../../../src/api/actions/unstake.ts'
import { withdraw } from '../../../src/api/actions/withdraw.ts'
import { withdrawCredit } from '../../../src/api/actions/withdrawCredit.ts'
import { stakingContract } from '../../../src/api/contracts.ts'
import { ApiError, type ApiErrorCode } from '../../../src/api/errors.ts'
import { connectProvider } from '../../../src/api/provider.ts'
import { GNX, UNBONDING_EPOCHS } from '../../../src/protocol/params.ts'
import { spaceEscrow } from '../../helpers/marketBench.ts'
import { startTestServer, type TestServer } from '../../helpers/rpc.ts'
import { createTestKey } from '../../helpers/validatorKey.ts'

const STAKE = 5_000n * GNX
const DAY = 86_400n

/** Runs work with a wallet of the devnet's, by number. */
async function withWallet(
  number: number,
  work: (wallet: Wallet, server: TestServer) => Promise<void>,
): Promise<void> {
  await using server = await startTestServer()
  const provider = await connectProvider(server.server.url)
  try {
    await work(new Wallet(server.wallet(number).privateKey, provider), server)
  } finally {
    provider.destroy()
  }
}

const refusal = (code: ApiErrorCode, words: RegExp) => (error: unknown) =>
  error instanceof ApiError && error.code === code && words.test(error.message)

describe('a candidate', () => {
  test('is who stakes the minimum and registers a key it possesses', () =>
    withWallet(1, async (wallet) => {
      const key = createTestKey(1)
      const blsPublicKey = hexlify(key.publicKey)
      const message = await stakingContract(wallet).proofMessage(wallet.address, blsPublicKey)
      const proof = key.prove(hexToBytes(message as `0x${string}`))
      await stake(wallet, { amountWei: STAKE })
      const registered = await registerKey(wallet, {
        blsPublicKey,
        proofOfPossession: hexlify(proof),
      })
      assert.equal(registered.isCandidate, true)
      const account = await getAccount(wallet.provider!, { address: wallet.address })
      assert.equal(account.isCandidate, true)
      assert.equal(account.lockedStakeWei, STAKE)
      await assert.rejects(
        unstake(wallet, { amountWei: 1n }),
        refusal('CALL_REVERTED', /locked|stake/i),
      )
    }))

  test('is not who shows another account’s proof', () =>
    withWallet(2, async (wallet) => {
      const key = createTestKey(2)
      const blsPublicKey = hexlify(key.publicKey)
      const other = '0x00000000000000000000000000000000000c0ffe'
      const message = await stakingContract(wallet).proofMessage(other, blsPublicKey)
      const proof = key.prove(hexToBytes(message as `0x${string}`))
      await assert.rejects(
        registerKey(wallet, { blsPublicKey, proofOfPossession: hexlify(proof) }),
        refusal('CALL_REVERTED', /proof|possession/i),
      )
    }))
})

test('a farmer node locks stake while it is registered, and one epoch cycle later all is paid out', () =>
  withWallet(3, async (wallet, { control }) => {
    await stake(wallet, { amountWei: STAKE })
    const endpointHash = `0x${'11'.repeat(32)}`
    const { node, owner } = await registerNode(wallet, {
      peerId: '0x0102',
      capacityBytes: 10n ** 12n,
      endpointHash,
    })
    assert.equal(owner, wallet.address)
    await assert.rejects(unstake(wallet, { amountWei: STAKE }), refusal('CALL_REVERTED', /./))
    await assert.rejects(
      registerNode(wallet, { peerId: '0x0103', capacityBytes: 1n, endpointHash }),
      refusal('CALL_REVERTED', /stake/i),
    )
    await retireNode(wallet, { node })
    const { unbonding, stakeWei } = await unstake(wallet, { amountWei: STAKE })
    assert.equal(stakeWei, 0n)
    assert.equal(unbonding.length, 1)
    await control.mine({ blocks: Number(UNBONDING_EPOCHS + 2n) * 10 })
    const before = await wallet.provider!.getBalance(wallet.address)
    await withdraw(wallet)
    const after = await wallet.provider!.getBalance(wallet.address)
    assert.ok(after - before > STAKE - GNX)
  }))

test('what an ended bucket did not pay farmers is withdrawn by its owner', () =>
  withWallet(4, async (wallet, { control }) => {
    const space = { sizeBytes: 10n ** 9n, termSeconds: DAY, backups: 1 }
    const { endTime } = await buySpace(wallet, { ...space, tag: 'first' })
    await assert.rejects(withdrawCredit(wallet), refusal('CALL_REVERTED', /./))
    await control.setNextBlockTimestamp(endTime)
    await control.mine()
    await buySpace(wallet, { ...space, tag: 'second', cleanUp: 16 })
    const { amountWei } = await withdrawCredit(wallet)
    assert.equal(amountWei, spaceEscrow(space.sizeBytes * DAY))
  }))
