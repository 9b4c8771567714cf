import { systemContractAddress } from '../../protocol/addresses.ts'
import { streamVersionKeys } from '../../protocol/slots.ts'
import {
  type Frame,
  isOwnerOf,
  type OpcodeImplementation,
  readGas,
  readSlot,
  toIdBytes,
} from './frame.ts'

const STREAMS = systemContractAddress('Streams')

/**
 * DATAVERSIONREAD: (owner, stream id, version) → status, then eight (account, amount) pairs, the status
 * on top (YP 3.4). An unknown version costs one slot and gives zeros; a known one costs all seventeen.
 */
export const dataVersionRead: OpcodeImplementation = {
  async gas(frame, gas, rules) {
    const [statusKey, ...shareKeys] = keysOf(frame)
    const statusGas = gas + readGas(frame, rules, STREAMS, statusKey!)
    if ((await readStatus(frame)) === 0n) return statusGas
    return shareKeys.reduce((sum, key) => sum + readGas(frame, rules, STREAMS, key), statusGas)
  },
  async run(frame) {
    const keys = keysOf(frame)
    const isKnown = (await readStatus(frame)) !== 0n
    const words = await Promise.all(
      keys.map((key) => (isKnown ? readSlot(frame, STREAMS, key) : 0n)),
    )
    frame.stack.popN(3)
    // The status is to lie on top and the first pair under it, so the last word is pushed first.
    for (const word of words.reverse()) frame.stack.push(word)
  },
}

function keysOf(frame: Frame): Uint8Array[] {
  const [, id, version] = frame.stack.peek(3)
  return streamVersionKeys(toIdBytes(id!), version!)
}

/** The status of the version asked for; 0, unknown, for a stream of another account. */
async function readStatus(frame: Frame): Promise<bigint> {
  const [owner, id] = frame.stack.peek(3)
  return isOwnerOf(owner!, id!) ? readSlot(frame, STREAMS, keysOf(frame)[0]!) : 0n
}
