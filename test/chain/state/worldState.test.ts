import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MerklePatriciaTrie, verifyMerkleProof } from '@ethereumjs/mpt'
import { RLP } from '@ethereumjs/rlp'
import {
  Account,
  type Address,
  bytesToHex,
  hexToBytes,
  KECCAK256_NULL,
  KECCAK256_RLP,
} from '@ethereumjs/util'
import { StateError } from '../../../src/chain/state/stateError.ts'
import { keccak256 } from '../../../src/crypto/keccak.ts'
import { createStockState } from './stateModel.ts'
import { accountOf, addressOf, createEmptyState, save, slotOf } from './states.ts'

const ALICE = addressOf(1)
const BOB = addressOf(2)
const SLOT = slotOf(1)
const CODE = hexToBytes('0x6001600255')

const isStateError = (code: string) => (error: unknown) =>
  error instanceof StateError && error.code === code

describe('accounts', () => {
  test('handed out or handed in may be changed without changing the state', async () => {
    const { state } = createEmptyState()
    const mine = accountOf(5n)
    await state.putAccount(ALICE, mine)
    mine.balance = 6n
    const theirs = await state.getAccount(ALICE)
    assert.equal(theirs?.balance, 5n)
    theirs!.balance = 7n
    theirs!.nonce = 9n
    assert.equal((await state.getAccount(ALICE))?.balance, 5n)
    assert.equal((await state.getAccount(ALICE))?.nonce, 0n)
  })

  test('keep their other fields when some are modified, and begin empty', async () => {
    const { state } = createEmptyState()
    await state.modifyAccountFields(ALICE, { nonce: 3n })
    await state.modifyAccountFields(ALICE, { balance: 4n })
    const account = await state.getAccount(ALICE)
    assert.deepEqual([account?.nonce, account?.balance], [3n, 4n])
    assert.deepEqual(account?.codeHash, KECCAK256_NULL)
  })

  test('put as undefined are deleted', async () => {
    const { state } = createEmptyState()
    await state.putAccount(ALICE, accountOf(1n))
    await state.putAccount(ALICE, undefined)
    assert.equal(await state.getAccount(ALICE), undefined)
    assert.deepEqual(state.root(), KECCAK256_RLP)
  })

  test('keep their storage whatever storage root is put with them', async () => {
    const { state, store, database } = createEmptyState()
    await state.putAccount(ALICE, accountOf(1n))
    await state.putStorage(ALICE, SLOT, Uint8Array.of(7))
    const root = await save(state, store)
    const later = database.open(root)
    await later.putAccount(ALICE, new Account(1n, 2n))
    assert.deepEqual(await later.getStorage(ALICE, SLOT), Uint8Array.of(7))
    const again = database.open(await save(later, store))
    assert.deepEqual(await again.getStorage(ALICE, SLOT), Uint8Array.of(7))
  })
})

describe('code', () => {
  test('is found by its account, also after storing, and has a size', async () => {
    const { state, store, database } = createEmptyState()
    await state.putCode(ALICE, CODE)
    assert.deepEqual(await state.getCode(ALICE), CODE)
    const later = database.open(await save(state, store))
    assert.deepEqual(await later.getCode(ALICE), CODE)
    assert.equal(await later.getCodeSize(ALICE), CODE.length)
    assert.deepEqual((await later.getAccount(ALICE))?.codeHash, keccak256(CODE))
    assert.equal(await later.getCodeSize(BOB), 0)
  })

  test('made empty leaves the account without code and stores nothing', async () => {
    const { state } = createEmptyState()
    await state.putCode(ALICE, CODE)
    await state.putCode(ALICE, new Uint8Array(0))
    assert.deepEqual(await state.getCode(ALICE), new Uint8Array(0))
    assert.deepEqual((await state.getAccount(ALICE))?.codeHash, KECCAK256_NULL)
  })

  test('that is the byte 0x80 is not mistaken for the empty trie', async () => {
    const { state, store, database } = createEmptyState()
    await state.putCode(ALICE, Uint8Array.of(0x80))
    const later = database.open(await save(state, store))
    assert.deepEqual(await later.getCode(ALICE), Uint8Array.of(0x80))
  })

  test('whose creation was reverted is not stored', async () => {
    const { state } = createEmptyState()
    await state.putAccount(BOB, accountOf(1n))
    await state.checkpoint()
    await state.putCode(ALICE, CODE)
    await state.revert()
    assert.ok(state.changes().every(({ value }) => bytesToHex(value!) !== bytesToHex(CODE)))
  })
})

