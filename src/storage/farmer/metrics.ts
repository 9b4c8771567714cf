import { utf8ToBytes } from '@ethereumjs/util'
import type { KeyValueStore } from '../../util/keyValueStore.ts'
import type { Logger } from '../../util/logger.ts'

/** Counts what a farmer does: earnings for good, the rest since it started. */
export interface FarmerMetrics {
  receivedBytes(bytes: number): void
  servedBytes(bytes: number): void
  /** Adds to what is earned, durably. */
  earned(source: EarningSource, amountWei: bigint): Promise<void>
  /** A request was turned away; errors that are our own are logged with their words. */
  refused(code: string, error?: unknown): void
  read(): FarmerCounts
}

/** What a farmer is paid for. */
export type EarningSource = 'traffic' | 'storage' | 'heft' | 'bonds'

/** The counts as they stand. */
export interface FarmerCounts {
  receivedBytes: bigint
  servedBytes: bigint
  earnedWei: Record<EarningSource, bigint>
  refusals: ReadonlyMap<string, number>
}

export function createFarmerMetrics(metadata: KeyValueStore, logger: Logger): FarmerMetrics {
  let received = 0n
  let served = 0n
  const earned = {
    traffic: readWei(metadata, 'traffic'),
    storage: readWei(metadata, 'storage'),
    heft: readWei(metadata, 'heft'),
    bonds: readWei(metadata, 'bonds'),
  }
  const refusals = new Map<string, number>()
  return {
    receivedBytes(bytes) {
      received += BigInt(bytes)
    },
    servedBytes(bytes) {
      served += BigInt(bytes)
    },
    async earned(source, amountWei) {
      earned[source] += amountWei
      const value = utf8ToBytes(earned[source].toString())
      await metadata.write([{ key: earnedKey(source), value }])
    },
    refused(code, error) {
      refusals.set(code, (refusals.get(code) ?? 0) + 1)
      if (code === 'UNAVAILABLE') logger.error('request failed', { reason: error })
      else logger.debug('request refused', { code, reason: error })
    },
    read: () => ({
      receivedBytes: received,
      servedBytes: served,
      earnedWei: { ...earned },
      refusals: new Map(refusals),
    }),
  }
}

const earnedKey = (source: EarningSource): Uint8Array => utf8ToBytes(`earned/${source}`)

const readWei = (metadata: KeyValueStore, source: EarningSource): bigint => {
  const value = metadata.get(earnedKey(source))
  return value === undefined ? 0n : BigInt(new TextDecoder().decode(value))
}
