import { type Address, hexToBytes, type PrefixedHexString } from '@ethereumjs/util'
import type { Chain } from '../../../chain/chain.ts'
import { readChallenge } from '../../../chain/execution/challenge.ts'
import { systemContractAddress } from '../../../protocol/addresses.ts'
import { nodeKeys } from '../../../protocol/slots.ts'
import { systemContractInterface } from '../../../protocol/systemContracts.ts'
import { decodeNodeWord } from '../../../protocol/words.ts'
import { requireSuccess } from '../special.ts'
import type { LaneEntry } from './entry.ts'

const INSPECTIONS = systemContractAddress('Inspections')
const NODES = systemContractAddress('Nodes')

/**
 * Refuses by a few reads of the head's storage what the contract would refuse: an answer to a challenge that does not
 * wait for one, or from another than its farmer. So only a farmer that was asked can have this node run its answer,
 * which pays no fee. Throws `PoolError` SPECIAL_REVERTED with the contract's own error.
 */
export async function checkChallenge({ challengeId, signer }: LaneEntry, chain: Chain) {
  const state = chain.stateOf(chain.head)
  const challenge = await readChallenge(state, challengeId)
  if (challenge === undefined) return refuse('UnknownChallenge', challengeId)
  const { node, isOpen } = challenge
  const { owner } = decodeNodeWord(await state.getStorage(NODES, nodeKeys(node).node))
  if (owner !== toNumber(signer)) return refuse('NotNodeOwner', node, toHex(owner))
  if (!isOpen) return refuse('NotOpenYet', challengeId)
}

function refuse(error: string, ...args: unknown[]): void {
  const data = systemContractInterface('Inspections').encodeErrorResult(error, args)
  const returnValue = hexToBytes(data as PrefixedHexString)
  requireSuccess({ failure: 'revert', returnValue }, INSPECTIONS)
}

const toNumber = (address: Address): bigint => BigInt(address.toString())

const toHex = (address: bigint): string => `0x${address.toString(16).padStart(40, '0')}`
