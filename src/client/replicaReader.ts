import { concatBytes } from '@ethereumjs/util'
import type { Replica } from '../api/actions/getReplica.ts'
import type { ReplicaKeys } from '../crypto/keys.ts'
import { LEAF_BYTES, type ReplicaLayout } from '../protocol/replicaLayout.ts'
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
import { createShardWindows, type LeafRequest } from './shardWindows.ts'

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
  let replicaOpened: ReturnType<typeof openReplica> | undefined
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
      reusesLeaves: true,
      verify: payer.verify,
    })
    return { session, payer, end, wasUsed: false }
  }

  const readOn = async (
    open: OpenSession,
    { ranges, take, signal }: LeafRequest,
  ): Promise<void> => {
    const onAbort = (): void => open.end.abort(signal?.reason)
    signal?.addEventListener('abort', onAbort)
    open.payer.setBusy(true)
    try {
      signal?.throwIfAborted()
      let at = 0
      for await (const { leaves } of open.session.read(ranges)) {
        onReceived(leaves.length)
        take(leaves, at)
        at += leaves.length
      }
      open.wasUsed = true
      if (isClosed) void open.session.close().catch(() => {})
      else idle.push(open)
    } finally {
      open.payer.setBusy(false)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  /** A stream that lay idle may be gone: then a new one is tried once. */
  const readLeaves = async (request: LeafRequest): Promise<void> => {
    const kept = idle.pop()
    if (kept !== undefined) {
      try {
        return await readOn(kept, request)
      } catch (error) {
        if (request.signal?.aborted || !kept.wasUsed) throw error
      }
    }
    await readOn(await open(), request)
  }

  const readSingly = (
    secrets: ReplicaSecrets,
    start: number,
    end: number,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> =>
    readShardRange({
      layout,
      secrets,
      start,
      end,
      async readLeaves(indices) {
        const leaves = new Uint8Array(indices.length * LEAF_BYTES)
        let done = 0
        for (const ranges of requestsOf(indices)) {
          const from = done
          const take = (bytes: Uint8Array, at: number): void => leaves.set(bytes, from + at)
          await readLeaves({ ranges, take, signal })
          done += ranges.reduce((sum, { count }) => sum + count, 0) * LEAF_BYTES
        }
        return leaves
      },
    })

  const openReplica = async () => {
    const secrets = await createReplicaSecrets(keys, identity)
    return { secrets, windows: createShardWindows({ layout, secrets, readLeaves }) }
  }

  return {
    farmer,
    async read(start, end, signal) {
      replicaOpened ??= openReplica()
      const { secrets, windows } = await replicaOpened
      const border = end - start < LONG_READ_BYTES ? start : Math.min(end, windows.endByte)
      if (border <= start) return await readSingly(secrets, start, end, signal)
      const whole = await windows.read(start, border, signal)
      if (border === end) return whole
      return concatBytes(whole, await readSingly(secrets, border, end, signal))
    },
    async close() {
      isClosed = true
      await Promise.allSettled(idle.splice(0).map(({ session }) => session.close()))
    },
  }
}

/** A read of so many bytes is one of many that follow each other. */
const LONG_READ_BYTES = 262_144

/** A farmer that says nothing for so long is given up. */
const READ_TIMEOUT_MS = 15_000

/** Ascending leaves as requests that keep to the protocol's limits. */
function* requestsOf(indices: readonly number[]): Generator<LeafRange[]> {
  for (let from = 0; from < indices.length; from += MAX_LEAVES_PER_READ) {
    const ranges = rangesOf(indices.slice(from, from + MAX_LEAVES_PER_READ))
    for (let at = 0; at < ranges.length; at += MAX_RANGES) yield ranges.slice(at, at + MAX_RANGES)
  }
}
