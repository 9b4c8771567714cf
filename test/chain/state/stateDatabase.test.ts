import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { bytesToHex } from '@ethereumjs/util'
import { DATABASE_KEYS } from '../../../src/chain/databaseKeys.ts'
import { createGenerationCache } from '../../../src/chain/state/generationCache.ts'
import { bytesToKey } from '../../../src/chain/state/hash.ts'
import { createStateDatabase } from '../../../src/chain/state/stateDatabase.ts'
import { StateError } from '../../../src/chain/state/stateError.ts'
import { createStateStore } from '../../../src/chain/state/stateStore.ts'
import { createMemoryStore, type KeyValueStore } from '../../../src/util/keyValueStore.ts'
import { openLevelStore } from '../../../src/util/levelStore.ts'
import { accountOf, addressOf, createEmptyState, EMPTY_STATE_ROOT, save, slotOf } from './states.ts'

const ALICE = addressOf(1)

const isStateError =
  (...codes: string[]) =>
  (error: unknown) =>
    error instanceof StateError && codes.includes(error.code)

/** The same store, counting what is read from it. */
function countReads(store: KeyValueStore): KeyValueStore & { reads: number } {
  const counted = {
    ...store,
    reads: 0,
    get(key: Uint8Array) {
      counted.reads++
      return store.get(key)
    },
  }
  return counted
}

async function populated(accounts = 60) {
  const { state, store } = createEmptyState()
  for (let n = 0; n < accounts; n++) await state.putAccount(addressOf(n), accountOf(BigInt(n + 1)))
  for (let n = 0; n < 20; n++) await state.putStorage(ALICE, slotOf(n), Uint8Array.of(n + 1))
  await state.putCode(ALICE, Uint8Array.of(0x60, 0x00))
  return { root: await save(state, store), store }
}

describe('opening a root', () => {
  test('needs it stored; the empty root always is', () => {
    const database = createStateDatabase({ store: createMemoryStore() })
    assert.ok(database.has(EMPTY_STATE_ROOT))
    const unknown = new Uint8Array(32).fill(3)
    assert.equal(database.has(unknown), false)
    assert.throws(() => database.open(unknown), isStateError('MISSING_ROOT'))
    assert.throws(() => database.open(new Uint8Array(0)), isStateError('MISSING_ROOT'))
  })

  test('of a rejected block is impossible, and its writes are nobody’s', async () => {
    const { root, store } = await populated()
    const database = createStateDatabase({ store })
    const rejected = database.open(root)
    await rejected.putAccount(ALICE, accountOf(999n))
    await rejected.putStorage(ALICE, slotOf(1), Uint8Array.of(99))
    await rejected.putCode(addressOf(2), Uint8Array.of(0xfe))
    const rejectedRoot = rejected.root()
    rejected.changes()
    assert.equal(database.has(rejectedRoot), false)
    assert.throws(() => database.open(rejectedRoot), isStateError('MISSING_ROOT'))

    const next = database.open(root)
    assert.equal((await next.getAccount(ALICE))?.balance, 2n)
    assert.deepEqual(await next.getStorage(ALICE, slotOf(1)), Uint8Array.of(2))
    assert.equal(await next.getCodeSize(addressOf(2)), 0)
    assert.equal(await next.hasStateRoot(rejectedRoot), false)
  })

  test('of a block equal to a rejected one stores all it needs', async () => {
    const { root, store } = await populated()
    const database = createStateDatabase({ store })
    const write = async () => {
      const state = database.open(root)
      await state.putAccount(ALICE, accountOf(999n))
      await state.putStorage(ALICE, slotOf(1), Uint8Array.of(99))
      return state
    }
    const rejected = await write()
    rejected.changes()
    const accepted = await save(await write(), store)
    const fresh = createStateDatabase({ store }).open(accepted)
    assert.equal((await fresh.getAccount(ALICE))?.balance, 999n)
    assert.deepEqual(await fresh.getStorage(ALICE, slotOf(1)), Uint8Array.of(99))
  })

  test('that was just produced reads its nodes from memory', async () => {
    const { root, store: inner } = await populated()
    const store = countReads(inner)
    const database = createStateDatabase({ store })
    const state = database.open(root)
    await state.putAccount(ALICE, accountOf(5n))
    const next = await save(state, store)
    database.open(next)
    store.reads = 0
    const opened = database.open(next)
    assert.equal((await opened.getAccount(ALICE))?.balance, 5n)
    assert.equal(store.reads, 0)
  })

  test('two states on one root do not see each other', async () => {
    const { root, store } = await populated()
    const database = createStateDatabase({ store })
    const [one, two] = [database.open(root), database.open(root)]
    await one.putAccount(ALICE, accountOf(1_000n))
    await one.putStorage(ALICE, slotOf(1), Uint8Array.of(77))
    one.root()
    assert.equal((await two.getAccount(ALICE))?.balance, 2n)
    await two.putStorage(ALICE, slotOf(2), Uint8Array.of(78))
    assert.deepEqual(await one.getStorage(ALICE, slotOf(2)), Uint8Array.of(3))
    const left = await save(one, store)
    const right = await save(two, store)
    const fresh = createStateDatabase({ store })
    assert.deepEqual(await fresh.open(left).getStorage(ALICE, slotOf(1)), Uint8Array.of(77))
    assert.deepEqual(await fresh.open(right).getStorage(ALICE, slotOf(1)), Uint8Array.of(2))
  })
})

