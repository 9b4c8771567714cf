import type { Block } from '@ethereumjs/block'
import { Address, bigIntToBytes, hexToBytes, setLengthLeft } from '@ethereumjs/util'
import { systemContractAddress } from '../../protocol/addresses.ts'
import { decodeHeaderExtra } from '../../protocol/header.ts'
import { beaconCurrentSlotKey, beaconRingKeys } from '../../protocol/slots.ts'
import type { WorldState } from '../state/worldState.ts'
import type { ExecutionRules } from './rules.ts'

type Header = Block['header']

const BEACON = systemContractAddress('Beacon')
const HISTORY_STORAGE = new Address(hexToBytes('0x0000F90827F1C53a10cb7A02335B175320002935'))
const HISTORY_SERVE_WINDOW = 8_191n
const BEACON_ROOTS = new Address(hexToBytes('0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02'))
const BEACON_ROOTS_LENGTH = 8_191n

/**
 * What the protocol writes before a block's first transaction: the parent's hash (EIP-2935), the parent
 * beacon root (EIP-4788, where its contract stands), and the parent's beacon value (SPEC 5).
 */
export async function writeBlockStart(
  { common, beacon }: ExecutionRules,
  state: WorldState,
  parent: Header,
  header: Header,
): Promise<void> {
  if (common.isActivatedEIP(4788)) await writeBeaconRoot(state, header)
  if (common.isActivatedEIP(2935)) await writeParentHash(state, header)
  if (beacon) await writeBeacon(state, parent, header)
}

async function writeParentHash(state: WorldState, header: Header): Promise<void> {
  if (await hasNoCode(state, HISTORY_STORAGE)) return
  const key = word((header.number - 1n) % HISTORY_SERVE_WINDOW)
  await state.putStorage(HISTORY_STORAGE, key, header.parentHash)
}

async function writeBeaconRoot(state: WorldState, header: Header): Promise<void> {
  if (await hasNoCode(state, BEACON_ROOTS)) return
  const index = header.timestamp % BEACON_ROOTS_LENGTH
  await state.putStorage(BEACON_ROOTS, word(index), minimal(header.timestamp))
  await state.putStorage(
    BEACON_ROOTS,
    word(index + BEACON_ROOTS_LENGTH),
    header.parentBeaconBlockRoot!,
  )
}

/** Contracts learn the slot they run in, and can read past beacon values, from the Beacon contract. */
async function writeBeacon(state: WorldState, parent: Header, header: Header): Promise<void> {
  const { slot } = decodeHeaderExtra(header.extraData)
  const { slot: parentSlot } = decodeHeaderExtra(parent.extraData)
  const ring = beaconRingKeys(parentSlot)
  await state.putStorage(BEACON, beaconCurrentSlotKey, minimal(slot))
  await state.putStorage(BEACON, ring.slot, minimal(parentSlot))
  await state.putStorage(BEACON, ring.mix, parent.mixHash)
}

const hasNoCode = async (state: WorldState, address: Address): Promise<boolean> =>
  (await state.getCodeSize(address)) === 0

const word = (value: bigint): Uint8Array => setLengthLeft(bigIntToBytes(value), 32)

const minimal = (value: bigint): Uint8Array =>
  value === 0n ? new Uint8Array(0) : bigIntToBytes(value)
