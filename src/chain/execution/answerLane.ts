import type { Block } from '@ethereumjs/block'
import { bytesToHex } from '@ethereumjs/util'
import { asTypedTransaction, type NetworkTransaction } from '../../protocol/networkTransaction.ts'
import {
  LANE_BYTES,
  MAX_NETWORK_TRANSACTION_BYTES,
} from '../../protocol/networkTransactionCodec.ts'
import { NetworkTransactionError } from '../../protocol/networkTransactionErrors.ts'
import { GenaroError } from '../../util/errors.ts'
import type { LaneSource } from '../chain.ts'
import { ChainError } from '../errors.ts'
import type { Machine } from '../machine.ts'
import { addToBody, type ExecutedBody } from './body.ts'
import { runNetworkCall } from './networkCall.ts'
import { toNetworkReceipt } from './networkReceipt.ts'

/**
 * Executes the signed network transactions of a block, in the room reserved for them. Returns whether no further one
 * of the greatest size would have fitted.
 */
export async function applyAnswers(
  machine: Machine,
  block: Block,
  lane: LaneSource,
  body: ExecutedBody,
): Promise<boolean> {
  let bytesLeft = LANE_BYTES
  for (;;) {
    const transaction = lane.next(bytesLeft)
    if (transaction === undefined) return bytesLeft < MAX_NETWORK_TRANSACTION_BYTES
    try {
      bytesLeft -= await applyAnswer(machine, block, transaction, bytesLeft, body)
    } catch (error) {
      if (!isFaultOfTransaction(error)) throw error
      lane.reject(transaction, error)
    }
  }
}

/** Gives the room it took; throws `ChainError` INVALID_TRANSACTION, or for a bad signature its own error. */
async function applyAnswer(
  machine: Machine,
  block: Block,
  transaction: NetworkTransaction,
  bytesLeft: number,
  body: ExecutedBody,
): Promise<number> {
  const sizeBytes = transaction.serialize().length
  checkAnswer(machine, transaction, sizeBytes, bytesLeft)
  const result = await runNetworkCall(machine, block, transaction, succeeded)
  if (!succeeded(result)) {
    const { error } = result.exceptionError!
    refuse(transaction, `it fails: ${error} ${bytesToHex(result.returnValue)}`)
  }
  const applied = toNetworkReceipt(machine, transaction, result, body.gasUsed)
  addToBody(body, asTypedTransaction(transaction), applied)
  return sizeBytes
}

const succeeded = ({ exceptionError }: { exceptionError?: unknown }): boolean =>
  exceptionError === undefined

function checkAnswer(
  { common }: Machine,
  transaction: NetworkTransaction,
  sizeBytes: number,
  bytesLeft: number,
): void {
  const { chainId, isDerived } = transaction
  if (isDerived) refuse(transaction, 'nobody sends a derived one')
  if (chainId !== common.chainId()) refuse(transaction, `it is for chain ${chainId}`)
  if (sizeBytes > bytesLeft) refuse(transaction, `it has ${sizeBytes} bytes, ${bytesLeft} are left`)
}

function refuse(transaction: NetworkTransaction, reason: string): never {
  throw new ChainError('INVALID_TRANSACTION', {
    message: `The answer to challenge ${transaction.nonce} cannot be applied: ${reason}`,
    facts: { transaction: bytesToHex(transaction.hash()), challengeId: transaction.nonce },
  })
}

/** Other errors of ours mean that the database or the source failed; the EVM's own, that it met what it cannot run. */
const isFaultOfTransaction = (error: unknown): error is Error =>
  !(error instanceof GenaroError) ||
  error instanceof NetworkTransactionError ||
  (error instanceof ChainError && error.code === 'INVALID_TRANSACTION')
