import { open } from 'node:fs/promises'

/** Bytes that go out together, at most what a frame holds. */
const PIECE_BYTES = 262_144

interface Slot {
  memory: Uint8Array
  /** Behind the last byte that was read into it. */
  end: number
}

/**
 * The bytes of a replica's file from one on. A piece's memory is used again once the farmer has told that it has those
 * bytes: before that they may still wait on their way out. `receivedBytes` tells what it has.
 */
export async function* readReplica(
  file: string,
  fromByte: number,
  receivedBytes: () => number,
): AsyncGenerator<Uint8Array> {
  const handle = await open(file, 'r')
  const sent: Slot[] = []
  try {
    for (let position = fromByte; ; ) {
      const isFree = sent.length > 0 && sent[0]!.end <= receivedBytes()
      const slot = isFree ? sent.shift()! : { memory: new Uint8Array(PIECE_BYTES), end: 0 }
      const { bytesRead } = await handle.read(slot.memory, 0, PIECE_BYTES, position)
      if (bytesRead === 0) return
      position += bytesRead
      slot.end = position
      sent.push(slot)
      yield slot.memory.subarray(0, bytesRead)
    }
  } finally {
    await handle.close()
  }
}
