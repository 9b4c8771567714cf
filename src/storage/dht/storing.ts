import type { Host } from '../../p2p/host.ts'
import { GenaroError } from '../../util/errors.ts'
import type { ContactHealth } from './contactHealth.ts'
import type { DHTNode } from './dhtNode.ts'
import { DHTError } from './errors.ts'
import { type Contact, LIBRARY_RECORD_LIFE_MS } from './kadInternals.ts'
import { cachedLifeMs } from './pathCache.ts'
import type { DHTRecord } from './record.ts'
import { storeProtocol } from './storeProtocol.ts'
import { isCloser, kadId } from './xor.ts'

/**
 * Why a copy is here: as one of the k (`full`), on the path of a look-up (`cached`), or as one that waits for
 * others to be stored at (`unplaced`).
 */
export type CopyKind = 'full' | 'cached' | 'unplaced'

/** STORE (YP 2.5), both sides of it. */
export interface Storing {
  /** Keeps a valid record here; gives back a newer one when there is one. Throws `DHTError`. */
  keep(record: DHTRecord, as: CopyKind): Promise<Uint8Array | undefined>
  /**
   * Has others keep a record; answers how many do. A newer one that any of them holds is kept here instead and
   * counts as not stored.
   */
  storeAt(targets: readonly Contact[], record: DHTRecord, options?: StoreOptions): Promise<number>
}

export interface StoreOptions {
  isCached?: boolean
  signal?: AbortSignal | undefined
}

const STORES_AT_ONCE = 5

export function createStoring(
  { host, table, records, rules, self, intervals, now }: DHTNode,
  health: ContactHealth,
): Storing {
  const storedAt = (key: Uint8Array, as: CopyKind): number => {
    if (as === 'full') return now()
    // Rested already, so that the first republishing takes it.
    if (as === 'unplaced') return now() - intervals.republish
    const target = kadId(key)
    const closer = table.contacts().filter((known) => isCloser(target, known.kadId, self.kadId))
    // Dated back, so that the library itself stops answering with it when its time is over.
    return now() - LIBRARY_RECORD_LIFE_MS + cachedLifeMs(closer.length)
  }

  const keep: Storing['keep'] = async ({ key, value }, as) => {
    await rules.validate(key, value)
    try {
      await records.put({ key, value, storedAt: storedAt(key, as) })
      return undefined
    } catch (error) {
      if (!(error instanceof DHTError && error.code === 'RECORD_STALE')) throw error
      return (await records.get(key))?.value
    }
  }

  const storeOne = async (
    { peerId }: Contact,
    record: DHTRecord,
    { isCached = false, signal }: StoreOptions,
  ): Promise<boolean> => {
    const id = peerId.toString()
    const request = { ...record, isCached }
    try {
      const { newer } = await storeProtocol.request(host, id, request, signal ? { signal } : {})
      health.seen(id)
      if (newer === undefined) return true
      await keep({ key: record.key, value: newer }, 'full')
      return false
    } catch (error) {
      if (signal?.aborted) throw error
      if (isSilence(error)) health.failed(id)
      return false
    }
  }

  return {
    keep,
    async storeAt(targets, record, storeOptions = {}) {
      const waiting = [...targets]
      let stored = 0
      const work = async (): Promise<void> => {
        for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
          if (await storeOne(target, record, storeOptions)) stored++
        }
      }
      await Promise.all(Array.from({ length: STORES_AT_ONCE }, work))
      return stored
    },
  }
}

/** Answers STORE for other nodes. A record that could never be valid costs its sender points. */
export const serveStore = (host: Host, keep: Storing['keep']): Promise<void> =>
  storeProtocol.handle(host, async ({ key, value, isCached }, { peerId }) => {
    try {
      return { newer: await keep({ key, value }, isCached ? 'cached' : 'full') }
    } catch (error) {
      if (error instanceof DHTError && error.code === 'BAD_RECORD') {
        host.scores.penalise(peerId, 'badMessage')
      }
      throw error
    }
  })

const isSilence = (error: unknown): boolean =>
  error instanceof GenaroError && ['UNREACHABLE', 'TIMED_OUT'].includes(error.code)
