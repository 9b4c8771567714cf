import type { StateManagerInterface } from '@ethereumjs/common'
import { systemContractAddress } from '../../protocol/addresses.ts'
import { decodeHeaderExtra } from '../../protocol/header.ts'
import { epochOfSlot } from '../../protocol/networks.ts'
import { heftSyncKey, inspectionsKey, totalHeftKey } from '../../protocol/slots.ts'
import { decodeHeftSyncWord, decodeInspectionsWord } from '../../protocol/words.ts'
import type { InspectionRules } from './rules.ts'

type State = Pick<StateManagerInterface, 'getStorage'>

const INSPECTIONS = systemContractAddress('Inspections')
const HEFT = systemContractAddress('Heft')

/** What the Inspections contract says of itself in its first word: one read tells a chain without farmers. */
const readInspections = async (state: State) =>
  decodeInspectionsWord(await state.getStorage(INSPECTIONS, inspectionsKey))

/** The inspections verified on the chain whose state this is: the header's total. */
export const readTotalInspections = async (state: State): Promise<bigint> =>
  (await readInspections(state)).totalInspections

/** Whether a step of the inspections can have anything to do. */
export const hasInspectionWork = async (state: State): Promise<boolean> =>
  (await readInspections(state)).pendingWork !== 0n

/**
 * Whether heft is to be renewed in the block with this extraData, or a renewal goes on. Where nobody has heft or a tree
 * it waits for the first who has, and then begins within the epoch.
 */
export async function isHeftSyncDue(
  { epochLengthSlots }: InspectionRules,
  state: State,
  extraData: Uint8Array,
): Promise<boolean> {
  if (!(await hasInspectionWork(state)) && !(await hasHeft(state))) return false
  const { slot } = decodeHeaderExtra(extraData)
  const { epoch, cursor } = decodeHeftSyncWord(await state.getStorage(HEFT, heftSyncKey))
  return cursor !== 0n || epochOfSlot({ epochLengthSlots }, slot) > epoch
}

const hasHeft = async (state: State): Promise<boolean> =>
  (await state.getStorage(HEFT, totalHeftKey)).some((byte) => byte !== 0)
