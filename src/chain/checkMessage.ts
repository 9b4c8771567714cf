import type { Common } from '@ethereumjs/common'
import { getCalldataFloorGas, type TypedTransaction } from '@ethereumjs/tx'
import { MAX_UINT64 } from '@ethereumjs/util'
import { GenaroError } from '../util/errors.ts'
import type { Message } from './simulate.ts'

export type SimulationErrorCode = 'INSUFFICIENT_FUNDS' | 'GAS_TOO_LOW' | 'INVALID_MESSAGE'

/** A message that no block could hold, so there is nothing to try. In geth's words, which libraries know. */
export class SimulationError extends GenaroError<SimulationErrorCode> {}

/** Throws INSUFFICIENT_FUNDS unless a balance covers the value and the most the gas can cost. */
export function requireFunds({ from, value, gasLimit, fees }: Message, balance: bigint): void {
  const needed = value + gasLimit * (fees?.maxFeePerGas ?? 0n)
  if (balance >= needed) return
  throw new SimulationError('INSUFFICIENT_FUNDS', {
    message: `insufficient funds for gas * price + value: address ${from} has ${balance}, needs ${needed}`,
    facts: { balance, needed },
  })
}

/** Throws INVALID_MESSAGE for what cannot even be written as a transaction. */
export function requireRepresentable(common: Common, message: Message, nonce: bigint): void {
  const { from, to, data, authorizationList } = message
  const maxInitCodeBytes = common.param('maxInitCodeSize')
  if (nonce >= MAX_UINT64) invalid(`nonce has max value: address ${from}, nonce: ${nonce}`)
  if (to === undefined && data.length > maxInitCodeBytes) {
    invalid(`max initcode size exceeded: code size ${data.length}, limit ${maxInitCodeBytes}`)
  }
  if (authorizationList === undefined) return
  if (to === undefined) invalid('EIP-7702 transaction cannot be used to create contract')
  if (authorizationList.length === 0) invalid('EIP-7702 transaction with empty auth list')
}

/** Throws GAS_TOO_LOW or INVALID_MESSAGE for a transaction that no block with this base fee can hold. */
export function requirePossible(
  { from, gasLimit, fees }: Message,
  transaction: TypedTransaction,
  baseFeePerGas: bigint,
): void {
  const intrinsicGas = transaction.getIntrinsicGas()
  const floorGas = getCalldataFloorGas(transaction, from)
  if (gasLimit < intrinsicGas) {
    tooLow(`intrinsic gas too low: have ${gasLimit}, want ${intrinsicGas}`, intrinsicGas)
  }
  if (gasLimit < floorGas) {
    tooLow(`insufficient gas for floor data gas cost: have ${gasLimit}, want ${floorGas}`, floorGas)
  }
  const feeCap = fees?.maxFeePerGas
  if (feeCap !== undefined && feeCap < baseFeePerGas) {
    invalid(
      `max fee per gas less than block base fee: address ${from}, maxFeePerGas: ${feeCap}, baseFee: ${baseFeePerGas}`,
    )
  }
}

const tooLow = (message: string, needed: bigint): never => {
  throw new SimulationError('GAS_TOO_LOW', {
    message,
    hint: `Give it at least ${needed} gas.`,
    facts: { needed },
  })
}

const invalid = (message: string): never => {
  throw new SimulationError('INVALID_MESSAGE', { message })
}
