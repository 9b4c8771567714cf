import type { Block } from '@ethereumjs/block'
import type { TypedTransaction } from '@ethereumjs/tx'
import { bytesToHex, equalsBytes } from '@ethereumjs/util'
import { errorMessage } from '../../util/errors.ts'
import type { TransactionSource } from '../chain.ts'
import { ChainError } from '../errors.ts'
import type { BlockHashes } from '../machine.ts'
import type { WorldState } from '../state/worldState.ts'
import { type BlockOutcome, executeBlock } from './block.ts'
import type { ExecutionRules } from './rules.ts'

export interface VerificationInputs {
  parent: Block
  block: Block
  /** The state after the parent; it ends as the state after the block. */
  state: WorldState
  blockHashes: BlockHashes
}

/**
 * Checks a block by making it again from its own inputs: it is valid when the result is the same block.
 * Throws `ChainError` and leaves nothing behind otherwise.
 */
export async function verifyBlock(
  rules: ExecutionRules,
  { parent, block, state, blockHashes }: VerificationInputs,
): Promise<BlockOutcome> {
  checkBody(parent, block)
  const outcome = await executeBlock(rules, {
    parent,
    header: block.header,
    withdrawals: block.withdrawals ?? [],
    source: sourceOfBlock(block),
    state,
    blockHashes,
  })
  requireEqual(outcome.block, block)
  return outcome
}

function checkBody(parent: Block, block: Block): void {
  try {
    if (block.uncleHeaders.length > 0) throw new Error('a block has no uncles')
    if (block.common.isActivatedEIP(4844)) block.validateBlobTransactions(parent.header)
    for (const transaction of block.transactions) {
      if (!transaction.isValid()) throw new Error(transaction.getValidationErrors().join('; '))
    }
  } catch (cause) {
    throw new ChainError('INVALID_BODY', { message: `Invalid body: ${errorMessage(cause)}`, cause })
  }
}

/** Gives a block's own transactions in order; one that cannot be applied makes the block invalid. */
function sourceOfBlock({ transactions, header }: Block): TransactionSource {
  let position = 0
  const refuse = (transaction: TypedTransaction, reason: string, cause?: Error): never => {
    throw new ChainError('INVALID_TRANSACTION', {
      message: `Block ${header.number} holds a transaction that cannot be applied: ${reason}`,
      facts: { transaction: bytesToHex(transaction.hash()), number: header.number },
      cause,
    })
  }
  return {
    next(gasLeft) {
      const transaction = transactions[position++]
      if (transaction !== undefined && transaction.gasLimit > gasLeft) {
        refuse(transaction, `it may use ${transaction.gasLimit} gas and ${gasLeft} is left`)
      }
      return transaction
    },
    reject: (transaction, error) => refuse(transaction, error.message, error),
  }
}

const DERIVED_FIELDS = [
  'stateRoot',
  'receiptTrie',
  'transactionsTrie',
  'withdrawalsRoot',
  'requestsHash',
  'logsBloom',
  'gasUsed',
  'blobGasUsed',
] as const

function requireEqual(expected: Block, actual: Block): void {
  if (equalsBytes(expected.hash(), actual.hash())) return
  const field = DERIVED_FIELDS.find((name) => !isSame(expected.header[name], actual.header[name]))
  throw new ChainError('ROOT_MISMATCH', {
    message: `Block ${actual.header.number} claims a ${field ?? 'header'} that its execution does not give`,
    facts: { field, number: actual.header.number },
  })
}

const isSame = (a: Uint8Array | bigint | undefined, b: Uint8Array | bigint | undefined): boolean =>
  a instanceof Uint8Array && b instanceof Uint8Array ? equalsBytes(a, b) : a === b