describe('storage', () => {
  test('values come back without leading zeros; zero and empty delete', async () => {
    const { state } = createEmptyState()
    await state.putAccount(ALICE, accountOf(1n))
    const before = state.root()
    await state.putStorage(ALICE, SLOT, Uint8Array.of(0, 0, 5, 0))
    assert.deepEqual(await state.getStorage(ALICE, SLOT), Uint8Array.of(5, 0))
    await state.putStorage(ALICE, SLOT, new Uint8Array(32))
    assert.deepEqual(await state.getStorage(ALICE, SLOT), new Uint8Array(0))
    assert.deepEqual(state.root(), before)
  })

  test('keeps its own copy of what was put', async () => {
    const { state } = createEmptyState()
    await state.putAccount(ALICE, accountOf(1n))
    const value = Uint8Array.of(1, 2, 3)
    await state.putStorage(ALICE, SLOT, value)
    value.fill(9)
    assert.deepEqual(await state.getStorage(ALICE, SLOT), Uint8Array.of(1, 2, 3))
  })

  test('of an account that does not exist reads as nothing and cannot be written', async () => {
    const { state } = createEmptyState()
    assert.deepEqual(await state.getStorage(ALICE, SLOT), new Uint8Array(0))
    await assert.rejects(
      state.putStorage(ALICE, SLOT, Uint8Array.of(1)),
      isStateError('NO_ACCOUNT'),
    )
  })

  test('takes slots of 32 bytes and values of at most 32', async () => {
    const { state } = createEmptyState()
    await state.putAccount(ALICE, accountOf(1n))
    const long = new Uint8Array(33)
    await assert.rejects(state.getStorage(ALICE, long), isStateError('BAD_SLOT'))
    await assert.rejects(state.putStorage(ALICE, long, long), isStateError('BAD_SLOT'))
    await assert.rejects(state.putStorage(ALICE, SLOT, long), isStateError('BAD_SLOT'))
    await assert.rejects(state.originalStorageCache.get(ALICE, long), isStateError('BAD_SLOT'))
  })

  test('is empty in an account created anew after deletion, within and across checkpoints', async () => {
    const { state, store, database } = createEmptyState()
    await state.putAccount(ALICE, accountOf(1n))
    await state.putStorage(ALICE, SLOT, Uint8Array.of(7))
    const root = await save(state, store)

    const later = database.open(root)
    await later.checkpoint()
    await later.deleteAccount(ALICE)
    assert.deepEqual(await later.getStorage(ALICE, SLOT), new Uint8Array(0))
    await later.checkpoint()
    await later.putAccount(ALICE, accountOf(2n))
    assert.deepEqual(await later.getStorage(ALICE, SLOT), new Uint8Array(0))
    await later.putStorage(ALICE, slotOf(2), Uint8Array.of(8))
    await later.revert()
    assert.equal(await later.getAccount(ALICE), undefined)
    await later.putAccount(ALICE, accountOf(3n))
    assert.deepEqual(await later.getStorage(ALICE, slotOf(2)), new Uint8Array(0))
    await later.commit()
    assert.deepEqual((await later.getAccount(ALICE))?.storageRoot, KECCAK256_RLP)

    const last = database.open(await save(later, store))
    assert.deepEqual(await last.getStorage(ALICE, SLOT), new Uint8Array(0))
    assert.equal((await last.getAccount(ALICE))?.balance, 3n)
  })

  test('comes back whole when a deletion or a clearing is reverted', async () => {
    const { state } = createEmptyState()
    await state.putAccount(ALICE, accountOf(1n))
    await state.putStorage(ALICE, SLOT, Uint8Array.of(7))
    const root = state.root()
    await state.putStorage(ALICE, slotOf(2), Uint8Array.of(8))
    for (const remove of ['deleteAccount', 'clearStorage'] as const) {
      await state.checkpoint()
      await state[remove](ALICE)
      assert.deepEqual(await state.getStorage(ALICE, slotOf(2)), new Uint8Array(0))
      await state.revert()
      assert.deepEqual(await state.getStorage(ALICE, SLOT), Uint8Array.of(7))
      assert.deepEqual(await state.getStorage(ALICE, slotOf(2)), Uint8Array.of(8))
    }
    await state.putStorage(ALICE, slotOf(2), new Uint8Array(0))
    assert.deepEqual(state.root(), root)
  })

  test('is dumped by hashed slot, unsaved writes included, in pages', async () => {
    const { state } = createEmptyState()
    const stock = createStockState()
    await state.putAccount(ALICE, accountOf(1n))
    await stock.putAccount(ALICE, accountOf(1n))
    for (let n = 0; n < 20; n++) {
      await state.putStorage(ALICE, slotOf(n), Uint8Array.of(n + 1))
      await stock.putStorage(ALICE, slotOf(n), Uint8Array.of(n + 1))
      if (n === 10) state.root()
    }
    assert.deepEqual(await state.dumpStorage!(ALICE), await stock.dumpStorage(ALICE))
    const all = Object.entries(await stock.dumpStorage(ALICE)).sort(([a], [b]) => (a < b ? -1 : 1))
    let start = 0n
    const pages: [string, string][] = []
    for (const limit of [0, 1, 7, 12]) {
      const page = await state.dumpStorageRange!(ALICE, start, limit)
      pages.push(
        ...Object.entries(page.storage).map(([key, { value }]): [string, string] => [key, value]),
      )
      assert.deepEqual(pages, all.slice(0, pages.length))
      assert.equal(page.nextKey, all[pages.length]?.[0] ?? null)
      start = BigInt(page.nextKey ?? 0)
    }
    assert.equal(pages.length, 20)
    await assert.rejects(state.dumpStorageRange!(ALICE, 0n, -1), isStateError('BAD_SLOT'))
  })
})

