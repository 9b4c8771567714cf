import { LEAF_BYTES, type ReplicaLayout, replicaWindow } from '../protocol/replicaLayout.ts'
import { SporError } from './errors.ts'
import { windowPermutation } from './permutation.ts'
import type { ReplicaSecrets } from './replicaSecrets.ts'
import { BLOCKS_PER_LEAF } from './sealing.ts'

/**
 * Sentinels that follow each other: a_w = f(κ, w) (YP 4.3, step 3), where f is the AES-256 keystream from leaf w
 * on. Nobody without κ can tell one from a sealed leaf.
 */
export const sentinelLeaves = (
  { sentinel }: Pick<ReplicaSecrets, 'sentinel'>,
  first: number,
  count: number,
): Promise<Uint8Array> =>
  sentinel.apply({ block: first * BLOCKS_PER_LEAF }, new Uint8Array(count * LEAF_BYTES))

/** Where a sentinel is hidden and what it must be: a question to the farmer, and its answer. */
export interface HiddenSentinel {
  leafIndex: number
  leaf: Uint8Array
}

/**
 * The sentinel with number w, 0 or more. Once asked for it is known to the farmer, so each serves one private
 * audit. Throws SporError OUT_OF_RANGE above what the replica has.
 */
export async function locateSentinel(
  layout: ReplicaLayout,
  secrets: ReplicaSecrets,
  number: number,
): Promise<HiddenSentinel> {
  if (!Number.isInteger(number) || number < 0 || number >= layout.sentinels) {
    throw new SporError('OUT_OF_RANGE', {
      message: `The replica has ${layout.sentinels} sentinels, not one with number ${number}`,
    })
  }
  const window = replicaWindow(layout, windowOfSentinel(layout, number))
  const places = await windowPermutation(secrets, window)
  const slot = window.coded + number - window.firstSentinel
  return {
    leafIndex: window.firstLeaf + places[slot]!,
    leaf: await sentinelLeaves(secrets, number, 1),
  }
}

/** Sentinels are spread evenly, the inverse of which is this (see replicaWindow). */
const windowOfSentinel = ({ sentinels, windowCount }: ReplicaLayout, number: number): number =>
  Math.ceil(((number + 1) * windowCount) / sentinels) - 1
