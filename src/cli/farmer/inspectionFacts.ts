import { formatSize } from '../../api/units/size.ts'
import type { ToldStatus } from './showStatus.ts'

type ToldInspections = ToldStatus['inspections']

const LEAF_BYTES = 1_024n

/** How a farmer stands with the chain's inspections, for people: names and values. */
export function inspectionFacts(inspections: ToldInspections): [string, string][] {
  const { isDischarged, joinedReplicas, joinedLeaves, waitingReplicas, heft } = inspections
  const waiting = waitingReplicas === 0 ? '' : `, ${waitingReplicas} more wait to join`
  const joinedSize = formatSize(BigInt(joinedLeaves) * LEAF_BYTES)
  const discharged: [string, string][] = isDischarged
    ? [['Discharged', 'yes: the stake was slashed, and the node takes no more replicas']]
    : []
  return [
    ...discharged,
    ['Proves', `${joinedReplicas} replicas, ${joinedSize}${waiting}`],
    ['Open challenges', challengesText(inspections)],
    ['Passed', provenText(inspections)],
    ['Failed in a row', `${inspections.strikes} of 3`],
    ['Heft', heft],
    ['Last inspections', historyText(inspections)],
  ]
}

const challengesText = ({ challenges }: ToldInspections): string =>
  challenges.length === 0
    ? 'none'
    : challenges
        .map(({ id, kind, isOpen, deadlineSlot }) =>
          isOpen ? `${kind} ${id} until slot ${deadlineSlot}` : `${kind} ${id}, announced`,
        )
        .join('; ')

function provenText({ window: { passes, strikes }, lastPassedTime }: ToldInspections): string {
  const count = passes + strikes
  if (count === 0) return 'nothing asked yet'
  const last =
    lastPassedTime === '0'
      ? 'never'
      : new Date(Number(lastPassedTime) * 1_000).toISOString().replace(/\.\d+/, '')
  return `${passes} of the last ${count} (${Math.round((100 * passes) / count)} %), last ${last}`
}

const SHOWN_OUTCOMES = 8

const historyText = ({ history }: ToldInspections): string =>
  history.length === 0
    ? 'none'
    : history
        .slice(0, SHOWN_OUTCOMES)
        .map((outcome) =>
          outcome.kind === 'discharged'
            ? `discharged in block ${outcome.blockNumber}`
            : `${outcome.challengeId} ${outcome.kind} in block ${outcome.blockNumber}`,
        )
        .join('; ')
