import { aborted } from './errors.ts'

export interface ShardRace {
  /** Shards whose bytes are asked for. */
  wanted: readonly number[]
  /** Others that help to rebuild them, the best first. Those that are known bad may come last. */
  spare: readonly number[]
  /** So many shards give all others. */
  needed: number
  /** Shards that are known without reading. */
  known?: number
  read(shard: number, signal: AbortSignal): Promise<Uint8Array>
  /** Whether a shard is likely to fail, so that spares should not wait for it. */
  isDoubtful?: (shard: number) => boolean
  /** Told of each shard that is still being read whenever `hedgeMs` are over. */
  onSlow?: (shard: number) => void
  /** After so many milliseconds without all that is wanted, spares are read too. */
  hedgeMs: number
  signal?: AbortSignal | undefined
}

export interface RaceResult {
  /** All that came in time: either everything wanted, or enough for everything. */
  shards: Map<number, Uint8Array>
  /** Why others did not come. */
  failures: unknown[]
}

/**
 * Reads shards from several farmers at once (SPEC 7): those wanted first, others as soon as one fails or is slow,
 * until either all that are wanted or as many as rebuild them are there. What is left over gets a signal. The result
 * may be too few, when nothing is left to read. Throws `ClientError` `ABORTED`.
 */
export async function raceShards(race: ShardRace): Promise<RaceResult> {
  const { wanted, needed, known = 0, signal, hedgeMs, isDoubtful = () => false } = race
  const end = new AbortController()
  const readSignal = signal === undefined ? end.signal : AbortSignal.any([end.signal, signal])
  const shards = new Map<number, Uint8Array>()
  const failures: unknown[] = []
  const open = new Set<number>()
  const slow = new Set<number>()
  const sure = wanted.filter((shard) => !isDoubtful(shard))
  const doubtful = wanted.filter(isDoubtful)
  const waiting = [...race.spare, ...doubtful]
  const { promise, resolve } = Promise.withResolvers<void>()

  const isDone = (): boolean =>
    wanted.every((shard) => shards.has(shard)) ||
    shards.size + known >= needed ||
    (open.size === 0 && waiting.length === 0)

  const start = async (shard: number): Promise<void> => {
    open.add(shard)
    try {
      shards.set(shard, await race.read(shard, readSignal))
    } catch (error) {
      failures.push(error)
    }
    open.delete(shard)
    slow.delete(shard)
    update()
  }

  /** Opens as many spares as make up for what failed, is slow or doubtful. */
  const update = (): void => {
    if (end.signal.aborted) return
    if (isDone()) {
      resolve()
      return
    }
    const missing = wanted.some(
      (shard) => !shards.has(shard) && (!open.has(shard) || slow.has(shard)),
    )
    if (!missing) return
    while (shards.size + known + open.size - slow.size < needed && waiting.length > 0) {
      void start(waiting.shift()!)
    }
    // All that could help is under way or failed; whatever was doubted is the last hope.
    if (open.size === 0 && waiting.length > 0) void start(waiting.shift()!)
  }

  const timer = setInterval(() => {
    for (const shard of open) {
      slow.add(shard)
      race.onSlow?.(shard)
    }
    update()
  }, hedgeMs)
  const onAbort = (): void => resolve()
  signal?.addEventListener('abort', onAbort)
  try {
    for (const shard of sure) void start(shard)
    update()
    if (signal?.aborted) resolve()
    await promise
  } finally {
    clearInterval(timer)
    signal?.removeEventListener('abort', onAbort)
    end.abort()
  }
  if (signal?.aborted) throw aborted(signal)
  return { shards, failures }
}
