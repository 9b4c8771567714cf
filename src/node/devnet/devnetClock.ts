import { bigIntToBytes, bytesToBigInt } from '@ethereumjs/util'
import type { Chain } from '../../chain/chain.ts'
import type { Clock } from '../../util/clock.ts'
import { DevnetError } from './errors.ts'

/** What `restore` brings a clock back to. */
export interface ClockState {
  offsetSeconds: bigint
  nextTimestamp: bigint | undefined
}

/** The devnet's time: the real one, moved forward by the developer, and kept with the chain. */
export interface DevnetClock {
  /** The time the next block gets; each block is at least a second after its parent. */
  nextBlockTime(): bigint
  /** Moves the time on from where the chain stands; returns the whole offset in seconds. */
  increase(seconds: bigint): Promise<bigint>
  /** Fixes the next block's time; the blocks after it go on from there. */
  setNext(timestamp: bigint): Promise<void>
  /** Says that a block was made, so a fixed time is used up. */
  blockMade(): void
  state(): ClockState
  restore(state: ClockState): Promise<void>
}

const OFFSET_NOTE = 'clock-offset'
/** Times a header can hold and other tools can read: 64 bits, and dates before the year 10000. */
const LATEST_TIME = 253_402_300_799n

export function createDevnetClock(chain: Chain, clock: Clock): DevnetClock {
  const stored = chain.note(OFFSET_NOTE)
  let offsetSeconds = stored === undefined ? 0n : bytesToBigInt(stored)
  let nextTimestamp: bigint | undefined

  const moveTo = async (offset: bigint): Promise<void> => {
    await chain.putNote(OFFSET_NOTE, bigIntToBytes(offset))
    offsetSeconds = offset
  }
  const refuseAfterEnd = (timestamp: bigint): void => {
    if (timestamp <= LATEST_TIME) return
    throw new DevnetError('BAD_OPTION', {
      message: `Time ${timestamp} is after the year 9999`,
      hint: 'Times are in seconds since 1970, not in milliseconds.',
    })
  }

  return {
    nextBlockTime() {
      if (nextTimestamp !== undefined) return nextTimestamp
      const now = clock.nowSeconds() + offsetSeconds
      const earliest = chain.head.header.timestamp + 1n
      return now > earliest ? now : earliest
    },
    async increase(seconds) {
      if (seconds < 0n) {
        throw new DevnetError('TIME_NOT_LATER', {
          message: `Time cannot be increased by ${seconds} seconds`,
          hint: 'Pass a number of seconds that is not negative.',
        })
      }
      const now = clock.nowSeconds()
      const ahead = chain.head.header.timestamp - now
      const from = ahead > offsetSeconds ? ahead : offsetSeconds
      refuseAfterEnd(now + from + seconds)
      await moveTo(from + seconds)
      return offsetSeconds
    },
    async setNext(timestamp) {
      const headTime = chain.head.header.timestamp
      if (timestamp <= headTime) {
        throw new DevnetError('TIME_NOT_LATER', {
          message: `Time ${timestamp} is not after the latest block's time ${headTime}`,
          hint: `Pass a timestamp of at least ${headTime + 1n}.`,
        })
      }
      refuseAfterEnd(timestamp)
      const offset = timestamp - clock.nowSeconds()
      await moveTo(offset > 0n ? offset : 0n)
      nextTimestamp = timestamp
    },
    blockMade() {
      nextTimestamp = undefined
    },
    state: () => ({ offsetSeconds, nextTimestamp }),
    async restore(state) {
      await moveTo(state.offsetSeconds)
      nextTimestamp = state.nextTimestamp
    },
  }
}
