import { Account, KECCAK256_NULL, KECCAK256_RLP } from '@ethereumjs/util'
import { keccak256 } from '../../crypto/keccak.ts'
import { copyAccount, decodeAccount } from './accountCodec.ts'
import { bytesToKey, type Hash, keyToBytes, keyToHex } from './hash.ts'
import { createJournal, type Journal } from './journal.ts'
import { createOriginalSlots, type OriginalSlots } from './originalSlots.ts'
import { StateError } from './stateError.ts'
import type { StateStore } from './stateStore.ts'
import {
  copyStorageLayer,
  createStorageLayer,
  readSlot,
  type SlotSource,
  type StorageLayer,
} from './storageLayer.ts'
import { find, type LoadNode } from './trie.ts'
import { type SealedNode, trieOfRoot } from './trieSeal.ts'

const NO_CODE = new Uint8Array(0)
const EMPTY_CODE_HASH = bytesToKey(KECCAK256_NULL)

/**
 * A state trie, and accounts, code and storage written over it. Addresses and slots are keys (`bytesToKey`).
 * Every write goes through the journal, and what is merely read is kept apart from what was written, so a
 * revert restores the state exactly and a cache can never hold what was taken back.
 */
export class StateLayer {
  /** The trie below the writes. */
  root: Hash
  readonly journal: Journal = createJournal()
  readonly originals: OriginalSlots = createOriginalSlots()
  /** Accounts written since `root`; undefined is deleted. */
  readonly accounts = new Map<string, Account | undefined>()
  readonly storages = new Map<string, StorageLayer>()
  /** Code put by this state, under its hash. */
  readonly codes = new Map<Hash, Uint8Array>()
  /** Nodes hashed by this state. */
  fresh = new Map<Hash, SealedNode>()

  readonly store: StateStore
  readonly load: LoadNode
  readonly slots: SlotSource
  private readonly readAccounts = new Map<string, Account | undefined>()

  constructor(store: StateStore, root: Hash) {
    this.store = store
    this.root = root
    this.load = (hash) => this.fresh.get(hash)?.node ?? store.loadNode(hash)
    this.slots = { load: this.load, pathOf: store.pathOf }
  }

  /** The account, for reading only, or undefined when it does not exist. */
  account(address: string): Account | undefined {
    const written = this.accounts.get(address)
    if (written !== undefined || this.accounts.has(address)) return written
    return this.baseAccount(address)
  }

  /** Writes an account; its storage root is set here, whatever the object says. */
  putAccount(address: string, account: Account): void {
    const copy = copyAccount(account)
    copy.storageRoot = this.storageRootOf(address)
    this.journal.set(this.accounts, address, copy)
  }

  /** Removes an account and its storage, so that one created later at the address has none of it. */
  deleteAccount(address: string): void {
    this.replaceStorage(address)
    this.journal.set(this.accounts, address, undefined)
  }

  slot(address: string, slot: string): Uint8Array {
    return readSlot(this.slots, this.storage(address), slot)
  }

  /** The value a slot had when the transaction began. */
  originalSlot(address: string, slot: string): Uint8Array {
    const layer = this.originals.layer(address) ?? this.storage(address)
    return this.originals.value(address, slot) ?? readSlot(this.slots, layer, slot)
  }

  putSlot(address: string, slot: string, value: Uint8Array): void {
    if (this.account(address) === undefined) {
      throw new StateError('NO_ACCOUNT', {
        message: `Storage of ${keyToHex(address)} cannot be written: the account does not exist`,
        hint: 'Put the account first.',
      })
    }
    this.originals.beforeWrite(address, slot, () => this.slot(address, slot))
    this.journal.set(this.storage(address).written, slot, value)
  }

  clearStorage(address: string): void {
    this.replaceStorage(address)
    const account = this.account(address)
    if (account !== undefined) this.putAccount(address, account)
  }

  putCode(address: string, code: Uint8Array): void {
    const codeHash = keccak256(code)
    if (code.length > 0) this.journal.set(this.codes, bytesToKey(codeHash), code.slice())
    const account = copyAccount(this.account(address) ?? new Account())
    account.codeHash = codeHash
    this.putAccount(address, account)
  }

  /** The code of an account, for reading only. */
  code(address: string): Uint8Array {
    const account = this.account(address)
    if (account === undefined) return NO_CODE
    const hash = bytesToKey(account.codeHash)
    if (hash === EMPTY_CODE_HASH) return NO_CODE
    return this.codes.get(hash) ?? this.store.loadCode(hash)
  }

  /** The storage of an account; made from the trie when nothing was written to it yet. */
  storage(address: string): StorageLayer {
    const known = this.storages.get(address)
    if (known !== undefined) return known
    const account = this.baseAccount(address)
    const layer = createStorageLayer(account && bytesToKey(account.storageRoot))
    // Not a write: it says what the trie says, so no revert needs to undo it.
    this.storages.set(address, layer)
    return layer
  }

  /** Makes `root` the trie below; `accounts` is what it holds of every account written so far. */
  settleAccounts(root: Hash, accounts: ReadonlyMap<string, Account | undefined>): void {
    this.root = root
    for (const [address, account] of accounts) this.readAccounts.set(address, account)
    this.accounts.clear()
  }

  /** Forgets what was read; what was written stays. */
  forgetReads(): void {
    this.readAccounts.clear()
    for (const { read } of this.storages.values()) read.clear()
  }

  /** Another state with the same content, without open checkpoints, written to independently. */
  copy(): StateLayer {
    const copy = new StateLayer(this.store, this.root)
    for (const [address, account] of this.accounts) copy.accounts.set(address, account)
    for (const [address, layer] of this.storages)
      copy.storages.set(address, copyStorageLayer(layer))
    for (const [hash, code] of this.codes) copy.codes.set(hash, code)
    copy.fresh = new Map(this.fresh)
    return copy
  }

  /** The account as the trie below has it. */
  private baseAccount(address: string): Account | undefined {
    const read = this.readAccounts.get(address)
    if (read !== undefined || this.readAccounts.has(address)) return read
    const encoding = find(this.load, trieOfRoot(this.root), this.store.pathOf(address))
    const account = encoding && decodeAccount(encoding)
    this.readAccounts.set(address, account)
    return account
  }

  private storageRootOf(address: string): Uint8Array {
    const layer = this.storages.get(address)
    if (layer !== undefined) return keyToBytes(layer.base)
    return this.baseAccount(address)?.storageRoot ?? KECCAK256_RLP
  }

  private replaceStorage(address: string): void {
    this.originals.beforeClear(address, this.storage(address))
    this.journal.set(this.storages, address, createStorageLayer())
  }
}
