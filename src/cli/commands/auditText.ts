import { formatAmount } from '../../api/units/amount.ts'
import type { AuditedFarmer, AuditedReplica } from '../../client/audit/auditReport.ts'
import type { ChallengeReport } from '../../client/escalation/bonds.ts'
import type { ChallengedReplica } from '../../client/escalation/challengeRounds.ts'
import { formatTime } from '../formatTime.ts'
import { formatFacts, formatTable } from '../output.ts'
import { shownName } from '../storage/progressBar.ts'
import type { AuditOutcome } from './audit.ts'

/** What an audit found, for people: a line for each farmer, one for each suspicious replica, one for each challenge. */
export const auditText = ({ challenges, ...result }: AuditOutcome): string =>
  [
    formatFacts([
      ['File', result.id],
      ['Replicas', `${result.replicaCount}, ${result.suspicious.length} suspicious`],
    ]),
    formatTable(HEAD, result.farmers.map(farmerRow)),
    ...result.farmers.flatMap(({ replicas }) => replicas).flatMap(suspicion),
    ...(result.farmers.some(isStale) ? [STALE] : []),
    ...(challenges === undefined ? [] : challengeLines(challenges)),
  ].join('\n')

const isStale = ({ askedCount, freshCount }: AuditedFarmer): boolean => freshCount < askedCount

const STALE =
  'Some sentinels were asked for before, and prove little: a farmer may keep those alone. --escalate and --challenge ask for others.'

const HEAD = [
  'NODE',
  'REPLICAS',
  'INSPECTED',
  'ASKED',
  'RIGHT',
  'WRONG',
  'MISSING',
  'LOST',
  '5 % LOST PASSES',
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

function suspicion(replica: AuditedReplica): string[] {
  const name = `Replica ${replica.id} at node ${replica.node}`
  const lines = replica.isJoinOverdue
    ? [`${name}: its farmer has not joined it, so the chain does not inspect it`]
    : []
  if (replica.verdict === 'held') return lines
  const { message = VERDICTS[replica.verdict] } = replica
  return [...lines, `${name}: ${replica.verdict}: ${shownName(message)}`]
}

const VERDICTS: Record<AuditedReplica['verdict'], string> = {
  held: 'every sentinel is there',
  damaged: 'sentinels are lost or changed',
  refused: 'its farmer does not answer for it',
  silent: 'its farmer cannot be reached',
  garbled: 'its farmer does not speak the protocol',
  foreign: 'it cannot be a replica of this file',
  discharged: 'its node was discharged',
  retired: 'its node was retired',
}

const challengeLines = ({ replicas, bondWei, returnedWei }: ChallengeReport): string[] => [
  ...replicas.map(
    ({ id, outcome, message }) =>
      `Challenge of ${id}: ${message === undefined ? OUTCOMES[outcome] : shownName(message)}`,
  ),
  `Bonds: ${formatAmount(bondWei)} each, ${formatAmount(returnedWei)} came back`,
]

const OUTCOMES: Record<ChallengedReplica['outcome'], string> = {
  proven: 'the farmer proved it, and the bond is spent',
  failed: 'the farmer failed and forfeits the replica; run `genaro repair`',
  ownerAtFault: 'the commitment was false, so the farmer has the bond',
  voided: 'it ended without an outcome',
  pending: 'no outcome yet',
  refused: 'the chain took no challenge',
}
