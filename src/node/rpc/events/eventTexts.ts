import type { Block } from '@ethereumjs/block'
import type { TypedTransaction } from '@ethereumjs/tx'
import { formatHeader } from '../format/block.ts'
import { formatLog } from '../format/log.ts'
import { formatTransaction } from '../format/transaction.ts'
import type { ShowLog } from './logMatcher.ts'

/**
 * Events as JSON. Every subscription is told of an event before the next one comes, so keeping the last text of
 * each kind is enough to write it once.
 */
export interface EventTexts {
  head(block: Block): string
  transaction(transaction: TypedTransaction): string
  log: ShowLog<string>
}

export function createEventTexts(): EventTexts {
  let logsOf: { block: Block; removed: boolean; texts: Map<number, string> } | undefined
  return {
    head: rememberLast((block) => JSON.stringify(formatHeader(block))),
    transaction: rememberLast((transaction) => JSON.stringify(formatTransaction(transaction))),
    log(block, transactionIndex, log, logIndex, removed) {
      if (logsOf?.block !== block || logsOf.removed !== removed) {
        logsOf = { block, removed, texts: new Map() }
      }
      const known = logsOf.texts.get(logIndex)
      if (known !== undefined) return known
      const text = JSON.stringify(formatLog(block, transactionIndex, log, logIndex, removed))
      logsOf.texts.set(logIndex, text)
      return text
    },
  }
}

function rememberLast<Subject>(write: (subject: Subject) => string): (subject: Subject) => string {
  let last: { subject: Subject; text: string } | undefined
  return (subject) => {
    if (last?.subject !== subject) last = { subject, text: write(subject) }
    return last.text
  }
}