describe('the value a slot had when the transaction began', () => {
  async function slotOfSeven() {
    const { state } = createEmptyState()
    await state.putAccount(ALICE, accountOf(1n))
    await state.putStorage(ALICE, SLOT, Uint8Array.of(7))
    state.originalStorageCache.clear()
    return state
  }

  test('is right even when first asked for after a write', async () => {
    const state = await slotOfSeven()
    await state.checkpoint()
    await state.putStorage(ALICE, SLOT, Uint8Array.of(8))
    await state.putStorage(ALICE, SLOT, Uint8Array.of(9))
    assert.deepEqual(await state.originalStorageCache.get(ALICE, SLOT), Uint8Array.of(7))
  })

  test('outlives reverts, clearing and deletion', async () => {
    const state = await slotOfSeven()
    await state.checkpoint()
    await state.checkpoint()
    await state.clearStorage(ALICE)
    await state.revert()
    await state.putStorage(ALICE, SLOT, Uint8Array.of(8))
    await state.deleteAccount(ALICE)
    assert.deepEqual(await state.originalStorageCache.get(ALICE, SLOT), Uint8Array.of(7))
    assert.deepEqual(await state.originalStorageCache.get(ALICE, slotOf(9)), new Uint8Array(0))
  })

  test('is that of the storage before it was cleared, when written again after', async () => {
    const state = await slotOfSeven()
    await state.checkpoint()
    await state.clearStorage(ALICE)
    await state.putStorage(ALICE, SLOT, Uint8Array.of(8))
    assert.deepEqual(await state.originalStorageCache.get(ALICE, SLOT), Uint8Array.of(7))
  })

  test('is the present one for the next transaction', async () => {
    const state = await slotOfSeven()
    await state.checkpoint()
    await state.putStorage(ALICE, SLOT, Uint8Array.of(8))
    state.originalStorageCache.clear()
    await state.putStorage(ALICE, SLOT, Uint8Array.of(9))
    assert.deepEqual(await state.originalStorageCache.get(ALICE, SLOT), Uint8Array.of(8))
  })
})

