import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Common, Mainnet } from '@ethereumjs/common'
import { createEVM } from '@ethereumjs/evm'
import { bytesToHex, createAddressFromString, hexToBytes } from '@ethereumjs/util'
import { createStateDatabase } from '../../../src/chain/state/stateDatabase.ts'
import { StateError } from '../../../src/chain/state/stateError.ts'
import { createMemoryStore } from '../../../src/util/keyValueStore.ts'
import { createStockState } from './stateModel.ts'
import { accountOf, addressOf, createEmptyState, EMPTY_STATE_ROOT, save, slotOf } from './states.ts'

const ALICE = addressOf(1)
const BOB = addressOf(2)

/** The faults of the stock state manager, each as a rule this one holds. */
describe('what the stock state manager gets wrong', () => {
  test('a root computed inside a block that is then rejected leaves nothing behind', async () => {
    const { state, store, database } = createEmptyState()
    await state.putAccount(ALICE, accountOf(10n))
    await state.putStorage(ALICE, slotOf(1), Uint8Array.of(1))
    const parent = await save(state, store)

    const block = database.open(parent)
    await block.checkpoint()
    await block.putAccount(ALICE, accountOf(5n, 1n))
    await block.putAccount(BOB, accountOf(5n))
    await block.putStorage(ALICE, slotOf(1), Uint8Array.of(2))
    const rejected = await block.getStateRoot()
    await block.revert()

    assert.equal((await block.getAccount(ALICE))?.nonce, 0n)
    assert.equal(await block.getAccount(BOB), undefined)
    assert.deepEqual(await block.getStorage(ALICE, slotOf(1)), Uint8Array.of(1))
    assert.deepEqual(await block.getStateRoot(), parent)
    assert.notDeepEqual(rejected, parent)
    assert.deepEqual(block.changes(), [])
  })

  test('writing one slot often makes the nodes of one write', async () => {
    const { state, store, database } = createEmptyState()
    await state.putAccount(ALICE, accountOf(1n))
    for (let n = 0; n < 30; n++) await state.putStorage(ALICE, slotOf(n), Uint8Array.of(n + 1))
    const parent = await save(state, store)
    const once = database.open(parent)
    await once.putStorage(ALICE, slotOf(3), Uint8Array.of(99))
    const often = database.open(parent)
    for (let n = 0; n < 50; n++) await often.putStorage(ALICE, slotOf(3), Uint8Array.of(n + 50))
    assert.deepEqual(often.root(), once.root())
    assert.equal(often.changes().length, once.changes().length)
  })

  test('two contracts with equal storage share nodes, and losing one leaves the other whole', async () => {
    const { state, store, database } = createEmptyState()
    for (const address of [ALICE, BOB]) {
      await state.putAccount(address, accountOf(1n))
      for (let n = 0; n < 30; n++) await state.putStorage(address, slotOf(n), Uint8Array.of(n + 1))
    }
    const before = await save(state, store)
    const later = database.open(before)
    await later.clearStorage(ALICE)
    await later.putStorage(ALICE, slotOf(1), Uint8Array.of(99))
    const fresh = createStateDatabase({ store })
    const after = fresh.open(await save(later, store))
    for (let n = 0; n < 30; n++) {
      assert.deepEqual(await after.getStorage(BOB, slotOf(n)), Uint8Array.of(n + 1))
      assert.deepEqual(await fresh.open(before).getStorage(ALICE, slotOf(n)), Uint8Array.of(n + 1))
    }
    assert.deepEqual(await after.getStorage(ALICE, slotOf(2)), new Uint8Array(0))
  })

  test('a block that writes more accounts than any cache holds loses none', async () => {
    const stock = createStockState()
    const { state, store, database } = createEmptyState(10)
    for (let n = 0; n < 300; n++) {
      await state.putAccount(addressOf(n), accountOf(BigInt(n + 1)))
      await stock.putAccount(addressOf(n), accountOf(BigInt(n + 1)))
    }
    const root = await save(state, store)
    assert.equal(bytesToHex(root), bytesToHex(await stock.getStateRoot()))
    const later = database.open(root)
    for (let n = 0; n < 300; n++) {
      assert.equal((await later.getAccount(addressOf(n)))?.balance, BigInt(n + 1))
    }
  })

  test('clearing caches forgets no write', async () => {
    const { state } = createEmptyState()
    await state.putAccount(ALICE, accountOf(1n))
    await state.putStorage(ALICE, slotOf(1), Uint8Array.of(1))
    await state.putCode(ALICE, Uint8Array.of(0xfe))
    state.clearCaches()
    assert.equal((await state.getAccount(ALICE))?.balance, 1n)
    assert.deepEqual(await state.getStorage(ALICE, slotOf(1)), Uint8Array.of(1))
    assert.deepEqual(await state.getCode(ALICE), Uint8Array.of(0xfe))
  })

  test('a storage root read before storage was cleared cannot bring it back', async () => {
    const { state, store, database } = createEmptyState()
    await state.putAccount(ALICE, accountOf(1n))
    await state.putStorage(ALICE, slotOf(1), Uint8Array.of(1))
    const later = database.open(await save(state, store))
    const stale = await later.getAccount(ALICE)
    await later.clearStorage(ALICE)
    await later.putAccount(ALICE, stale)
    assert.deepEqual(await later.getStorage(ALICE, slotOf(1)), new Uint8Array(0))
    const last = createStateDatabase({ store }).open(await save(later, store))
    assert.deepEqual(await last.getStorage(ALICE, slotOf(1)), new Uint8Array(0))
  })

  test('nothing is written to the store by a state, only by its owner', async () => {
    const store = createMemoryStore()
    const state = createStateDatabase({ store }).open(EMPTY_STATE_ROOT)
    await state.checkpoint()
    await state.putAccount(ALICE, accountOf(1n))
    await state.putCode(ALICE, Uint8Array.of(0xfe))
    await state.putStorage(ALICE, slotOf(1), Uint8Array.of(1))
    await state.getStateRoot()
    await state.commit()
    state.root()
    assert.ok(state.changes().length > 0)
    for await (const [key] of store.entries(new Uint8Array(0))) assert.fail(bytesToHex(key))
  })

  test('a failing root changes nothing, so it can be asked for again', async () => {
    const { state, store, database } = createEmptyState()
    for (let n = 0; n < 50; n++) await state.putAccount(addressOf(n), accountOf(BigInt(n + 1)))
    const changes = state.changes()
    const root = state.root()
    await store.write(changes)
    const lost = changes.find(({ key }) => bytesToHex(key.subarray(1)) !== bytesToHex(root))!
    await store.write([{ key: lost.key, value: undefined }])
    const damaged = createStateDatabase({ store }).open(root)
    await damaged.putAccount(addressOf(1_000), accountOf(1n))
    for (let n = 0; n < 50; n++) {
      // Deleting is a write that needs no reading first, so the loss shows when the root is computed.
      await damaged.deleteAccount(addressOf(n)).catch(() => {})
    }
    assert.throws(
      () => damaged.root(),
      (error) => error instanceof StateError && error.code === 'MISSING_NODE',
    )
    await store.write([lost])
    const whole = database.open(root)
    await whole.putAccount(addressOf(1_000), accountOf(1n))
    for (let n = 0; n < 50; n++) await whole.deleteAccount(addressOf(n))
    for (let n = 0; n < 50; n++) await damaged.deleteAccount(addressOf(n))
    assert.deepEqual(damaged.root(), whole.root())
  })
})

test('the stock EVM runs on it: a contract stores, a failing call leaves no trace', async () => {
  const { state, store, database } = createEmptyState()
  const contract = createAddressFromString(`0x${'c0'.repeat(20)}`)
  // Stores the second word at the first; reverts after that when the third is set.
  await state.putCode(contract, hexToBytes('0x60203560003555604035600e57005b60006000fd'))
  const evm = await createEVM({ common: new Common({ chain: Mainnet }), stateManager: state })
  const word = (n: number): string => n.toString(16).padStart(64, '0')
  const call = (...words: number[]) =>
    evm.runCall({
      to: contract,
      data: hexToBytes(`0x${words.map(word).join('')}`),
      gasLimit: 100_000n,
    })
  assert.equal((await call(1, 5, 0)).execResult.exceptionError, undefined)
  assert.equal((await call(1, 6, 1)).execResult.exceptionError?.error, 'revert')
  assert.equal((await call(2, 7, 0)).execResult.exceptionError, undefined)
  const later = database.open(await save(state, store))
  assert.deepEqual(await later.getStorage(contract, slotOf(1)), Uint8Array.of(5))
  assert.deepEqual(await later.getStorage(contract, slotOf(2)), Uint8Array.of(7))
})
