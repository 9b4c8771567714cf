import { type BaseContract, type Log, toBeHex } from 'ethers'
import { answerGroup } from '../../../api/actions/answerGroup.ts'
import { dropReplicas } from '../../../api/actions/dropReplicas.ts'
import { type Challenge, getChallenge } from '../../../api/actions/getChallenge.ts'
import {
  getInspectionRecord,
  type InspectionRecord,
} from '../../../api/actions/getInspectionRecord.ts'
import { getNode } from '../../../api/actions/getNode.ts'
import { getNodeTree, type NodeTree } from '../../../api/actions/getNodeTree.ts'
import { joinReplicas } from '../../../api/actions/joinReplicas.ts'
import { listChallengesOfNode } from '../../../api/actions/listChallengesOfNode.ts'
import {
  heftContract,
  inspectionsContract,
  sentinelGroupsContract,
} from '../../../api/contracts.ts'
import { ApiError } from '../../../api/errors.ts'
import type { SentinelGroupReveal, TreeChange } from '../../../api/inspectionContracts.ts'
import { read } from '../../../api/send.ts'
import type { ChainHead, FarmerChain } from '../chain.ts'
import { readLogs } from './readLogs.ts'

/** A change of our node's tree, as the chain told of it. Bytes are lower-case hex. */
export type TreeEvent =
  | { kind: 'joined'; replicaId: string; root: string; leafCount: number; place: number }
  | { kind: 'dropped'; replicaId: string; place: number }

/** What became of a challenge of our node. */
export type OutcomeEvent = { challengeId: bigint; blockNumber: number } & (
  | { kind: 'passed'; leaves: bigint }
  | { kind: 'struck'; strikes: number }
  | { kind: 'discharged' }
)

/** A sentinel group that the owner of a replica asked for. */
export interface GroupChallenge {
  replicaId: string
  reveal: SentinelGroupReveal
}

/** What the chain says of our node's inspections, and what is done about it there. Everything throws `ApiError`. */
export interface InspectionChain {
  readonly node: bigint
  /** After a block. */
  nodeTree(blockNumber: number): Promise<NodeTree>
  /** Joins and drops of a range of blocks, in their order. */
  treeEvents(from: number, to: number): Promise<TreeEvent[]>
  /** Outcomes of a range of blocks, in their order. */
  outcomes(from: number, to: number): Promise<OutcomeEvent[]>
  /** Whether a block is still on the chain. */
  isCanonical(block: ChainHead): Promise<boolean>
  /** Ids of what waits or is open. */
  challengeIds(): Promise<bigint[]>
  /** Undefined once it is settled. */
  challenge(id: bigint): Promise<Challenge | undefined>
  /** The slot a joined replica was released in; undefined for one that was not. */
  releasedSlot(replicaId: string): Promise<bigint | undefined>
  record(): Promise<InspectionRecord>
  isDischarged(): Promise<boolean>
  heft(): Promise<bigint>
  join(changes: readonly TreeChange[]): Promise<void>
  drop(changes: readonly TreeChange[]): Promise<void>
  /** Sentinel groups that owners asked for in a range of blocks. */
  groupChallenges(from: number, to: number): Promise<GroupChallenge[]>
  /** Whether a group of a replica still waits for its answer. */
  isGroupOpen(replicaId: string): Promise<boolean>
  /** Sends digest or leaves, whichever the commitment makes necessary. */
  answerGroup(
    replicaId: string,
    reveal: SentinelGroupReveal,
    digest: string,
    proof: string,
  ): Promise<{ isOwnerAtFault: boolean }>
  /** Hands a signed network transaction to the node we ask. */
  sendAnswer(serialized: string): Promise<void>
}

export interface InspectionChainOptions {
  chain: FarmerChain
  node: bigint
  account: string
}

