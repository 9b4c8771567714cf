import {
  type ReplicaLayout,
  type ReplicaWindow,
  replicaWindow,
  windowOfCodedLeaf,
} from '../protocol/replicaLayout.ts'
import { windowPermutation } from './permutation.ts'
import type { ReplicaSecrets } from './replicaSecrets.ts'

/** A run of coded leaves inside one window, and where in the replica each of them is. */
export interface CodedRun {
  window: ReplicaWindow
  firstCoded: number
  leafIndices: number[]
}

/** The places of the coded leaves `first` to `first + count`, window by window. */
export async function* locateCodedLeaves(
  layout: ReplicaLayout,
  secrets: Pick<ReplicaSecrets, 'permutation'>,
  first: number,
  count: number,
): AsyncGenerator<CodedRun> {
  const end = first + count
  let next = first
  let index = count > 0 ? windowOfCodedLeaf(layout, first) : 0
  for (; next < end; index++) {
    const window = replicaWindow(layout, index)
    const places = await windowPermutation(secrets, window)
    const slot = next - window.firstCoded
    const slotEnd = Math.min(window.coded, end - window.firstCoded)
    const leafIndices = Array.from(
      places.subarray(slot, slotEnd),
      (place) => window.firstLeaf + place,
    )
    yield { window, firstCoded: next, leafIndices }
    next += leafIndices.length
  }
}
