import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bytesToHex, utf8ToBytes } from '@ethereumjs/util'
import {
  openTreeKeeper,
  type TreeKeeper,
} from '../../../../src/storage/farmer/inspection/treeKeeper.ts'
import { createMemoryStore } from '../../../../src/util/keyValueStore.ts'
import { silentLogger as logger } from '../../../../src/util/logger.ts'
import { createTreeLedger, entryOf, type TreeLedger } from './treeLedger.ts'

/** Replicas 0, 1 and 2 joined, 1 dropped again, and what a farmer keeps of it. */
async function scene() {
  const ledger = createTreeLedger()
  const metadata = createMemoryStore()
  const open = (): Promise<TreeKeeper> => openTreeKeeper({ chain: ledger.chain, metadata, logger })
  for (const place of [0, 1, 2]) ledger.join(place, entryOf(place))
  ledger.drop(1)
  const keeper = await open()
  await keeper.sync(ledger.head)
  return { ledger, metadata, open, keeper }
}

const assertSame = (keeper: TreeKeeper, { tree }: TreeLedger): void => {
  assert.equal(bytesToHex(keeper.tree.root), bytesToHex(tree.root))
  assert.equal(keeper.tree.height, tree.height)
  assert.equal([...keeper.joined()].length, tree.entryCount)
}

describe('a farmer’s mirror of its node’s tree', () => {
  test('has the root the chain has, and knows the place of each replica', async () => {
    const { ledger, keeper } = await scene()
    assertSame(keeper, ledger)
    assert.equal(keeper.placeOf(bytesToHex(entryOf(2).replicaId)), 2)
    assert.equal(keeper.placeOf(bytesToHex(entryOf(1).replicaId)), undefined)
    ledger.join(1, entryOf(3))
    await keeper.sync(ledger.head)
    assertSame(keeper, ledger)
  })

  test('is there after a restart, and asks only for what came since', async () => {
    const { ledger, open } = await scene()
    const known = ledger.head.number
    ledger.join(7, entryOf(7))
    ledger.asked.length = 0
    const again = await open()
    assert.equal(again.tree.entryCount, 2)
    await again.sync(ledger.head)
    assertSame(again, ledger)
    assert.deepEqual(ledger.asked, [[known + 1, ledger.head.number]])
  })

  test('goes back with a chain that is rewound, and follows the other branch', async () => {
    const { ledger, open, keeper } = await scene()
    ledger.rewind(2)
    for (const each of [keeper, await open()]) {
      await each.sync(ledger.head)
      assertSame(each, ledger)
    }
    ledger.join(5, entryOf(5))
    ledger.join(6, entryOf(6))
    ledger.drop(0)
    await keeper.sync(ledger.head)
    assertSame(keeper, ledger)
  })

  test('is made anew from the chain when a record of it is lost', async () => {
    const { ledger, metadata, open } = await scene()
    const records = utf8ToBytes('inspection/entry/')
    for await (const [key] of metadata.entries(records)) {
      await metadata.write([{ key, value: undefined }])
      break
    }
    const again = await open()
    await again.sync(ledger.head)
    assertSame(again, ledger)
    assert.deepEqual(ledger.asked.at(-1), [0, ledger.head.number])
  })

  test('is empty once the node was discharged, though nothing was dropped', async () => {
    const { ledger, keeper, open } = await scene()
    ledger.discharge()
    await keeper.sync(ledger.head)
    assertSame(keeper, ledger)
    assert.equal((await open()).tree.entryCount, 0)
  })

  test('never has another root than the chain: events that do not lead to it are refused', async () => {
    const { ledger, open, metadata } = await scene()
    for await (const [key] of metadata.entries(utf8ToBytes('inspection/'))) {
      await metadata.write([{ key, value: undefined }])
    }
    ledger.lie()
    await assert.rejects((await open()).sync(ledger.head), {
      name: 'StorageError',
      code: 'BAD_ANSWER',
    })
  })

  test('holds through any mix of changes, restarts and rewinds', async () => {
    const { ledger, open } = await scene()
    let keeper = await open()
    for (let step = 0; step < 300; step++) {
      const place = (step * 7_919) % 40
      const joined = [...keeper.joined()].find(([, at]) => at === place)
      if (step % 23 === 22) ledger.rewind(Math.max(1, ledger.head.number - (step % 9)))
      else if (step % 31 === 30) keeper = await open()
      else if (joined !== undefined) ledger.drop(place)
      else ledger.join(place, entryOf(100 + step))
      await keeper.sync(ledger.head)
      assertSame(keeper, ledger)
    }
  })
})