export function createInspectionChain({
  chain,
  node,
  account,
}: InspectionChainOptions): InspectionChain {
  const { provider } = chain
  const inspections = inspectionsContract(provider)
  const groups = sentinelGroupsContract(provider)

  const logsOf = async (
    contract: BaseContract,
    names: readonly string[],
    { from, to }: { from: number; to: number },
  ) => {
    const events = names.map((name) => contract.interface.getEvent(name)!.topicHash)
    const query = { address: String(contract.target), topics: [events, toBeHex(node, 32)] }
    const logs = await readLogs(provider, query, { from, to })
    return logs.map((log) => ({ log, event: contract.interface.parseLog(log)! }))
  }

  return {
    node,
    nodeTree: (blockTag) => getNodeTree(provider, { node, blockTag }),
    async treeEvents(from, to) {
      const found = await logsOf(inspections, ['ReplicaJoined', 'ReplicaDropped'], { from, to })
      return found.map(({ event: { name, args } }) => {
        const replicaId = String(args.replicaId).toLowerCase()
        const place = Number(args.place)
        if (name === 'ReplicaDropped') return { kind: 'dropped', replicaId, place }
        const root = String(args.root).toLowerCase()
        return { kind: 'joined', replicaId, place, root, leafCount: Number(args.leafCount) }
      })
    },
    async outcomes(from, to) {
      const found = await logsOf(inspections, ['Passed', 'Struck', 'Discharged'], { from, to })
      return found.map(({ log, event }) => outcomeOf(log, event))
    },
    async isCanonical({ number, hash }) {
      return (await read(() => provider.getBlock(number)))?.hash === hash
    },
    challengeIds: () => listChallengesOfNode(provider, { node }),
    challenge: (id) => getChallenge(provider, { id }),
    async releasedSlot(replicaId) {
      const slot = await read(() => inspections.releasedSlotOf(replicaId))
      return slot === 0n ? undefined : slot
    },
    record: () => getInspectionRecord(provider, { node }),
    isDischarged: async () => (await getNode(provider, { node })).dischargedTime !== undefined,
    heft: () => read(() => heftContract(provider).heftOf(account)),
    join: (changes) =>
      chain.transact(async (signer) => void (await joinReplicas(signer, { node, changes }))),
    drop: (changes) =>
      chain.transact(async (signer) => void (await dropReplicas(signer, { node, changes }))),
    async groupChallenges(from, to) {
      const found = await logsOf(groups, ['GroupChallenged'], { from, to })
      return found.map(({ event: { args } }) => ({
        replicaId: String(args.replicaId).toLowerCase(),
        reveal: revealOf(args.reveal),
      }))
    },
    async isGroupOpen(replicaId) {
      try {
        await read(() => groups.challengeOf(replicaId))
        return true
      } catch (error) {
        if (error instanceof ApiError && error.code === 'CALL_REVERTED') return false
        throw error
      }
    },
    answerGroup: (id, reveal, digest, proof) =>
      chain.transact((signer) => answerGroup(signer, { id, reveal, digest, proof })),
    async sendAnswer(serialized) {
      await read(() => provider.send('eth_sendRawTransaction', [serialized]))
    },
  }
}

/** ethers' own lists cannot be sent again. */
const revealOf = ({ group, salt, positions, path }: SentinelGroupReveal): SentinelGroupReveal => ({
  ...{ group, salt },
  positions: [...positions],
  path: [...path],
})

function outcomeOf(
  { blockNumber }: Log,
  { name, args }: { name: string; args: Record<string, unknown> },
): OutcomeEvent {
  if (name === 'Discharged') return { kind: 'discharged', challengeId: 0n, blockNumber }
  const challengeId = BigInt(args.challengeId as bigint)
  return name === 'Passed'
    ? { kind: 'passed', challengeId, blockNumber, leaves: BigInt(args.leaves as bigint) }
    : { kind: 'struck', challengeId, blockNumber, strikes: Number(args.strikes) }
}
