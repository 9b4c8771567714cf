import { type Block, createBlock } from '@ethereumjs/block'
import type { TypedTransaction } from '@ethereumjs/tx'
import { Account, type Address, KECCAK256_NULL } from '@ethereumjs/util'
import type { Chain, HeadChange } from '../../../src/chain/chain.ts'
import type { WorldState } from '../../../src/chain/state/worldState.ts'
import { keccak256 } from '../../../src/crypto/keccak.ts'
import { BLOCK_GAS_LIMIT, common, ETHER } from './transactions.ts'

interface LedgerAccount {
  nonce: bigint
  balance: bigint
  code: Uint8Array
}

type Ledger = Map<string, LedgerAccount>

/** A chain of nothing but nonces and balances, for the rules of the pool that no execution decides. */
export interface StandInChain {
  readonly chain: Chain
  /** Changes an account on the head. */
  set(address: Address, account: Partial<LedgerAccount>): void
  /** Makes a block with these transactions the head; each moves its sender's nonce and nothing else. */
  extend(transactions?: readonly TypedTransaction[]): HeadChange
  /** Takes the last blocks away, and puts others in their place. */
  reorganize(depth: number, blocks?: readonly (readonly TypedTransaction[])[]): HeadChange
}

/** Every account has 1,000 ether and nonce 0 until told otherwise. */
export function createStandInChain(): StandInChain {
  const blocks: { block: Block; ledger: Ledger }[] = []

  const read = (ledger: Ledger, address: Address): LedgerAccount =>
    ledger.get(address.toString()) ?? {
      nonce: 0n,
      balance: 1_000n * ETHER,
      code: new Uint8Array(),
    }

  const append = (transactions: readonly TypedTransaction[]): Block => {
    const header = { number: blocks.length, gasLimit: BLOCK_GAS_LIMIT, baseFeePerGas: 7n }
    const block = createBlock({ header }, { common })
    block.transactions.push(...transactions)
    const ledger: Ledger = new Map(blocks.at(-1)?.ledger)
    for (const transaction of transactions) {
      const sender = transaction.getSenderAddress()
      ledger.set(sender.toString(), { ...read(ledger, sender), nonce: transaction.nonce + 1n })
    }
    blocks.push({ block, ledger })
    return block
  }

  const stateOf = (ledger: Ledger) => ({
    async getAccount(address: Address) {
      const { nonce, balance, code } = read(ledger, address)
      const codeHash = code.length === 0 ? KECCAK256_NULL : keccak256(code)
      return new Account(nonce, balance, undefined, codeHash)
    },
    getCode: async (address: Address) => read(ledger, address).code,
  })

  append([])
  const chain = {
    common,
    get head() {
      return blocks.at(-1)!.block
    },
    stateOf: (of: Block) =>
      stateOf(blocks.find(({ block }) => block === of)!.ledger) as unknown as WorldState,
  }
  return {
    chain: chain as unknown as Chain,
    set(address, account) {
      const { ledger } = blocks.at(-1)!
      ledger.set(address.toString(), { ...read(ledger, address), ...account })
    },
    extend: (transactions = []) => ({ removed: [], added: [append(transactions)] }),
    reorganize(depth, replacements = []) {
      const removed = blocks.splice(blocks.length - depth).map(({ block }) => block)
      return { removed: removed.reverse(), added: replacements.map(append) }
    },
  }
}
