import { concatBytes } from '@ethereumjs/util'
import type { Replica } from '../api/actions/getReplica.ts'
import type { ReplicaKeys } from '../crypto/keys.ts'
import type { ReplicaLayout } from '../protocol/replicaLayout.ts'
import { readShardRange } from '../spor/readRange.ts'
import {
  createReplicaSecrets,
  type ReplicaIdentity,
  type ReplicaSecrets,
} from '../spor/replicaSecrets.ts'
import { MAX_LEAVES_PER_READ, MAX_RANGES } from '../storage/shardProtocol/limits.ts'
import { openReadSession, type ReadSession } from '../storage/shardProtocol/openReadSession.ts'
import { type LeafRange, rangesOf } from '../storage/shardProtocol/ranges.ts'
import type { ClientContext } from './context.ts'
import type { FarmerSession } from './farmerAccount.ts'
import type { Farmer } from './farmers.ts'
import { bytesOf } from './fileSecrets.ts'

/** A replica at its farmer, read as the shard it was made of. */
export interface ReplicaReader {
  readonly farmer: Farmer
  /** Bytes `start` to `end` of the shard, each leaf checked against the root on chain. */
  read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array>
  /** Pays for what was read and ends the streams. */
  close(): Promise<void>
}

export interface ReplicaReaderOptions {
  context: ClientContext
  replica: Replica
  farmer: Farmer
  keys: ReplicaKeys
  identity: ReplicaIdentity
  layout: ReplicaLayout
  /** Told the bytes of leaves that came. */
  onReceived?: (bytes: number) => void
}

interface OpenSession {
  session: ReadSession
  payer: FarmerSession
  end: AbortController
  wasUsed: boolean
}

export function createReplicaReader(options: ReplicaReaderOptions): ReplicaReader {
  const { context, replica, farmer, keys, identity, layout, onReceived = () => {} } = options
  const idle: OpenSession[] = []
  let secrets: Promise<ReplicaSecrets> | undefined
  let isClosed = false

  const open = async (): Promise<OpenSession> => {
    const payer = context.accountWith(farmer.account).openSession()
    const end = new AbortController()
    const session = await openReadSession(context.host, farmer.target, {
      replica: {
        id: replica.id,
        root: bytesOf(replica.root),
        leafCount: Number(replica.leafCount),
      },
      channel: payer.channel,
      signal: end.signal,
      idleTimeoutMs: READ_TIMEOUT_MS,
      verify: payer.verify,
    })
    return { session, payer, end, wasUsed: false }
  }

  const readOn = async (
    open: OpenSession,
    ranges: readonly LeafRange[],
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> => {
    const onAbort = (): void => open.end.abort(signal?.reason)
    signal?.addEventListener('abort', onAbort)
    open.payer.setBusy(true)
    try {
      signal?.throwIfAborted()
      const pieces: Uint8Array[] = []
      for await (const { leaves } of open.session.read(ranges)) {
        onReceived(leaves.length)
        pieces.push(leaves)
      }
      open.wasUsed = true
      if (isClosed) void open.session.close().catch(() => {})
      else idle.push(open)
      return concatBytes(...pieces)
    } finally {
      open.payer.setBusy(false)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  /** A stream that lay idle may be gone: then a new one is tried once. */
  const readRanges = async (
    ranges: readonly LeafRange[],
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> => {
    const kept = idle.pop()
    if (kept !== undefined) {
      try {
        return await readOn(kept, ranges, signal)
      } catch (error) {
        if (signal?.aborted || !kept.wasUsed) throw error
      }
    }
    return await readOn(await open(), ranges, signal)
  }

  return {
    farmer,
    async read(start, end, signal) {
      secrets ??= createReplicaSecrets(keys, identity)
      return await readShardRange({
        layout,
        secrets: await secrets,
        start,
        end,
        async readLeaves(indices) {
          const pieces: Uint8Array[] = []
          for (const ranges of requestsOf(indices)) pieces.push(await readRanges(ranges, signal))
          return pieces.length === 1 ? pieces[0]! : concatBytes(...pieces)
        },
      })
    },
    async close() {
      isClosed = true
      await Promise.allSettled(idle.splice(0).map(({ session }) => session.close()))
    },
  }
}

/** A farmer that says nothing for so long is given up. */
const READ_TIMEOUT_MS = 15_000

/** Ascending leaves as requests that keep to the protocol's limits. */
function* requestsOf(indices: readonly number[]): Generator<LeafRange[]> {
  for (let from = 0; from < indices.length; from += MAX_LEAVES_PER_READ) {
    const ranges = rangesOf(indices.slice(from, from + MAX_LEAVES_PER_READ))
    for (let at = 0; at < ranges.length; at += MAX_RANGES) yield ranges.slice(at, at + MAX_RANGES)
  }
}
