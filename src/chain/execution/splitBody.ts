import type { Block } from '@ethereumjs/block'
import type { TypedTransaction } from '@ethereumjs/tx'
import { NETWORK_KINDS } from '../../protocol/networkKinds.ts'
import { asNetworkTransaction, type NetworkTransaction } from '../../protocol/networkTransaction.ts'
import { ChainError } from '../errors.ts'
import type { ExecutionRules } from './rules.ts'

/** A block's transactions by what makes them part of it: senders, challenges, the protocol itself. */
export interface BodyParts {
  ordinary: TypedTransaction[]
  answers: NetworkTransaction[]
  derived: NetworkTransaction[]
}

/**
 * Takes a block's transactions apart. They stand in this order: ordinary ones, answers, derived steps, each step at
 * most once (SPEC 4); throws `ChainError` INVALID_BODY otherwise.
 */
export function splitBody(
  { inspections }: ExecutionRules,
  { header, transactions }: Block,
): BodyParts {
  const parts: BodyParts = { ordinary: [], answers: [], derived: [] }
  let last = 0
  for (const transaction of transactions) {
    const own = asNetworkTransaction(transaction)
    if (own === undefined) parts.ordinary.push(transaction)
    else if (inspections === undefined) refuse(header.number, 'it holds a network transaction')
    else if (own.isDerived) parts.derived.push(own)
    else parts.answers.push(own)
    const place = placeOf(own)
    if (place < last || (own?.isDerived && place === last)) {
      refuse(header.number, 'its transactions are not in order')
    }
    last = place
  }
  return parts
}

const ORDER: readonly number[] = [
  NETWORK_KINDS.inspectionAnswer.kind,
  NETWORK_KINDS.inspectionStep.kind,
  NETWORK_KINDS.heftSync.kind,
]

/** 0 for ordinary ones, then by kind. */
const placeOf = (transaction: NetworkTransaction | undefined): number =>
  transaction === undefined ? 0 : 1 + ORDER.indexOf(transaction.kind)

function refuse(number: bigint, problem: string): never {
  throw new ChainError('INVALID_BODY', {
    message: `Invalid body of block ${number}: ${problem}`,
    facts: { number },
  })
}
