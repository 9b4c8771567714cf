import { Common, Mainnet } from '@ethereumjs/common'
import { MerklePatriciaTrie } from '@ethereumjs/mpt'
import { MerkleStateManager } from '@ethereumjs/statemanager'
import { Address, bytesToHex, createAccount, hexToBytes, unpadBytes } from '@ethereumjs/util'
import { customCrypto } from '../../../src/crypto/customCrypto.ts'

export interface ModelAccount {
  nonce: bigint
  balance: bigint
  code: Uint8Array
  /** Slot → value without leading zeros, both as hexadecimal. */
  storage: Map<string, string>
}

type Accounts = Map<string, ModelAccount>

const copyOf = (accounts: Accounts): Accounts =>
  new Map([...accounts].map(([key, one]) => [key, { ...one, storage: new Map(one.storage) }]))

/**
 * What a world state is, said as plainly as possible: maps that are copied whole at every checkpoint. Its
 * root comes from the stock state manager, which is given the final content only.
 */
export class StateModel {
  accounts: Accounts = new Map()
  /** What was there when the transaction began. */
  private original: Accounts = new Map()
  private readonly checkpoints: Accounts[] = []

  get depth(): number {
    return this.checkpoints.length
  }

  put(address: string, { nonce, balance }: { nonce: bigint; balance: bigint }): void {
    const account = this.accounts.get(address)
    this.accounts.set(address, {
      nonce,
      balance,
      code: account?.code ?? new Uint8Array(0),
      storage: account?.storage ?? new Map(),
    })
  }

  putCode(address: string, code: Uint8Array): void {
    const account = this.accounts.get(address)
    if (account === undefined) this.put(address, { nonce: 0n, balance: 0n })
    this.accounts.get(address)!.code = code
  }

  putSlot(address: string, slot: string, value: Uint8Array): void {
    const { storage } = this.accounts.get(address)!
    const minimal = unpadBytes(value)
    if (minimal.length === 0) storage.delete(slot)
    else storage.set(slot, bytesToHex(minimal))
  }

  slot(address: string, slot: string): string {
    return this.accounts.get(address)?.storage.get(slot) ?? '0x'
  }

  originalSlot(address: string, slot: string): string {
    return this.original.get(address)?.storage.get(slot) ?? '0x'
  }

  checkpoint(): void {
    this.checkpoints.push(copyOf(this.accounts))
  }

  commit(): void {
    this.checkpoints.pop()
    if (this.depth === 0) this.beginTransaction()
  }

  revert(): void {
    this.accounts = this.checkpoints.pop()!
    if (this.depth === 0) this.beginTransaction()
  }

  beginTransaction(): void {
    this.original = copyOf(this.accounts)
  }

  /** The root of this content by the stock trie, as hexadecimal. */
  async root(): Promise<string> {
    const stock = createStockState()
    for (const [address, { nonce, balance, code, storage }] of this.accounts) {
      const at = new Address(hexToBytes(address as `0x${string}`))
      await stock.putAccount(at, createAccount({ nonce, balance }))
      if (code.length > 0) await stock.putCode(at, code)
      for (const [slot, value] of storage) {
        await stock.putStorage(
          at,
          hexToBytes(slot as `0x${string}`),
          hexToBytes(value as `0x${string}`),
        )
      }
    }
    return bytesToHex(await stock.getStateRoot())
  }
}

/** EthereumJS's own state manager, without the caches that have traps of their own. */
export function createStockState(): MerkleStateManager {
  const common = new Common({ chain: Mainnet, customCrypto })
  return new MerkleStateManager({
    common,
    trie: new MerklePatriciaTrie({ useKeyHashing: true, common }),
  })
}
