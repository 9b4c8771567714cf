import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Wallet } from 'ethers'
import { buyTraffic } from '../../../src/api/actions/buyTraffic.ts'
import { GB } from '../../../src/protocol/params.ts'
import { signTrafficReceipt } from '../../../src/protocol/receipts.ts'
import { createFarmerChain } from '../../../src/storage/farmer/chain.ts'
import { createDebtLimit } from '../../../src/storage/farmer/debtLimit.ts'
import { createFarmerMetrics } from '../../../src/storage/farmer/metrics.ts'
import { openReceiptBook } from '../../../src/storage/farmer/receiptBook.ts'
import { startRedeemer } from '../../../src/storage/farmer/redeemer.ts'
import { createTrafficCredit } from '../../../src/storage/farmer/trafficCredit.ts'
import { createMemoryStore } from '../../../src/util/keyValueStore.ts'
import { silentLogger } from '../../../src/util/logger.ts'
import { type Scope, startNetwork } from './network.ts'

/** A redeemer of receipts of an account with so much traffic. */
async function startBench(t: Scope, trafficBytes: bigint) {
  const network = await startNetwork(t)
  const { provider, chainId, node } = network
  const accounts = node.devnet!.accounts
  const buyer = new Wallet(accounts[2]!.privateKey, provider)
  await buyTraffic(buyer, { trafficBytes })
  const signer = new Wallet(accounts[3]!.privateKey, provider)
  const account = signer.address.toLowerCase()
  const metadata = createMemoryStore()
  const chain = createFarmerChain({ provider, signer, account, chainId })
  const book = await openReceiptBook({ metadata, chainId, farmer: account })
  const credit = createTrafficCredit({ chain, book })
  const metrics = createFarmerMetrics(metadata, silentLogger)
  const redeemer = startRedeemer({
    ...{ chain, book, credit, metrics, logger: silentLogger },
    ...{ everyMs: 1_000_000, minBytes: 1_000_000n },
  })
  network.cleanUp.add(redeemer.stop)
  return {
    ...{ book, chain, credit, metrics, redeemer },
    buyer: buyer.address.toLowerCase(),
    sent: () => provider.getTransactionCount(account),
    sign: (cumulativeBytes: bigint) =>
      signTrafficReceipt(buyer, chainId, {
        buyer: buyer.address.toLowerCase(),
        ...{ farmer: account, channel: 1n, cumulativeBytes },
      }),
  }
}

describe('a receipt is redeemed', () => {
  test('only when the buyer’s traffic makes it worth the gas, however much it says', async (t) => {
    const { book, redeemer, sent, sign, buyer } = await startBench(t, 999_999n)
    await book.accept(await sign(GB))
    await redeemer.redeemAll()
    assert.equal(await sent(), 0)
    assert.equal(book.unredeemedBytes(buyer), GB)
  })

  test('for less when the farmer stops, but not for next to nothing', async (t) => {
    const { book, redeemer, sent, sign, metrics } = await startBench(t, GB)
    await book.accept(await sign(249_999n))
    await redeemer.stop()
    assert.equal(await sent(), 0)
    await book.accept(await sign(250_000n))
    await redeemer.redeemAll()
    assert.equal(await sent(), 0)
    await redeemer.stop()
    assert.equal(await sent(), 1)
    assert.ok(metrics.read().earnedWei.traffic > 0n)
  })

  test('at once when its buyer owes much, before it is sent more', async (t) => {
    const { book, credit, redeemer, sign, sent, buyer } = await startBench(t, GB)
    const debt = createDebtLimit({ book, credit, redeemer, maxOwedBytes: 2_000_000n })
    await book.accept(await sign(1_999_999n))
    await debt.keep(buyer)
    assert.equal(book.unredeemedBytes(buyer), 1_999_999n)
    await book.accept(await sign(4_000_000n))
    await debt.keep(buyer)
    assert.equal(book.unredeemedBytes(buyer), 0n)
    assert.equal(await sent(), 1)
  })

  test('at once when its buyer owes half of its traffic', async (t) => {
    const { book, credit, redeemer, sign, buyer } = await startBench(t, 3_000_000n)
    const debt = createDebtLimit({ book, credit, redeemer })
    await book.accept(await sign(1_600_000n))
    await debt.keep(buyer)
    while (book.unredeemedBytes(buyer) > 0n) await new Promise((resolve) => setTimeout(resolve, 5))
    assert.equal(await credit.trafficOf(buyer), 1_400_000n)
  })
})