describe('changes', () => {
  test('are the same when asked for twice, and none when nothing was written', async () => {
    const { root, store } = await populated()
    const state = createStateDatabase({ store }).open(root)
    assert.deepEqual(state.changes(), [])
    await state.putAccount(ALICE, accountOf(1_000n))
    assert.deepEqual(state.changes(), state.changes())
    await state.putAccount(ALICE, accountOf(2n))
    await state.modifyAccountFields(ALICE, { balance: 1_000n })
    const again = state.changes()
    assert.deepEqual(again, state.changes())
  })

  test('hold only what is new: the nodes on the way to what was written', async () => {
    const { root, store } = await populated(500)
    const state = createStateDatabase({ store }).open(root)
    await state.putAccount(addressOf(7), accountOf(1_000n))
    const depth = createStateDatabase({ store }).open(root).prove(addressOf(7), [])
      .accountProof.length
    const changes = state.changes()
    assert.equal(changes.length, depth)
    for (const { key, value } of changes) {
      assert.equal(key[0], DATABASE_KEYS.trieNode)
      assert.equal(store.get(key), undefined)
      assert.ok(value !== undefined)
    }
  })

  test('of several roots are those of the last', async () => {
    const { root, store } = await populated(500)
    const database = createStateDatabase({ store })
    const stepwise = database.open(root)
    for (let n = 0; n < 20; n++) {
      await stepwise.putAccount(addressOf(n), accountOf(BigInt(n + 5_000)))
      await stepwise.putStorage(ALICE, slotOf(1), Uint8Array.of(n + 1))
      stepwise.root()
    }
    const atOnce = database.open(root)
    for (let n = 0; n < 20; n++) await atOnce.putAccount(addressOf(n), accountOf(BigInt(n + 5_000)))
    await atOnce.putStorage(ALICE, slotOf(1), Uint8Array.of(20))
    const keys = (state: typeof atOnce): string[] =>
      state
        .changes()
        .map(({ key }) => bytesToHex(key))
        .sort()
    assert.deepEqual(keys(stepwise), keys(atOnce))
  })

  test('of a copy include what its original had not stored', async () => {
    const { state, store, database } = createEmptyState()
    await state.putAccount(ALICE, accountOf(1n))
    state.root()
    const copy = state.shallowCopy() as typeof state
    await copy.putStorage(ALICE, slotOf(1), Uint8Array.of(1))
    const root = await save(copy, store)
    assert.deepEqual(await database.open(root).getStorage(ALICE, slotOf(1)), Uint8Array.of(1))
  })
})

