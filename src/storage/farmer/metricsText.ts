import type { FarmerStatus } from './farmer.ts'
import type { InspectionStatus } from './inspection/inspectionStatus.ts'

/** A farmer's numbers in the text format that Prometheus reads (version 0.0.4). */
export function metricsText(status: FarmerStatus): string {
  const { replicas, earnedWei, refusals } = status
  return [
    ...metric('capacity_bytes', 'gauge', 'Bytes of replicas the farmer offers to hold.', [
      ['', status.capacityBytes],
    ]),
    ...metric('held_bytes', 'gauge', 'Bytes of replicas taken or promised.', [
      ['', status.usedBytes],
    ]),
    ...metric(
      'replicas',
      'gauge',
      'Replicas by how far they are.',
      Object.entries(replicas).map(([state, count]) => [label('state', state), count]),
    ),
    ...metric('received_bytes_total', 'counter', 'Bytes of replicas received.', [
      ['', status.receivedBytes],
    ]),
    ...metric('served_bytes_total', 'counter', 'Bytes of leaves sent to readers.', [
      ['', status.servedBytes],
    ]),
    ...metric(
      'earned_gnx_total',
      'counter',
      'Coins the chain has paid, by what for.',
      Object.entries(earnedWei).map(([source, wei]) => [label('source', source), inGNX(wei)]),
    ),
    ...metric('unredeemed_bytes', 'gauge', 'Bytes of receipts the chain has not paid yet.', [
      ['', status.unredeemedBytes],
    ]),
    ...inspectionMetrics(status.inspections),
    ...metric(
      'refusals_total',
      'counter',
      'Requests turned away, by code.',
      Object.entries(refusals).map(([code, count]) => [label('code', code), count]),
    ),
    ...metric('peers', 'gauge', 'Peers connected.', [['', status.peers]]),
    ...metric('uptime_seconds', 'gauge', 'Seconds since the farmer started.', [
      ['', status.uptimeSeconds],
    ]),
    '',
  ].join('\n')
}

function inspectionMetrics(inspections: InspectionStatus): string[] {
  const { answered, failed, passed, missed, struck } = inspections.totals
  return [
    ...metric('joined_leaves', 'gauge', "Leaves of 1 KiB in the node's tree.", [
      ['', inspections.joinedLeaves],
    ]),
    ...metric('joined_replicas', 'gauge', "Replicas in the node's tree.", [
      ['', inspections.joinedReplicas],
    ]),
    ...metric('unjoined_replicas', 'gauge', 'Registered replicas that earn nothing yet.', [
      ['', inspections.waitingReplicas],
    ]),
    ...metric('open_challenges', 'gauge', 'Challenges the chain waits for.', [
      ['', inspections.challenges.length],
    ]),
    ...metric(
      'challenges_total',
      'counter',
      'Challenges by what became of them: answered (an answer left), failed (no true answer could be made), passed, struck, missed (struck, and no answer had left).',
      Object.entries({ answered, failed, passed, struck, missed }).map(([result, count]) => [
        label('result', result),
        count,
      ]),
    ),
    ...metric('strikes', 'gauge', 'Failed challenges in a row; three discharge the node.', [
      ['', inspections.strikes],
    ]),
    ...metric('proven_seconds', 'gauge', 'Seconds for which the node has proven what it holds.', [
      ['', inspections.provenSeconds],
    ]),
    ...metric('heft', 'gauge', 'Storage weight of the account.', [['', inspections.heft]]),
    ...metric('discharged', 'gauge', '1 once the node was discharged.', [
      ['', Number(inspections.isDischarged)],
    ]),
  ]
}

type Sample = readonly [labels: string, value: number | bigint]

function metric(name: string, type: string, help: string, samples: readonly Sample[]): string[] {
  const full = `genaro_farmer_${name}`
  return [
    `# HELP ${full} ${help}`,
    `# TYPE ${full} ${type}`,
    ...samples.map(([labels, value]) => `${full}${labels} ${value}`),
  ]
}

const label = (name: string, value: string): string =>
  `{${name}="${value.replace(/[\\"\n]/g, '_')}"}`

/** Prometheus holds floats, in which wei lose their last digits anyway. */
const inGNX = (wei: bigint): number => Number(wei) / 1e18
