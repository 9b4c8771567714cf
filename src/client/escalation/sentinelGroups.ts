import {
  bytesToHex,
  concatBytes,
  equalsBytes,
  hexToBytes,
  setLengthLeft,
  toBytes,
} from '@ethereumjs/util'
import type { SentinelGroupReveal } from '../../api/inspectionContracts.ts'
import { keccak256 } from '../../crypto/keccak.ts'
import { locateSentinel, sentinelLeaves } from '../../spor/sentinel.ts'
import type { OwnReplica } from '../audit/ownReplica.ts'

/** Sentinels that are asked for on chain together, and known to everybody from then on. */
export interface SentinelGroup {
  /** 32 bytes that hide the group until it is asked for. */
  salt: Uint8Array
  /** Leaves of the replica, ascending. */
  positions: readonly number[]
  /** keccak256 of the leaves there, one after the other. */
  digest: Uint8Array
}

/** The contract takes 16; half of that leaves the smallest replica four groups. */
const SENTINELS_PER_GROUP = 8

/**
 * The groups of a replica (SPEC 6; yellow paper 4.3 with burnable groups), always the same ones by its secrets: every
 * second sentinel is in one, so that private audits never show them (see drawSentinels.ts), and each group is spread over the whole
 * replica. Salts are sentinels behind the last one, which are stored nowhere.
 */
export async function deriveSentinelGroups({
  layout,
  secrets,
}: OwnReplica): Promise<SentinelGroup[]> {
  const kept = Math.floor(layout.sentinels / 2)
  const count = Math.max(1, Math.floor(kept / SENTINELS_PER_GROUP))
  const groups: SentinelGroup[] = []
  for (let group = 0; group < count; group++) {
    const numbers = Array.from(
      { length: Math.min(SENTINELS_PER_GROUP, kept) },
      (_, place) => 2 * (group + place * count) + 1,
    )
    const found = await Promise.all(
      numbers.map((number) => locateSentinel(layout, secrets, number)),
    )
    found.sort((one, other) => one.leafIndex - other.leafIndex)
    groups.push({
      salt: keccak256(await sentinelLeaves(secrets, layout.sentinels + group, 1)),
      positions: found.map(({ leafIndex }) => leafIndex),
      digest: keccak256(concatBytes(...found.map(({ leaf }) => leaf))),
    })
  }
  return groups
}

/** What the owner commits to: 32 bytes in hex. */
export const groupsRoot = (groups: readonly SentinelGroup[]): string =>
  bytesToHex(levelsOf(groups).at(-1)![0]!)

/** What is told when a group is asked for. */
export function revealGroup(groups: readonly SentinelGroup[], group: number): SentinelGroupReveal {
  const { salt, positions } = groups[group]!
  const siblings = levelsOf(groups).map((level, height) => level[(group >> height) ^ 1])
  const path = siblings.flatMap((sibling) => (sibling === undefined ? [] : [bytesToHex(sibling)]))
  return { group: BigInt(group), salt: bytesToHex(salt), positions: positions.map(BigInt), path }
}

/** Whether a commitment on chain is to these groups. */
export const isCommitmentTo = (groups: readonly SentinelGroup[], root: string): boolean =>
  equalsBytes(hexToBytes(root as `0x${string}`), levelsOf(groups).at(-1)![0]!)

/** The levels of the tree over groups, from its leaves up; the last of a level without a sibling moves up as it is. */
function levelsOf(groups: readonly SentinelGroup[]): Uint8Array[][] {
  const levels = [groups.map(hashGroup)]
  for (let level = levels[0]!; level.length > 1; levels.push(level)) {
    const below = level
    level = Array.from({ length: Math.ceil(below.length / 2) }, (_, index) => {
      const [left, right] = [below[2 * index]!, below[2 * index + 1]]
      return right === undefined ? left : keccak256(concatBytes(NODE_TAG, left, right))
    })
  }
  return levels
}

const GROUP_TAG = Uint8Array.of(4)
const NODE_TAG = Uint8Array.of(1)

const hashGroup = ({ salt, positions, digest }: SentinelGroup, group: number): Uint8Array =>
  keccak256(
    concatBytes(
      GROUP_TAG,
      uintBytes(group, 4),
      salt,
      ...positions.map((position) => uintBytes(position, 32)),
      digest,
    ),
  )

const uintBytes = (value: number, length: number): Uint8Array =>
  setLengthLeft(toBytes(value), length)