describe('checkpoints', () => {
  test('must be closed before a root is settled, moved to or copied', async () => {
    const { state } = createEmptyState()
    await state.checkpoint()
    assert.throws(() => state.root(), isStateError('OPEN_CHECKPOINT'))
    assert.throws(() => state.changes(), isStateError('OPEN_CHECKPOINT'))
    assert.throws(() => state.shallowCopy(), isStateError('OPEN_CHECKPOINT'))
    await assert.rejects(state.setStateRoot(KECCAK256_RLP), isStateError('OPEN_CHECKPOINT'))
    await state.commit()
    assert.deepEqual(state.root(), KECCAK256_RLP)
  })

  test('cannot be closed when none is open', async () => {
    const { state } = createEmptyState()
    await assert.rejects(state.commit(), isStateError('NO_CHECKPOINT'))
    await assert.rejects(state.revert(), isStateError('NO_CHECKPOINT'))
  })

  test('a thousand deep are reverted exactly', async () => {
    const { state } = createEmptyState()
    await state.putAccount(ALICE, accountOf(1n))
    for (let depth = 0; depth < 1_024; depth++) {
      await state.checkpoint()
      await state.putStorage(ALICE, SLOT, Uint8Array.of(1 + (depth >> 8), depth & 255))
    }
    for (let depth = 1_023; depth > 0; depth--) {
      await state.revert()
      const expected = Uint8Array.of(1 + ((depth - 1) >> 8), (depth - 1) & 255)
      assert.deepEqual(await state.getStorage(ALICE, SLOT), expected)
    }
    await state.revert()
    assert.deepEqual(await state.getStorage(ALICE, SLOT), new Uint8Array(0))
  })
})

describe('moving between roots', () => {
  test('drops unsaved writes and finds stored roots and those computed here', async () => {
    const { state, store } = createEmptyState()
    await state.putAccount(ALICE, accountOf(1n))
    const saved = await save(state, store)
    await state.putAccount(ALICE, accountOf(2n))
    const unsaved = state.root()
    assert.ok(await state.hasStateRoot(unsaved))
    await state.putAccount(ALICE, accountOf(3n))
    await state.setStateRoot(saved)
    assert.equal((await state.getAccount(ALICE))?.balance, 1n)
    await assert.rejects(
      state.setStateRoot(new Uint8Array(32).fill(1)),
      isStateError('MISSING_ROOT'),
    )
    assert.equal((await state.getAccount(ALICE))?.balance, 1n)
  })

  test('to a root computed and not stored keeps what its changes are', async () => {
    const { state, store, database } = createEmptyState()
    await state.putAccount(ALICE, accountOf(1n))
    const root = state.root()
    await state.putAccount(ALICE, accountOf(2n))
    await state.setStateRoot(root)
    assert.equal((await state.getAccount(ALICE))?.balance, 1n)
    await store.write(state.changes())
    assert.equal((await database.open(root).getAccount(ALICE))?.balance, 1n)
  })

  test('a copy and its original go their own ways', async () => {
    const { state } = createEmptyState()
    await state.putAccount(ALICE, accountOf(1n))
    await state.putStorage(ALICE, SLOT, Uint8Array.of(1))
    const copy = state.shallowCopy()
    await copy.putStorage(ALICE, SLOT, Uint8Array.of(2))
    await state.putAccount(BOB, accountOf(5n))
    assert.deepEqual(await state.getStorage(ALICE, SLOT), Uint8Array.of(1))
    assert.deepEqual(await copy.getStorage(ALICE, SLOT), Uint8Array.of(2))
    assert.equal(await copy.getAccount(BOB), undefined)
  })
})

