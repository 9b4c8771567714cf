import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { GB, GNX } from '../../src/protocol/params.ts'
import { kept } from '../helpers/marketBench.ts'
import { FARMERS, ReplicaBench } from '../helpers/replicaBench.ts'
import { BUYER, redeem } from '../helpers/trafficBuyer.ts'

test('what a farmer is paid for traffic never exceeds what its buyer set aside, however it is split', async () => {
  const parts = fc.array(fc.bigInt(1n, 3n * GB), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(fc.bigInt(1n, 10n * GB), parts, async (bought, downloads) => {
      const replicas = await ReplicaBench.create()
      const farmer = FARMERS[0]!.address
      await replicas.bench.fund(BUYER)
      const purchase = { from: BUYER, value: GNX }
      await replicas.bench.send('StorageMarket', 'buyTraffic', [bought], purchase)
      const price = (await replicas.market.view('quoteTraffic', bought)) as bigint
      const before = await replicas.bench.balanceOf(farmer)
      let total = 0n
      for (const bytes of downloads) {
        total += bytes
        await redeem(replicas, farmer, total)
      }
      const paid = (await replicas.bench.balanceOf(farmer)) - before
      const left = (await replicas.market.view('trafficOf', BUYER)) as bigint
      const escrow = (await replicas.market.view('trafficEscrowOf', BUYER)) as bigint
      assert.equal(left, total < bought ? bought - total : 0n)
      assert.equal(paid + escrow, kept(price))
      if (left === 0n) assert.equal(escrow, 0n)
      const fair = (kept(price) * (bought - left)) / bought
      assert.ok(fair - paid <= BigInt(downloads.length) && paid <= fair + 1n)
    }),
    { numRuns: 40 },
  )
})
