import type {
  AccountFields,
  Proof,
  StateManagerInterface,
  StorageDump,
  StorageRange,
} from '@ethereumjs/common'
import { Account, type Address } from '@ethereumjs/util'
import { keccak256 } from '../../crypto/keccak.ts'
import type { StoreChange } from '../../util/keyValueStore.ts'
import { copyAccount } from './accountCodec.ts'
import { bytesToKey, type Hash, keyToBytes, keyToHex } from './hash.ts'
import { StateError } from './stateError.ts'
import { StateLayer } from './stateLayer.ts'
import { proveAccount } from './stateProof.ts'
import { computeRoot, settleRoot } from './stateRoot.ts'
import { codeChange, nodeChange } from './stateStore.ts'
import { dumpSlots, rangeOfSlots } from './storageDump.ts'
import type { WorldState } from './worldState.ts'

const SLOT_BYTES = 32

/**
 * The world state over Merkle Patricia tries. Its methods are asynchronous because EthereumJS asks for
 * that; none waits for anything. Bytes it hands out are for reading, accounts it hands out are copies.
 */
export class MerkleWorldState implements WorldState {
  private layer: StateLayer
  private openedAt: Hash

  readonly originalStorageCache: StateManagerInterface['originalStorageCache'] = {
    get: async (address, key) => this.layer.originalSlot(bytesToKey(address.bytes), slotToKey(key)),
    clear: () => this.layer.originals.clear(),
  }

  constructor(layer: StateLayer) {
    this.layer = layer
    this.openedAt = layer.root
  }

  async getAccount(address: Address): Promise<Account | undefined> {
    const account = this.layer.account(bytesToKey(address.bytes))
    return account && copyAccount(account)
  }

  /** The storage root of the object is not looked at: storage changes by the methods for storage. */
  async putAccount(address: Address, account?: Account): Promise<void> {
    if (account === undefined) return this.deleteAccount(address)
    this.layer.putAccount(bytesToKey(address.bytes), account)
  }

  async deleteAccount(address: Address): Promise<void> {
    this.layer.deleteAccount(bytesToKey(address.bytes))
  }

  async modifyAccountFields(address: Address, fields: AccountFields): Promise<void> {
    const key = bytesToKey(address.bytes)
    const { nonce, balance, storageRoot, codeHash } = this.layer.account(key) ?? new Account()
    this.layer.putAccount(
      key,
      new Account(
        fields.nonce ?? nonce,
        fields.balance ?? balance,
        storageRoot,
        fields.codeHash ?? codeHash,
      ),
    )
  }

  async putCode(address: Address, code: Uint8Array): Promise<void> {
    this.layer.putCode(bytesToKey(address.bytes), code)
  }

  async getCode(address: Address): Promise<Uint8Array> {
    return this.layer.code(bytesToKey(address.bytes))
  }

  async getCodeSize(address: Address): Promise<number> {
    return this.layer.code(bytesToKey(address.bytes)).length
  }

  async getStorage(address: Address, key: Uint8Array): Promise<Uint8Array> {
    return this.layer.slot(bytesToKey(address.bytes), slotToKey(key))
  }

  async putStorage(address: Address, key: Uint8Array, value: Uint8Array): Promise<void> {
    this.layer.putSlot(bytesToKey(address.bytes), slotToKey(key), minimalValue(value))
  }

  async clearStorage(address: Address): Promise<void> {
    this.layer.clearStorage(bytesToKey(address.bytes))
  }

  async dumpStorage(address: Address): Promise<StorageDump> {
    return dumpSlots(this.layer, bytesToKey(address.bytes))
  }

  async dumpStorageRange(address: Address, startKey: bigint, limit: number): Promise<StorageRange> {
    return rangeOfSlots(this.layer, bytesToKey(address.bytes), startKey, limit)
  }

  get openCheckpoints(): number {
    return this.layer.journal.depth
  }

  async checkpoint(): Promise<void> {
    this.layer.journal.checkpoint()
  }

  async commit(): Promise<void> {
    this.layer.journal.commit()
    if (this.layer.journal.depth === 0) this.layer.originals.clear()
  }

  async revert(): Promise<void> {
    this.layer.journal.revert()
    if (this.layer.journal.depth === 0) this.layer.originals.clear()
  }

  root(): Uint8Array {
    this.expectNoCheckpoint('root()')
    settleRoot(this.layer, computeRoot(this.layer))
    return keyToBytes(this.layer.root)
  }

  /** The root of everything written so far, inside checkpoints too; unlike `root()` it settles nothing. */
  async getStateRoot(): Promise<Uint8Array> {
    return keyToBytes(computeRoot(this.layer).root)
  }

  /** Moves to a stored root, or to one this state computed, and drops every write since. */
  async setStateRoot(stateRoot: Uint8Array): Promise<void> {
    this.expectNoCheckpoint('setStateRoot()')
    const root = bytesToKey(stateRoot)
    const { store, fresh } = this.layer
    if (!this.holds(root)) throw missingRoot(root)
    this.layer = new StateLayer(store, root)
    if (fresh.has(root)) this.layer.fresh = fresh
    this.openedAt = root
  }

  async hasStateRoot(root: Uint8Array): Promise<boolean> {
    return this.holds(bytesToKey(root))
  }

  changes(): StoreChange[] {
    this.root()
    const { fresh, codes, store } = this.layer
    store.remember(fresh.values())
    return [
      ...Array.from(codes, ([hash, code]) => codeChange(hash, code)),
      ...Array.from(fresh.values(), nodeChange),
    ]
  }

  prove(address: Address, slots: readonly Uint8Array[]): Proof {
    return proveAccount(this.layer.slots, this.openedAt, address, slots)
  }

  /** Drops what was only read. There is nothing else to clear: writes are no cache. */
  clearCaches(): void {
    this.layer.forgetReads()
  }

  shallowCopy(): MerkleWorldState {
    this.expectNoCheckpoint('shallowCopy()')
    return new MerkleWorldState(this.layer.copy())
  }

  getAppliedKey(address: Uint8Array): Uint8Array {
    return keccak256(address)
  }

  private holds(root: Hash): boolean {
    return this.layer.fresh.has(root) || this.layer.store.hasRoot(root)
  }

  private expectNoCheckpoint(what: string): void {
    const { depth } = this.layer.journal
    if (depth === 0) return
    throw new StateError('OPEN_CHECKPOINT', {
      message: `${what} was called inside ${depth} open checkpoint${depth === 1 ? '' : 's'}`,
      hint: 'Commit or revert every checkpoint first.',
      facts: { depth },
    })
  }
}

export const missingRoot = (root: Hash): StateError =>
  new StateError('MISSING_ROOT', {
    message: `State root ${keyToHex(root)} is not stored`,
    hint: 'Open the root of a block that was committed.',
    facts: { root: keyToHex(root) },
  })

function slotToKey(slot: Uint8Array): string {
  if (slot.length === SLOT_BYTES) return bytesToKey(slot)
  throw new StateError('BAD_SLOT', {
    message: `A storage slot is named by ${SLOT_BYTES} bytes, got ${slot.length}`,
  })
}

/** A copy of a slot's value without leading zeros. */
function minimalValue(value: Uint8Array): Uint8Array {
  if (value.length > SLOT_BYTES) {
    throw new StateError('BAD_SLOT', {
      message: `A storage value has at most ${SLOT_BYTES} bytes, got ${value.length}`,
    })
  }
  let start = 0
  while (start < value.length && value[start] === 0) start++
  return value.slice(start)
}
