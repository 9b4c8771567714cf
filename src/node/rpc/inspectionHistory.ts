import { bigIntMin, hexToBytes, type PrefixedHexString, setLengthLeft } from '@ethereumjs/util'
import type { RPCInspectionEvent } from '../../api/rpc/inspections.ts'
import type { Hex } from '../../api/rpc/values.ts'
import type { Chain } from '../../chain/chain.ts'
import { systemContractAddress } from '../../protocol/addresses.ts'
import { decodeHeaderExtra } from '../../protocol/header.ts'
import { systemContractInterface } from '../../protocol/systemContracts.ts'
import { giveWay, isTurnOver } from '../../util/giveWay.ts'
import { readSystemEvent, type SystemEvent } from '../systemState.ts'
import { createMatcher, type ShowLog } from './events/logMatcher.ts'
import { toHex, toQuantity } from './format/hex.ts'

/** The last events of some nodes, newest first. */
export interface InspectionHistory {
  events: RPCInspectionEvent[]
  /** The block looked at last; undefined when all were. */
  fromBlock: bigint | undefined
}

/** How many blocks one question looks at. */
const MAX_BLOCKS = 100_000n

const EVENT_NAMES = {
  Snapshotted: 'snapshotted',
  ChallengeOpened: 'opened',
  Passed: 'passed',
  Struck: 'struck',
  ChallengeVoided: 'voided',
  Discharged: 'discharged',
} as const satisfies Record<string, RPCInspectionEvent['event']>

type EventName = keyof typeof EVENT_NAMES

/** Reads what happened to the nodes' inspections from the logs, from block `toBlock` back. */
export async function readInspectionHistory(
  chain: Chain,
  nodes: readonly bigint[],
  limit: number,
  toBlock = chain.head.header.number,
): Promise<InspectionHistory> {
  const match = createMatcher(chain, criteria(nodes), showEvent)
  const events: RPCInspectionEvent[] = []
  const last = bigIntMin(toBlock, chain.head.header.number)
  if (nodes.length === 0) return { events, fromBlock: undefined }
  for (let number = last; number > 0n; number--) {
    const isEnough = events.length >= limit || last - number >= MAX_BLOCKS
    if (isEnough) return { events, fromBlock: number + 1n }
    const block = chain.blockByNumber(number)
    // The chain was wound back meanwhile.
    if (block === undefined) continue
    events.push(...match(block).toReversed())
    if (isTurnOver()) await giveWay()
  }
  return { events, fromBlock: undefined }
}

const topicOf = (name: EventName): Uint8Array =>
  hexToBytes(systemContractInterface('Inspections').getEvent(name)!.topicHash as PrefixedHexString)

const criteria = (nodes: readonly bigint[]) => ({
  addresses: [systemContractAddress('Inspections')],
  topics: [
    (Object.keys(EVENT_NAMES) as EventName[]).map(topicOf),
    nodes.map((node) => setLengthLeft(hexToBytes(`0x${node.toString(16).padStart(16, '0')}`), 32)),
  ],
})

const showEvent: ShowLog<RPCInspectionEvent> = (block, transactionIndex, log) => {
  const { header } = block
  const event = readSystemEvent('Inspections', log)!
  return {
    event: EVENT_NAMES[event.name as EventName],
    node: toQuantity(event.args.node),
    blockNumber: toQuantity(header.number),
    blockTimestamp: toQuantity(header.timestamp),
    slot: toQuantity(decodeHeaderExtra(header.extraData).slot),
    transactionHash: toHex(block.transactions[transactionIndex]!.hash()),
    ...details(event),
  }
}

/** What an event tells beyond node and place. */
function details({ name, args }: SystemEvent): Partial<RPCInspectionEvent> {
  const of = (...names: string[]): Record<string, Hex> =>
    Object.fromEntries(names.map((field) => [field, toQuantity(args[field])]))
  switch (name as EventName) {
    case 'Snapshotted':
      return of('challengeId', 'round', 'totalLeaves')
    case 'ChallengeOpened':
      return { ...of('challengeId', 'deadlineSlot'), replicaId: orNull(args.replicaId) }
    case 'Passed':
      return of('challengeId', 'leaves')
    case 'Struck':
      return of('challengeId', 'strikes')
    case 'ChallengeVoided':
      return of('challengeId')
    case 'Discharged':
      return { owner: args.owner.toLowerCase(), ...of('slashedWei') }
  }
}

const ZERO_WORD = `0x${'00'.repeat(32)}`

/** A word, or null where it stands for none. */
export const orNull = (word: Hex): Hex | null => (word === ZERO_WORD ? null : word)
