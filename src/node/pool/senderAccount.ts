import type { Address } from '@ethereumjs/util'
import type { WorldState } from '../../chain/state/worldState.ts'

/** What the pool wants to know of an account on the head. */
export interface SenderAccount {
  nonce: bigint
  balanceWei: bigint
  /** Whether it has code of its own, delegates to another's (EIP-7702), or has none. */
  code: 'none' | 'delegated' | 'contract'
}

const DELEGATION_PREFIX = [0xef, 0x01, 0x00]

/** Reads an account from a state; one that does not exist has nothing. */
export async function readSenderAccount(
  state: WorldState,
  address: Address,
): Promise<SenderAccount> {
  const account = await state.getAccount(address)
  if (account === undefined) return { nonce: 0n, balanceWei: 0n, code: 'none' }
  const { nonce, balance: balanceWei } = account
  if (!account.isContract()) return { nonce, balanceWei, code: 'none' }
  const code = await state.getCode(address)
  const isDelegated = DELEGATION_PREFIX.every((byte, i) => code[i] === byte)
  return { nonce, balanceWei, code: isDelegated ? 'delegated' : 'contract' }
}
