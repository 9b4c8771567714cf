import type { SignedTrafficReceipt } from '../../protocol/receipts.ts'
import type { LeafRange } from './ranges.ts'
import { decodeReceipt, encodeReceipt } from './receipt.ts'
import {
  badMessage,
  bytesOfHex,
  decodeFields,
  encodeFields,
  type RawField,
  readHex,
  readUint,
  tagged,
} from './wire.ts'

/**
 * How a replica is read (`/genaro/read/1.0.0`). The reader's first frame is `open`: the replica and a receipt
 * for what was counted so far. Then come any number of `read` frames, each answered in turn by the leaves, at
 * most `MAX_LEAVES_PER_FRAME` to a frame with their Merkle proof, and `receipt` frames whenever bytes were
 * received. When receipts lag behind, the farmer says `due` with what it has counted, and waits.
 */
export type ReaderMessage =
  | { kind: 'open'; replicaId: string; receipt: SignedTrafficReceipt }
  | { kind: 'read'; ranges: LeafRange[] }
  | { kind: 'receipt'; receipt: SignedTrafficReceipt }

const OPEN = 1
const READ = 2
const RECEIPT = 3

export function encodeReaderMessage(message: ReaderMessage): Uint8Array {
  if (message.kind === 'open') return tagged(OPEN, encodeOpen(message))
  if (message.kind === 'read') return tagged(READ, encodeRanges(message.ranges))
  return tagged(RECEIPT, encodeReceipt(message.receipt))
}

/** Throws `StorageError` `BAD_MESSAGE`. */
export function decodeReaderMessage(frame: Uint8Array): ReaderMessage {
  const body = frame.subarray(1)
  if (frame[0] === OPEN) return { kind: 'open', ...decodeOpen(body) }
  if (frame[0] === READ) return { kind: 'read', ranges: decodeRanges(body) }
  if (frame[0] === RECEIPT) return { kind: 'receipt', receipt: decodeReceipt(body) }
  throw badMessage('message', `it begins with ${frame[0]}`)
}

interface Open {
  replicaId: string
  receipt: SignedTrafficReceipt
}

const encodeOpen = ({ replicaId, receipt }: Open): Uint8Array =>
  encodeFields([bytesOfHex(replicaId, 'replica id', 32), encodeReceipt(receipt)])

const decodeOpen = (bytes: Uint8Array): Open =>
  decodeFields(
    'request to read',
    bytes,
    2,
    ([replicaId, receipt]) => {
      if (!(receipt instanceof Uint8Array)) throw badMessage('receipt', 'it is a list')
      return { replicaId: readHex(replicaId, 'replica id', 32), receipt: decodeReceipt(receipt) }
    },
    encodeOpen,
  )

// First leaves are told as gaps, so that the many small ranges of a permuted window stay short.
const encodeRanges = (ranges: readonly LeafRange[]): Uint8Array => {
  let end = 0
  return encodeFields([
    ranges.flatMap(({ first, count }) => {
      const gap = first - end
      end = first + count
      return [BigInt(gap), BigInt(count)]
    }),
  ])
}

const decodeRanges = (bytes: Uint8Array): LeafRange[] =>
  decodeFields('list of ranges', bytes, 1, ([list]) => readRanges(list), encodeRanges)

function readRanges(list: RawField | undefined): LeafRange[] {
  if (!Array.isArray(list) || list.length % 2 !== 0) {
    throw badMessage('list of ranges', 'it must hold pairs')
  }
  let end = 0
  return Array.from({ length: list.length / 2 }, (_, at) => {
    const first = end + Number(readUint(list[2 * at], 'gap', 32))
    const count = Number(readUint(list[2 * at + 1], 'count', 32))
    end = first + count
    return { first, count }
  })
}

export type FarmerMessage =
  /** Leaves and the hashes of their proof, one after another. */
  | { kind: 'leaves'; body: Uint8Array }
  /** Bytes the farmer has counted on the channel, which receipts have to catch up with. */
  | { kind: 'due'; countedBytes: bigint }

const LEAVES = 1
const DUE = 2

/** What stands before the leaves in their frame. */
export const LEAVES_TAG = Uint8Array.of(LEAVES)

export const encodeDue = (countedBytes: bigint): Uint8Array =>
  tagged(DUE, encodeFields([countedBytes]))

/** Throws `StorageError` `BAD_MESSAGE`. */
export function decodeFarmerMessage(frame: Uint8Array): FarmerMessage {
  const body = frame.subarray(1)
  if (frame[0] === LEAVES) return { kind: 'leaves', body }
  if (frame[0] !== DUE) throw badMessage('message', `it begins with ${frame[0]}`)
  const countedBytes = decodeFields(
    'byte count',
    body,
    1,
    ([count]) => readUint(count, 'byte count', 64),
    (count) => encodeFields([count]),
  )
  return { kind: 'due', countedBytes }
}
