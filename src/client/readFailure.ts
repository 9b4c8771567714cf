import { P2PError } from '../p2p/errors.ts'
import { StorageError } from '../storage/errors.ts'
import { errorMessage } from '../util/errors.ts'
import { ClientError } from './errors.ts'

/** Why too few shards came: what all farmers say counts before that some of them are gone. */
export function explainReadFailure(
  failures: readonly unknown[],
  { found, needed, fileId }: { found: number; needed: number; fileId: string },
): ClientError {
  const facts = { fileId, found, needed, reasons: failures.slice(0, 8).map(errorMessage) }
  const cause = failures[0]
  if (failures.some((error) => refusalOf(error) === 'NO_CREDIT')) return noTraffic(facts, cause)
  if (failures.some((error) => refusalOf(error) === 'TERM_EXPIRED')) {
    return new ClientError('TERM_EXPIRED', {
      message: 'The term of the file is over, so its farmers do not serve it any more',
      hint: 'Extend buckets before they end, with `genaro bucket extend`.',
      facts,
      cause,
    })
  }
  const reason = failures.length === 0 ? '' : `: ${errorMessage(failures.at(-1))}`
  return new ClientError('FILE_DAMAGED', {
    message: `${found} shards of a segment can be read, and ${needed} are needed${reason}`,
    hint: 'Try again when more of its farmers are reachable.',
    facts,
    cause,
  })
}

export const noTraffic = (facts: Record<string, unknown>, cause?: unknown): ClientError =>
  new ClientError('NO_TRAFFIC', {
    message: 'The traffic that is left does not cover the download',
    hint: 'Buy more with `genaro traffic buy`, for example `genaro traffic buy 10GB`.',
    facts,
    cause,
  })

/** The code a farmer refused by, whichever layer told it. */
export function refusalOf(error: unknown): string | undefined {
  if (error instanceof StorageError) return error.code
  if (error instanceof P2PError && error.code === 'REFUSED') return String(error.facts.code)
  return undefined
}
