import type { Block } from '@ethereumjs/block'
import type { TypedTransaction } from '@ethereumjs/tx'
import { bytesToHex, equalsBytes } from '@ethereumjs/util'
import { asNetworkTransaction, type NetworkTransaction } from '../../protocol/networkTransaction.ts'
import { errorMessage } from '../../util/errors.ts'
import type { LaneSource, TransactionSource } from '../chain.ts'
import { ChainError } from '../errors.ts'
import type { BlockHashes } from '../machine.ts'
import type { WorldState } from '../state/worldState.ts'
import { type BlockOutcome, executeBlock } from './block.ts'
import { checkHeader } from './header.ts'
import type { ExecutionRules } from './rules.ts'
import { splitBody } from './splitBody.ts'

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
  // Before the body, which is read by the header's rules; an invalid header is told as such.
  await checkHeader(rules.common, parent.header, block.header)
  checkBody(parent, block)
  const { ordinary, answers, derived } = splitBody(rules, block)
  const outcome = await executeBlock(rules, {
    parent,
    header: block.header,
    withdrawals: block.withdrawals ?? [],
    source: sourceOfBlock(block, ordinary),
    lane: laneOfBlock(block, answers),
    state,
    blockHashes,
  })
  requireDerived(outcome.block, block, derived)
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
function sourceOfBlock(block: Block, transactions: readonly TypedTransaction[]): TransactionSource {
  let position = 0
  return {
    next(gasLeft) {
      const transaction = transactions[position++]
      if (transaction !== undefined && transaction.gasLimit > gasLeft) {
        const reason = `it may use ${transaction.gasLimit} gas and ${gasLeft} is left`
        refuseTransaction(block, transaction, reason)
      }
      return transaction
    },
    reject: (transaction, error) => refuseTransaction(block, transaction, error.message, error),
  }
}

/** Gives a block's own answers in order; one that fails makes the block invalid. */
function laneOfBlock(block: Block, answers: readonly NetworkTransaction[]): LaneSource {
  let position = 0
  return {
    next: () => answers[position++],
    reject: (transaction, error) => refuseTransaction(block, transaction, error.message, error),
    defer: (transaction) =>
      refuseTransaction(block, transaction, 'answers that were paid for have no more room'),
  }
}

function refuseTransaction(
  { header }: Block,
  transaction: Pick<TypedTransaction, 'hash'>,
  reason: string,
  cause?: Error,
): never {
  throw new ChainError('INVALID_TRANSACTION', {
    message: `Block ${header.number} holds a transaction that cannot be applied: ${reason}`,
    facts: { transaction: bytesToHex(transaction.hash()), number: header.number },
    cause,
  })
}

/** What is derived in a block is what its execution derives: nothing missing, more, altered or in another place. */
function requireDerived(
  expected: Block,
  { header }: Block,
  derived: readonly NetworkTransaction[],
): void {
  const own = expected.transactions.slice(expected.transactions.length - derived.length)
  const isWhole = countDerived(expected) === derived.length
  if (isWhole && derived.every((step, i) => equalsBytes(step.hash(), own[i]!.hash()))) return
  throw new ChainError('INVALID_BODY', {
    message: `Invalid body: the derived transactions of block ${header.number} are not those that follow from it`,
    facts: { number: header.number },
  })
}

const countDerived = ({ transactions }: Block): number =>
  transactions.filter((transaction) => asNetworkTransaction(transaction)?.isDerived).length

const DERIVED_FIELDS = [
  'extraData',
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
    message: `Block ${actual.header.number} claims a value of ${field ?? 'header'} that its execution does not give`,
    facts: { field, number: actual.header.number },
  })
}

const isSame = (a: Uint8Array | bigint | undefined, b: Uint8Array | bigint | undefined): boolean =>
  a instanceof Uint8Array && b instanceof Uint8Array ? equalsBytes(a, b) : a === b
