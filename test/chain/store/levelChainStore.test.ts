import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Block, createBlock } from '@ethereumjs/block'
import { createFeeMarket1559Tx } from '@ethereumjs/tx'
import { createChainStore } from '../../../src/chain/store/levelChainStore.ts'
import { createMemoryStore } from '../../../src/util/keyValueStore.ts'
import { address, common } from '../../helpers/stateFixture.ts'

const KEY = new Uint8Array(32).fill(1)

function blockWith(number: number, dataBytes: number) {
  const fields = {
    nonce: number,
    to: address(1),
    gasLimit: 9_000_000,
    data: new Uint8Array(dataBytes),
  }
  const transaction = createFeeMarket1559Tx(fields, { common }).sign(KEY)
  return createBlock({ header: { number }, transactions: [transaction] }, { common })
}

const receiptWith = (dataBytes: number) => ({
  type: 2,
  status: 1 as const,
  cumulativeGasUsed: 1n,
  gasUsed: 1n,
  logsBloom: new Uint8Array(256),
  logs: [{ address: address(1).bytes, topics: [], data: new Uint8Array(dataBytes) }],
  from: address(2),
  createdAddress: undefined,
})

/** Whether the first of two equal blocks, and its receipts, are still kept decoded after the second. */
async function isKept(dataBytes: number) {
  const store = createChainStore(createMemoryStore(), common, 100_000)
  const [first, second] = [1, 2].map((number) => blockWith(number, dataBytes)) as [Block, Block]
  for (const block of [first, second]) {
    await store.append({ block, seal: undefined, receipts: [receiptWith(dataBytes)] }, [])
  }
  const block = store.block(first.hash()) === first
  const decoded = store.receipts(first.hash())
  store.receipts(second.hash())
  return { block, receipts: store.receipts(first.hash()) === decoded }
}

test('decoded blocks and receipts are kept by what they weigh, however few they are', async () => {
  assert.deepEqual(await isKept(10), { block: true, receipts: true })
  assert.deepEqual(await isKept(60_000), { block: false, receipts: false })
})