describe('proofs', () => {
  const verify = (root: Uint8Array, key: Uint8Array, proof: readonly string[]) =>
    verifyMerkleProof(
      key,
      proof.map((node) => hexToBytes(node as `0x${string}`)),
      { root, useKeyHashing: true },
    )

  async function provenState() {
    const { state, store, database } = createEmptyState()
    for (let n = 0; n < 40; n++) await state.putAccount(addressOf(n), accountOf(BigInt(n + 1), 2n))
    for (let n = 0; n < 40; n++) await state.putStorage(ALICE, slotOf(n), Uint8Array.of(n + 1))
    await state.putCode(ALICE, CODE)
    const root = await save(state, store)
    return { root, state: database.open(root) }
  }

  test('show an account and its slots, present and absent, to the stock verifier', async () => {
    const { root, state } = await provenState()
    const proof = state.prove(ALICE, [slotOf(0), slotOf(39), slotOf(99)])
    const account = await state.getAccount(ALICE)
    assert.deepEqual(await verify(root, ALICE.bytes, proof.accountProof), account!.serialize())
    assert.equal(proof.balance, '0x2')
    assert.equal(proof.nonce, '0x2')
    assert.equal(proof.codeHash, bytesToHex(keccak256(CODE)))
    assert.equal(proof.storageHash, bytesToHex(account!.storageRoot))
    assert.deepEqual(
      proof.storageProof.map(({ value }) => value),
      ['0x1', '0x28', '0x0'],
    )
    for (const [index, { proof: nodes, key }] of proof.storageProof.entries()) {
      const slot = slotOf([0, 39, 99][index]!)
      assert.equal(key, bytesToHex(slot))
      const expected = [RLP.encode(1n), RLP.encode(40n), null][index]
      assert.deepEqual(await verify(account!.storageRoot, slot, nodes), expected)
    }
  })

  test('show that an account does not exist', async () => {
    const { root, state } = await provenState()
    const nobody: Address = addressOf(12_345)
    const proof = state.prove(nobody, [SLOT])
    assert.equal(await verify(root, nobody.bytes, proof.accountProof), null)
    assert.equal(proof.storageHash, bytesToHex(KECCAK256_RLP))
    assert.equal(proof.codeHash, bytesToHex(KECCAK256_NULL))
    assert.deepEqual(proof.storageProof, [{ key: bytesToHex(SLOT), value: '0x0', proof: [] }])
  })

  test('do not verify with a node changed or left out', async () => {
    const { root, state } = await provenState()
    const { accountProof } = state.prove(ALICE, [])
    await assert.rejects(verify(root, ALICE.bytes, accountProof.slice(0, -1)))
    const bent = accountProof.with(
      -1,
      accountProof.at(-1)!.replace(/.$/, (c) => (c === '0' ? '1' : '0')) as `0x${string}`,
    )
    await assert.rejects(verify(root, ALICE.bytes, bent))
  })

  test('are of the root the state was opened at, not of what was written since', async () => {
    const { root, state } = await provenState()
    await state.putAccount(ALICE, accountOf(77n))
    state.root()
    const proof = state.prove(ALICE, [])
    assert.equal(proof.balance, '0x2')
    assert.ok(await verify(root, ALICE.bytes, proof.accountProof))
  })

  test('of the empty state have no nodes', () => {
    const { state } = createEmptyState()
    assert.deepEqual(state.prove(ALICE, []).accountProof, [])
    assert.equal(new MerklePatriciaTrie().EMPTY_TRIE_ROOT.length, 32)
  })
})
