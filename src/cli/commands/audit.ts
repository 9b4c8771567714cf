import { Command, Option } from 'commander'
import type { AuditedReplica } from '../../client/audit/auditReport.ts'
import type { AuditProgress, AuditResult } from '../../client/audit.ts'
import type { Client } from '../../client/createClient.ts'
import type { ChallengeReport } from '../../client/escalation/bonds.ts'
import { CLIError } from '../failure.ts'
import { parseNumber } from '../options.ts'
import { printResult } from '../output.ts'
import { type ClientFlags, withClient, withClientOptions } from '../storage/clientSession.ts'
import { createProgressBar, type ProgressBar, shownName } from '../storage/progressBar.ts'
import { auditText } from './auditText.ts'

interface AuditFlags extends ClientFlags {
  bucket?: string
  sentinels: number
  challenge?: boolean
  escalate?: boolean
  replica?: string[]
}

/** `genaro audit ID`: asks the farmers of a file for sentinels that only its owner can tell from the rest. */
export const auditCommand = (): Command =>
  withClientOptions(new Command('audit'))
    .description('ask farmers for hidden sentinels of a file, and say who has lost what')
    .argument('<id>', 'what the upload printed')
    .option('--bucket <id>', "the file's bucket (default: yours are searched)")
    .option(
      '--sentinels <count>',
      'sentinels to ask for of each replica',
      parseNumber('--sentinels', { min: 1, max: 64 }),
      16,
    )
    .option('--challenge', 'pay to have the chain ask for random leaves of suspicious replicas')
    .addOption(
      new Option(
        '--escalate',
        'pay to have the chain ask for hidden sentinels of suspicious replicas',
      ).conflicts('challenge'),
    )
    .option('--replica <id...>', 'challenge these replicas, suspicious or not')
    .action(runAudit)

/** An audit, and what came of challenges where there were any. */
export interface AuditOutcome extends AuditResult {
  challenges?: ChallengeReport
}

async function runAudit(id: string, flags: AuditFlags): Promise<void> {
  expectPaid(flags)
  const bar = createProgressBar(shownName(id.slice(0, 10)))
  const result = await withClient(flags, async (client, signal): Promise<AuditOutcome> => {
    const audit = await client
      .audit(id, {
        bucketId: flags.bucket,
        sentinels: flags.sentinels,
        signal,
        onProgress: (progress) => showAudit(bar, progress),
      })
      .finally(bar.clear)
    const challenges = await challenge(client, audit, flags, signal)
    return { ...audit, ...(challenges && { challenges }) }
  })
  // So that scripts see it.
  const isProven = result.challenges?.replicas.every(({ outcome }) => outcome === 'proven') ?? true
  if (result.suspicious.length > 0 || !isProven) process.exitCode = 1
  printResult(flags, result, () => auditText(result))
}

/** Throws `CLIError` `BAD_FLAG`: what costs a bond is asked for in so many words. */
function expectPaid({ replica, challenge, escalate }: AuditFlags): void {
  if (replica === undefined || challenge || escalate) return
  throw new CLIError('BAD_FLAG', {
    message: '--replica names what to challenge, and there is neither --challenge nor --escalate',
    hint: 'Add one of them; either costs a bond, which comes back when the farmer fails.',
  })
}

async function challenge(
  client: Client,
  audit: AuditResult,
  flags: AuditFlags,
  signal: AbortSignal,
): Promise<ChallengeReport | undefined> {
  const all = audit.farmers.flatMap(({ replicas }) => replicas)
  const ids =
    flags.replica ??
    all.filter((each) => audit.suspicious.includes(each.id) && canAnswer(each)).map(({ id }) => id)
  if (ids.length === 0) return undefined
  if (flags.challenge) return await client.challenge(ids, { signal })
  if (!flags.escalate) return undefined
  return await client.escalate(audit.id, ids, { bucketId: flags.bucket, signal })
}

/** A node that is out answers nothing; its replicas need a repair. */
const canAnswer = ({ verdict }: AuditedReplica): boolean =>
  verdict !== 'discharged' && verdict !== 'retired' && verdict !== 'foreign'

function showAudit(bar: ProgressBar, progress: AuditProgress): void {
  const { replicaCount, auditedCount, suspiciousCount } = progress
  const words = `asked for ${auditedCount} of ${replicaCount} replicas, ${suspiciousCount} suspicious`
  bar.show(auditedCount, replicaCount, words)
}
