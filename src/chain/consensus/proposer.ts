import type { Validator } from '../../protocol/genesis.ts'
import { ChainError } from '../errors.ts'

/** Whose turn a slot is among the validators of the genesis: each in order, one slot a turn. */
export function proposerOf(validators: readonly Validator[], slot: bigint): Validator {
  const proposer = validators[Number(slot % BigInt(validators.length || 1))]
  if (proposer === undefined) {
    throw new ChainError('INVALID_SEAL', {
      message: `No validator may seal slot ${slot}: the genesis names none`,
      hint: 'Add validators to the genesis file.',
    })
  }
  return proposer
}
