import { type BlockHeader, createBlockHeader } from '@ethereumjs/block'
import { Account, unpadBytes } from '@ethereumjs/util'
import type { AccountOverride, BlockOverrides, StateOverrides } from '../../api/rpc/overrides.ts'
import type { Chain } from '../../chain/chain.ts'
import type { WorldState } from '../../chain/state/worldState.ts'

/** Writes account overrides on top of a state that nobody else uses. */
export async function overrideState(state: WorldState, overrides: StateOverrides): Promise<void> {
  for (const { address, override } of overrides) {
    const account = (await state.getAccount(address)) ?? new Account()
    if (override.balance !== undefined) account.balance = override.balance
    if (override.nonce !== undefined) account.nonce = override.nonce
    await state.putAccount(address, account)
    if (override.code !== undefined) await state.putCode(address, override.code)
    if (override.state !== undefined) await state.clearStorage(address)
    for (const [slot, value] of slotsOf(override)) {
      await state.putStorage(address, slot, unpadBytes(value))
    }
  }
}

const slotsOf = ({ state, stateDiff }: AccountOverride) => state ?? stateDiff ?? []

/** The header a call sees: the block's, with what is overridden. */
export function overrideHeader(
  { common }: Chain,
  header: BlockHeader,
  overrides: BlockOverrides | undefined,
): BlockHeader {
  if (overrides === undefined) return header
  const fields = {
    parentHash: header.parentHash,
    number: overrides.number ?? header.number,
    timestamp: overrides.time ?? header.timestamp,
    gasLimit: overrides.gasLimit ?? header.gasLimit,
    coinbase: overrides.feeRecipient ?? header.coinbase,
    mixHash: overrides.prevRandao ?? header.mixHash,
    baseFeePerGas: overrides.baseFeePerGas ?? header.baseFeePerGas,
    extraData: header.extraData,
    excessBlobGas: header.excessBlobGas,
  }
  return createBlockHeader(fields, { common })
}