describe('a damaged database', () => {
  /** Reads everything there is. */
  async function readAll(store: KeyValueStore, root: Uint8Array): Promise<string> {
    const state = createStateDatabase({ store }).open(root)
    const seen: string[] = []
    for (let n = 0; n < 60; n++) {
      const account = await state.getAccount(addressOf(n))
      seen.push(String(account?.balance), bytesToHex(await state.getCode(addressOf(n))))
    }
    for (let n = 0; n < 20; n++) seen.push(bytesToHex(await state.getStorage(ALICE, slotOf(n))))
    return seen.join()
  }

  test('with any entry missing or altered gives an error, never another answer', async () => {
    const { root, store } = await populated()
    const expected = await readAll(store, root)
    const entries: [Uint8Array, Uint8Array][] = []
    for await (const entry of store.entries(new Uint8Array(0))) entries.push(entry)
    assert.ok(entries.length > 20)
    for (const [key, value] of entries) {
      const isRoot = bytesToHex(key.subarray(1)) === bytesToHex(root)
      await store.write([{ key, value: undefined }])
      await assert.rejects(
        readAll(store, root),
        isStateError(isRoot ? 'MISSING_ROOT' : 'MISSING_NODE', 'MISSING_CODE'),
      )
      for (const at of [0, value.length >> 1, value.length - 1]) {
        const bent = Uint8Array.from(value)
        bent[at] = bent[at]! ^ 1
        await store.write([{ key, value: bent }])
        await assert.rejects(readAll(store, root), isStateError('CORRUPT_NODE', 'CORRUPT_CODE'))
      }
      await store.write([{ key, value: new Uint8Array(0) }])
      await assert.rejects(readAll(store, root), isStateError('CORRUPT_NODE', 'CORRUPT_CODE'))
      await store.write([{ key, value }])
    }
    assert.equal(await readAll(store, root), expected)
  })
})

describe('a database on disk', () => {
  test('opens every root again after a restart, and nothing that was not stored', async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'genaro-state-'))
    t.after(() => rm(directory, { recursive: true, force: true }))
    const roots: Uint8Array[] = []
    let root = EMPTY_STATE_ROOT
    for (let session = 0; session < 3; session++) {
      const store = await openLevelStore(directory)
      const database = createStateDatabase({ store })
      for (const [index, earlier] of roots.entries()) {
        const state = database.open(earlier)
        assert.equal((await state.getAccount(ALICE))?.balance, BigInt(index))
        assert.deepEqual(await state.getStorage(ALICE, slotOf(1)), Uint8Array.of(index + 1))
        assert.deepEqual(await state.getCode(addressOf(index)), Uint8Array.of(0x60, index))
      }
      for (let block = 0; block < 4; block++) {
        const state = database.open(root)
        await state.putAccount(ALICE, accountOf(BigInt(roots.length)))
        await state.putStorage(ALICE, slotOf(1), Uint8Array.of(roots.length + 1))
        await state.putCode(addressOf(roots.length), Uint8Array.of(0x60, roots.length))
        root = await save(state, store)
        roots.push(root)
      }
      const unsaved = database.open(root)
      await unsaved.putAccount(ALICE, accountOf(31_337n))
      const lost = unsaved.root()
      await store.close()
      const reopened = await openLevelStore(directory)
      assert.equal(createStateDatabase({ store: reopened }).has(lost), false)
      await reopened.close()
    }
    assert.equal(roots.length, 12)
  })
})

describe('memory', () => {
  test('holds no more decoded nodes than allowed, however much is read and written', async () => {
    const { state, store } = createEmptyState()
    for (let n = 0; n < 2_000; n++) await state.putAccount(addressOf(n), accountOf(BigInt(n + 1)))
    const root = await save(state, store)
    const stateStore = createStateStore({ store, cacheNodes: 200 })
    const visit = (hash: string): void => {
      const node = stateStore.loadNode(hash)
      assert.ok(stateStore.cachedNodes <= 200)
      if (node.kind !== 'branch') return
      for (const child of node.children) if (typeof child === 'string') visit(child)
    }
    visit(bytesToKey(root))
    assert.ok(stateStore.cachedNodes > 100)
  })

  test('a generation cache keeps what is used and drops what is not', () => {
    const cache = createGenerationCache<number>(100)
    cache.set('hot', -1)
    for (let n = 0; n < 10_000; n++) {
      cache.set(String(n), n)
      assert.equal(cache.get('hot'), -1)
      assert.ok(cache.size <= 100)
    }
    assert.equal(cache.get('9999'), 9_999)
    assert.equal(cache.get('0'), undefined)
    cache.set('9999', 1)
    assert.equal(cache.get('9999'), 1)
  })
})
