import { Address, setLengthLeft } from '@ethereumjs/util'
import { systemContractAddress } from '../../protocol/addresses.ts'
import { payeeKey } from '../../protocol/slots.ts'
import type { WorldState } from '../state/worldState.ts'

const STAKING = systemContractAddress('Staking')

/** Whom a validator registered to be paid in its place, read from the Staking contract's slots. */
export async function readPayee(
  state: WorldState,
  validator: Address,
): Promise<Address | undefined> {
  const stored = await state.getStorage(STAKING, payeeKey(validator))
  return stored.length === 0 ? undefined : new Address(setLengthLeft(stored, 20).slice(-20))
}
