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
import { isExtraChallenge } from './challenge.ts'
import { runNetworkCall } from './networkCall.ts'
import { toNetworkReceipt } from './networkReceipt.ts'

/**
 * What answers to challenges that somebody paid for may take of a block's lane: others' answers find at least the rest.
 */
const EXTRA_BYTES = LANE_BYTES / 2

/** What is taken of a block's lane, in bytes. */
interface LaneUse {
  scheduledBytes: number
  extraBytes: number
}

const bytesLeftOf = ({ scheduledBytes, extraBytes }: LaneUse): number =>
  LANE_BYTES - scheduledBytes - extraBytes

/**
 * Executes the signed network transactions of a block, in the room reserved for them. Returns whether the answers that
 * the schedule asked for left no room for another of the greatest size: deadlines wait for a full lane, so nobody may
 * fill it by paying for challenges of its own.
 */
export async function applyAnswers(
  machine: Machine,
  block: Block,
  lane: LaneSource,
  body: ExecutedBody,
): Promise<boolean> {
  const use: LaneUse = { scheduledBytes: 0, extraBytes: 0 }
  for (;;) {
    const transaction = lane.next(bytesLeftOf(use))
    if (transaction === undefined) {
      return LANE_BYTES - use.scheduledBytes < MAX_NETWORK_TRANSACTION_BYTES
    }
    try {
      if (!(await applyAnswer(machine, block, transaction, use, body))) lane.defer(transaction)
    } catch (error) {
      if (!isFaultOfTransaction(error)) throw error
      lane.reject(transaction, error)
    }
  }
}

/**
 * Adds the room it took; false when it was paid for, and those have none left. Throws `ChainError` INVALID_TRANSACTION,
 * or for a bad signature its own error.
 */
async function applyAnswer(
  machine: Machine,
  block: Block,
  transaction: NetworkTransaction,
  use: LaneUse,
  body: ExecutedBody,
): Promise<boolean> {
  const sizeBytes = transaction.serialize().length
  checkAnswer(machine, transaction, sizeBytes, bytesLeftOf(use))
  // Before the answer, which ends the challenge.
  const isExtra = await isExtraChallenge(machine.stateManager, transaction.nonce)
  if (isExtra && use.extraBytes + sizeBytes > EXTRA_BYTES) return false
  const result = await runNetworkCall(machine, block, transaction, succeeded)
  if (!succeeded(result)) {
    const { error } = result.exceptionError!
    refuse(transaction, `it fails: ${error} ${bytesToHex(result.returnValue)}`)
  }
  const applied = toNetworkReceipt(machine, transaction, result, body.gasUsed)
  addToBody(body, asTypedTransaction(transaction), applied)
  use[isExtra ? 'extraBytes' : 'scheduledBytes'] += sizeBytes
  return true
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
