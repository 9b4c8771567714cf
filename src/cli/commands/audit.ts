import { Command } from 'commander'
import type { AuditedFarmer, AuditedReplica } from '../../client/audit/auditReport.ts'
import type { AuditProgress, AuditResult } from '../../client/audit.ts'
import { formatTime } from '../formatTime.ts'
import { parseNumber } from '../options.ts'
import { formatFacts, formatTable, printResult } from '../output.ts'
import { type ClientFlags, withClient, withClientOptions } from '../storage/clientSession.ts'
import { createProgressBar, type ProgressBar, shownName } from '../storage/progressBar.ts'

interface AuditFlags extends ClientFlags {
  bucket?: string
  sentinels: number
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
    .action(runAudit)

async function runAudit(id: string, flags: AuditFlags): Promise<void> {
  const bar = createProgressBar(shownName(id.slice(0, 10)))
  const result = await withClient(flags, (client, signal) =>
    client
      .audit(id, {
        bucketId: flags.bucket,
        sentinels: flags.sentinels,
        signal,
        onProgress: (progress) => showAudit(bar, progress),
      })
      .finally(bar.clear),
  )
  // So that scripts see it.
  if (result.suspicious.length > 0) process.exitCode = 1
  printResult(flags, result, () => auditText(result))
}

function showAudit(bar: ProgressBar, progress: AuditProgress): void {
  const { replicaCount, auditedCount, suspiciousCount } = progress
  const words = `asked for ${auditedCount} of ${replicaCount} replicas, ${suspiciousCount} suspicious`
  bar.show(auditedCount, replicaCount, words)
}

const auditText = (result: AuditResult): string =>
  [
    formatFacts([
      ['File', result.id],
      ['Replicas', `${result.replicaCount}, ${result.suspicious.length} suspicious`],
    ]),
    formatTable(HEAD, result.farmers.map(farmerRow)),
    ...result.farmers.flatMap(({ replicas }) => replicas).flatMap(suspicion),
  ].join('\n')

const HEAD = [
  'NODE',
  'REPLICAS',
  'JOINED',
  'ASKED',
  'RIGHT',
  'WRONG',
  'MISSING',
  'LOST',
  '5 % PASSES',
  'STRIKES',
  'LAST PASS',
]

const farmerRow = (farmer: AuditedFarmer): string[] => [
  String(farmer.node),
  String(farmer.replicas.length),
  String(farmer.replicas.filter(({ isJoined }) => isJoined).length),
  String(farmer.askedCount),
  String(farmer.rightCount),
  String(farmer.wrongCount),
  String(farmer.missingCount),
  farmer.estimatedMissingShare === undefined ? '?' : percent(farmer.estimatedMissingShare),
  percent(farmer.passChance),
  farmer.dischargedTime === undefined ? String(farmer.strikes) : 'discharged',
  farmer.lastPassedTime === undefined ? 'never' : formatTime(farmer.lastPassedTime),
]

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/** What is wrong with a replica, in a line. */
function suspicion(replica: AuditedReplica): string[] {
  const name = `Replica ${replica.id} at node ${replica.node}`
  const lines = replica.isJoinOverdue
    ? [`${name}: its farmer has not joined it, so the chain does not inspect it`]
    : []
  if (replica.verdict === 'held') return lines
  const { message = WORDS[replica.verdict] } = replica
  return [...lines, `${name}: ${replica.verdict}: ${shownName(message)}`]
}

const WORDS: Record<AuditedReplica['verdict'], string> = {
  held: 'every sentinel is there',
  damaged: 'sentinels are lost or changed',
  refused: 'its farmer does not answer for it',
  silent: 'its farmer cannot be reached',
  garbled: 'its farmer does not speak the protocol',
  foreign: 'it cannot be a replica of this file',
  discharged: 'its node was discharged',
  retired: 'its node was retired',
}
