import type { StateManagerInterface } from '@ethereumjs/common'
import { bytesToBigInt } from '@ethereumjs/util'
import { systemContractAddress } from '../../protocol/addresses.ts'
import { challengeKeys } from '../../protocol/slots.ts'
import { decodeChallengeWord } from '../../protocol/words.ts'

/** What the chain keeps of a challenge that waits for its seed or its answer. */
export interface ChallengeState {
  node: bigint
  /** Whether its seed is known, so that it can be answered. */
  isOpen: boolean
}

type State = Pick<StateManagerInterface, 'getStorage'>

const INSPECTIONS = systemContractAddress('Inspections')

const numberAt = async (state: State, key: Uint8Array): Promise<bigint> =>
  bytesToBigInt(await state.getStorage(INSPECTIONS, key))

/** A challenge by its id; undefined when it never was or has ended. */
export async function readChallenge(state: State, id: bigint): Promise<ChallengeState | undefined> {
  const keys = challengeKeys(id)
  const word = await state.getStorage(INSPECTIONS, keys.challenge)
  const { node, snapshotBlock } = decodeChallengeWord(word)
  if (snapshotBlock === 0n) return undefined
  return { node, isOpen: (await numberAt(state, keys.seed)) !== 0n }
}

/** Whether somebody paid for a challenge: then it asks for one replica, and the schedule's ask for none. */
export const isExtraChallenge = async (state: State, id: bigint): Promise<boolean> =>
  (await numberAt(state, challengeKeys(id).replicaId)) !== 0n
