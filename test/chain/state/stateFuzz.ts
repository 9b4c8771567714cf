import assert from 'node:assert/strict'
import { type Address, bytesToHex, createAccount, hexToBytes } from '@ethereumjs/util'
import fc from 'fast-check'
import { createStateDatabase } from '../../../src/chain/state/stateDatabase.ts'
import type { WorldState } from '../../../src/chain/state/worldState.ts'
import { createMemoryStore } from '../../../src/util/keyValueStore.ts'
import { StateModel } from './stateModel.ts'
import { addressOf, EMPTY_STATE_ROOT, save, slotOf } from './states.ts'

/** One thing that can happen to a state; `at` picks the account and `slot` the slot. */
export type Step =
  | { kind: 'put'; at: number; nonce: bigint; balance: bigint }
  | { kind: 'delete' | 'clear'; at: number }
  | { kind: 'code'; at: number; code: Uint8Array }
  | { kind: 'slot'; at: number; slot: number; value: Uint8Array }
  | { kind: 'checkpoint' | 'commit' | 'revert' | 'transaction' | 'root' | 'peek' | 'save' | 'copy' }

const ACCOUNTS = 6
const SLOTS = 8
const at = fc.nat(ACCOUNTS - 1)
const value = fc.oneof(
  fc.constant(new Uint8Array(0)),
  fc.uint8Array({ maxLength: 32 }),
  fc.constantFrom(
    new Uint8Array(32),
    Uint8Array.of(0, 0, 7),
    Uint8Array.of(0x7f),
    Uint8Array.of(0x80),
  ),
)
const just = (
  kind: 'checkpoint' | 'commit' | 'revert' | 'transaction' | 'root' | 'peek' | 'save' | 'copy',
) => fc.constant<Step>({ kind })

export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      at,
      nonce: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      balance: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('slot' as const),
      at,
      slot: fc.nat(SLOTS - 1),
      value,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('delete', 'clear'), at }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('code' as const),
      at,
      code: fc.uint8Array({ maxLength: 40 }),
    }),
  },
  { weight: 3, arbitrary: just('checkpoint') },
  { weight: 2, arbitrary: just('commit') },
  { weight: 2, arbitrary: just('revert') },
  { weight: 1, arbitrary: just('transaction') },
  { weight: 1, arbitrary: just('root') },
  { weight: 1, arbitrary: just('peek') },
  { weight: 1, arbitrary: just('save') },
  { weight: 1, arbitrary: just('copy') },
)

/**
 * Takes the same steps on a world state and on the model, and compares everything readable after each, and
 * the root whenever one is computed.
 */
export async function compareWithModel(steps: readonly Step[]): Promise<void> {
  const store = createMemoryStore()
  const database = createStateDatabase({ store, cacheNodes: 16 })
  const model = new StateModel()
  let state: WorldState = database.open(EMPTY_STATE_ROOT)
  let transactionDepth = 0

  for (const step of steps) {
    const next = await take(step)
    if (next !== undefined) state = next
    await expectSameContent(state, model)
  }
  while (model.depth > 0) {
    model.commit()
    await state.commit()
  }
  const root = await save(state, store)
  assert.equal(bytesToHex(root), await model.root())
  model.beginTransaction()
  await expectSameContent(createStateDatabase({ store }).open(root), model)

  async function take(step: Step): Promise<WorldState | undefined> {
    const key = 'at' in step ? addressOf(step.at) : addressOf(0)
    const address = key.toString()
    switch (step.kind) {
      case 'put':
        model.put(address, step)
        await state.putAccount(key, createAccount({ nonce: step.nonce, balance: step.balance }))
        // The model keeps code apart from the fields that are put.
        return restoreCode(key)
      case 'delete':
        model.accounts.delete(address)
        await state.deleteAccount(key)
        return
      case 'clear':
        model.accounts.get(address)?.storage.clear()
        await state.clearStorage(key)
        return
      case 'code':
        model.putCode(address, step.code)
        await state.putCode(key, step.code)
        return
      case 'slot':
        if (!model.accounts.has(address)) {
          await assert.rejects(state.putStorage(key, slotOf(step.slot), step.value))
          return
        }
        model.putSlot(address, bytesToHex(slotOf(step.slot)), step.value)
        await state.putStorage(key, slotOf(step.slot), step.value)
        return
      case 'checkpoint':
        model.checkpoint()
        await state.checkpoint()
        return
      case 'commit':
      case 'revert':
        if (model.depth === 0) {
          await assert.rejects(state[step.kind]())
          return
        }
        model[step.kind]()
        await state[step.kind]()
        // Going back before a transaction began ends it.
        if (model.depth < transactionDepth) beginTransaction()
        return
      case 'transaction':
        beginTransaction()
        return
      case 'peek':
        assert.equal(bytesToHex(await state.getStateRoot()), await model.root())
        return
      default:
        return takeOutsideCheckpoints(step.kind)
    }
  }

  function beginTransaction(): void {
    transactionDepth = model.depth
    model.beginTransaction()
    state.originalStorageCache.clear()
  }

  async function takeOutsideCheckpoints(
    kind: 'root' | 'save' | 'copy',
  ): Promise<WorldState | undefined> {
    if (model.depth > 0) {
      assert.throws(() => state.root())
      return undefined
    }
    if (kind === 'copy') {
      const original = state
      const copy = state.shallowCopy() as WorldState
      await original.putAccount(addressOf(0), createAccount({ balance: 12_345n }))
      await original.deleteAccount(addressOf(1))
      model.beginTransaction()
      return copy
    }
    const root = state.root()
    assert.equal(bytesToHex(root), await model.root())
    if (kind === 'root') return undefined
    await store.write(state.changes())
    model.beginTransaction()
    return database.open(root)
  }

  async function restoreCode(address: Address): Promise<undefined> {
    const { code } = model.accounts.get(address.toString())!
    if (code.length > 0) await state.putCode(address, code)
  }
}

async function expectSameContent(state: WorldState, model: StateModel): Promise<void> {
  for (let n = 0; n < ACCOUNTS; n++) {
    const address = addressOf(n)
    const key = address.toString()
    const expected = model.accounts.get(key)
    const account = await state.getAccount(address)
    assert.equal(account?.nonce, expected?.nonce)
    assert.equal(account?.balance, expected?.balance)
    assert.equal(
      bytesToHex(await state.getCode(address)),
      bytesToHex(expected?.code ?? hexToBytes('0x')),
    )
    for (let index = 0; index < SLOTS; index++) {
      const slot = slotOf(index)
      const name = bytesToHex(slot)
      assert.equal(bytesToHex(await state.getStorage(address, slot)), model.slot(key, name))
      assert.equal(
        bytesToHex(await state.originalStorageCache.get(address, slot)),
        model.originalSlot(key, name),
      )
    }
  }
}
