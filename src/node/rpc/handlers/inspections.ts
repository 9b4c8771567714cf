import type { Address } from '@ethereumjs/util'
import type {
  RPCChallenge,
  RPCInspections,
  RPCNodeInspections,
} from '../../../api/rpc/inspections.ts'
import type { Hex, Quantity } from '../../../api/rpc/values.ts'
import type { ChainNode } from '../../node.ts'
import { toQuantity } from '../format/hex.ts'
import type { Handlers } from '../handler.ts'
import { orNull, readInspectionHistory } from '../inspectionHistory.ts'
import { createSystemReader, type SystemRead } from '../systemReads.ts'

const NO_OPTIONS = { limit: 100, toBlock: undefined }
/** An account with more nodes asks for them by number. */
const MAX_NODES = 100

/** Farmers' inspections: how they stand by the contract, and how they went by its logs. */
export const createInspectionHandlers = (node: ChainNode): Handlers<'genaro_getInspections'> => ({
  genaro_getInspections: async ([subject, { limit, toBlock } = NO_OPTIONS]) => {
    const { chain } = node
    const read = createSystemReader(node, { hash: chain.head.hash(), requireCanonical: false })
    const nodes = await findNodes(read, subject)
    const { events, fromBlock } = await readInspectionHistory(
      chain,
      nodes.map(BigInt),
      limit,
      toBlock,
    )
    return {
      ...(await readSchedule(read)),
      nodes: await Promise.all(nodes.map((index) => readNode(read, index))),
      history: events,
      historyFromBlock: fromBlock === undefined ? null : toQuantity(fromBlock),
    }
  },
})

const findNodes = async (read: SystemRead, subject: Address | bigint): Promise<Quantity[]> =>
  typeof subject === 'bigint'
    ? [toQuantity(subject)]
    : read('Nodes', 'activeNodesOf', subject.toString(), 0, MAX_NODES)

async function readSchedule(
  read: SystemRead,
): Promise<Pick<RPCInspections, 'slot' | 'round' | 'roundStartSlot' | 'roundLengthSlots'>> {
  const { round, roundStart, roundLength } = await read<
    Record<'round' | 'roundStart' | 'roundLength', Quantity>
  >('Inspections', 'schedule')
  return {
    slot: await read('Beacon', 'currentSlot'),
    round,
    roundStartSlot: roundStart,
    roundLengthSlots: roundLength,
  }
}

type Tree = Record<
  | 'totalLeaves'
  | 'height'
  | 'paidLeaves'
  | 'deadLeaves'
  | 'strikes'
  | 'provenSeconds'
  | 'lastSettledTime',
  Quantity
> & { root: Hex }

async function readNode(read: SystemRead, node: Quantity): Promise<RPCNodeInspections> {
  const { owner, active, discharged } = await read<{
    owner: Hex
    active: boolean
    discharged: boolean
  }>('Nodes', 'nodeOf', node)
  const { root, height, ...tree } = await read<Tree>('Inspections', 'treeOf', node)
  const recent = await read<Record<'passes' | 'strikes' | 'lastPassedTime', Quantity>>(
    'Inspections',
    'inspectionsOf',
    node,
  )
  return {
    ...{ node, owner, active, discharged },
    heft: await read('Heft', 'heftOf', owner),
    treeRoot: root,
    treeHeight: height,
    totalLeaves: tree.totalLeaves,
    paidLeaves: tree.paidLeaves,
    deadLeaves: tree.deadLeaves,
    strikes: tree.strikes,
    provenSeconds: tree.provenSeconds,
    lastSettledTime: tree.lastSettledTime,
    lastPassedTime: recent.lastPassedTime,
    recentPasses: recent.passes,
    recentStrikes: recent.strikes,
    windowLeaves: await read('Inspections', 'windowLeaves', node),
    openChallenges: await readChallenges(read, node),
  }
}

const NONE = '0x0'

async function readChallenges(read: SystemRead, node: Quantity): Promise<RPCChallenge[]> {
  const scheduled = await read<Quantity>('Inspections', 'openChallengeOf', node)
  const extra = await read<Quantity[]>('Inspections', 'extraChallengesOf', node)
  const ids = [scheduled, ...extra].filter((id) => id !== NONE)
  return Promise.all(ids.map((id) => readChallenge(read, id)))
}

async function readChallenge(read: SystemRead, challengeId: Quantity): Promise<RPCChallenge> {
  const challenge = await read<
    Record<'round' | 'snapshotSlot' | 'deadlineSlot', Quantity> & Record<'replicaId' | 'seed', Hex>
  >('Inspections', 'challengeOf', challengeId)
  const { round, snapshotSlot, deadlineSlot } = challenge
  return {
    challengeId,
    replicaId: orNull(challenge.replicaId),
    round: round === NONE ? null : round,
    seed: orNull(challenge.seed),
    snapshotSlot,
    deadlineSlot: deadlineSlot === NONE ? null : deadlineSlot,
  }
}
