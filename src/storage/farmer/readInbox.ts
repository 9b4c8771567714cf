import type { FramedStream } from '../../p2p/framedStream.ts'
import { StorageError } from '../errors.ts'
import { MAX_QUEUED_READS } from '../shardProtocol/limits.ts'
import { expectRanges, type LeafRange } from '../shardProtocol/ranges.ts'
import { decodeReaderMessage } from '../shardProtocol/readMessages.ts'
import { badMessage } from '../shardProtocol/wire.ts'
import { MAX_DRAINED_BYTES } from './refusing.ts'
import type { MeteredStream } from './trafficMeter.ts'

/** What a reader sends while it is served: receipts go to the meter at once, reads wait for their turn. */
export interface ReadInbox {
  /** The next read; undefined once the reader has ended. Throws what is wrong with what it sent. */
  next(): Promise<LeafRange[] | undefined>
  /**
   * Waits, once the reader was refused, until it has ended, and does nothing for what it still sends. Throws when that is
   * too much.
   */
  drain(): Promise<void>
}

/** Takes the stream's frames from now on. */
export function createReadInbox(
  stream: FramedStream,
  leafCount: number,
  metered: MeteredStream,
): ReadInbox {
  const queue: LeafRange[][] = []
  let isEnded = false
  let isRefused = false
  let failure: { error: unknown } | undefined
  let wake = (): void => {}
  let droppedBytes = 0

  const take = async (frame: Uint8Array): Promise<void> => {
    const message = decodeReaderMessage(frame)
    if (message.kind === 'open') throw badMessage('message', 'a stream opens one replica')
    if (message.kind === 'receipt') return await metered.accept(message.receipt)
    expectRanges(message.ranges, leafCount)
    if (queue.length >= MAX_QUEUED_READS) throw tooManyReads()
    queue.push(message.ranges)
  }

  const run = async (): Promise<void> => {
    try {
      for (;;) {
        const frame = await stream.read()
        if (frame === undefined) break
        if (isRefused) drop(frame)
        else await take(frame).catch(fail)
        wake()
      }
    } catch (error) {
      fail(error)
    }
    isEnded = true
    wake()
  }

  const drop = (frame: Uint8Array): void => {
    droppedBytes += Math.max(frame.length, 1_024)
    if (droppedBytes > MAX_DRAINED_BYTES) throw new Error('it goes on sending after it was refused')
  }

  const fail = (error: unknown): void => {
    failure ??= { error }
    isRefused = true
    metered.fail(error)
  }

  const change = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve
    })

  void run()
  return {
    async next() {
      for (;;) {
        if (failure !== undefined) throw failure.error
        const ranges = queue.shift()
        if (ranges !== undefined) return ranges
        if (isEnded) return undefined
        await change()
      }
    },
    async drain() {
      isRefused = true
      while (!isEnded) await change()
      if (droppedBytes > MAX_DRAINED_BYTES) throw failure?.error
    },
  }
}

const tooManyReads = (): StorageError =>
  new StorageError('BUSY', {
    message: `A stream may have ${MAX_QUEUED_READS} reads waiting`,
    hint: 'Wait for leaves before asking for more.',
  })
