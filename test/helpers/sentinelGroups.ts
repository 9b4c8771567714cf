import { bytesToHex, concatBytes, setLengthLeft, toBytes } from '@ethereumjs/util'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { leafOf } from '../spor/replicas.ts'

/** One sentinel group as its owner knows it. */
export interface SentinelGroup {
  salt: Uint8Array
  /** Leaves of the replica, ascending. */
  positions: readonly number[]
  /** keccak256 of the leaves there, one after the other. */
  digest: Uint8Array
}

/** What a challenge reveals of a group. */
export interface Reveal {
  group: number
  salt: string
  positions: readonly number[]
  path: string[]
}

export const leavesAt = (leaves: Uint8Array, positions: readonly number[]): Uint8Array =>
  concatBytes(...positions.map((position) => leafOf(leaves, position)))

/** Groups of a replica's own leaves, each of a salt of its own. */
export const groupsOf = (leaves: Uint8Array, positions: readonly (readonly number[])[]) =>
  positions.map(
    (group, index): SentinelGroup => ({
      salt: keccak_256(Uint8Array.of(index)),
      positions: group,
      digest: keccak_256(leavesAt(leaves, group)),
    }),
  )

const word = (value: number, length: number): Uint8Array => setLengthLeft(toBytes(value), length)

const hashGroup = ({ salt, positions, digest }: SentinelGroup, group: number): Uint8Array => {
  const words = positions.map((position) => word(position, 32))
  return keccak_256(concatBytes(Uint8Array.of(4), word(group, 4), salt, ...words, digest))
}

/** The levels of the tree over groups, from the leaves up. */
function levelsOf(groups: readonly SentinelGroup[]): Uint8Array[][] {
  const levels = [groups.map(hashGroup)]
  for (let level = levels[0]!; level.length > 1; levels.push(level)) {
    const below = level
    level = Array.from({ length: Math.ceil(below.length / 2) }, (_, index) => {
      const [left, right] = [below[2 * index]!, below[2 * index + 1]]
      return right === undefined ? left : keccak_256(concatBytes(Uint8Array.of(1), left, right))
    })
  }
  return levels
}

/** What an owner commits to. */
export const groupsRootOf = (groups: readonly SentinelGroup[]): string =>
  bytesToHex(levelsOf(groups).at(-1)![0]!)

export function revealOf(groups: readonly SentinelGroup[], group: number): Reveal {
  const siblings = levelsOf(groups).map((level, height) => level[(group >> height) ^ 1])
  const path = siblings.flatMap((sibling) => (sibling === undefined ? [] : [bytesToHex(sibling)]))
  const { salt, positions } = groups[group]!
  return { group, salt: bytesToHex(salt), positions, path }
}
