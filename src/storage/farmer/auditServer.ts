import { concatBytes } from '@ethereumjs/util'
import type { Host } from '../../p2p/host.ts'
import { createRateLimiter } from '../../p2p/rateLimiter.ts'
import { StorageError } from '../errors.ts'
import {
  type AuditAnswer,
  type AuditRequest,
  auditProtocol,
  leafDigest,
} from '../shardProtocol/auditMessages.ts'
import type { FarmerChain } from './chain.ts'
import type { FarmerMetrics } from './metrics.ts'
import type { ReplicaReader } from './openReplica.ts'
import { readLeaves } from './readLeaves.ts'
import { notReady, termExpired, unknownReplica } from './refusals.ts'
import type { ReplicaStore } from './replicaStore.ts'

export interface AuditServerOptions {
  host: Host
  store: Pick<ReplicaStore, 'get' | 'openForReading'>
  chain: Pick<FarmerChain, 'now'>
  metrics: Pick<FarmerMetrics, 'refused'>
}

/** Leaves that one peer, and all peers together, may ask for: nobody pays for them, and each is a read of the disk. */
const PEER_LEAVES = { perSecond: 640, burst: 6_400 }
const ALL_LEAVES = { perSecond: 2_560, burst: 25_600 }

/** Serves `/genaro/audit/1.0.0`: digests of leaves of replicas that are under contract, for nothing. */
export async function serveAudits({
  host,
  store,
  chain,
  metrics,
}: AuditServerOptions): Promise<void> {
  const ofPeer = createRateLimiter(PEER_LEAVES)
  const ofAll = createRateLimiter(ALL_LEAVES)

  const answer = async (
    { replicaId, nonce, leafIndices }: AuditRequest,
    peerId: string,
  ): Promise<AuditAnswer> => {
    expectRegistered(replicaId)
    const count = leafIndices.length
    if (!ofPeer.take(peerId, count) || !ofAll.take('all', count)) throw tooMany(count)
    const reader = await store.openForReading(replicaId)
    try {
      expectLeaves(leafIndices, reader.leafCount)
      const leaves = await readEach(reader, leafIndices)
      return { digests: leaves.map((leaf) => leaf && leafDigest(nonce, leaf)) }
    } finally {
      await reader.close()
    }
  }

  const expectRegistered = (replicaId: string): void => {
    const record = store.get(replicaId)
    if (record === undefined || record.state === 'ended') throw unknownReplica(replicaId)
    if (record.state !== 'registered') throw notReady(replicaId)
    if (record.offer.endTime <= chain.now()) throw termExpired(replicaId, record.offer.endTime)
  }

  await auditProtocol.handle(host, async (request, { peerId }) => {
    try {
      return await answer(request, peerId)
    } catch (error) {
      metrics.refused(error instanceof StorageError ? error.code : 'UNAVAILABLE', error)
      throw error
    }
  })
}

/** Where leaves cannot be read together, those that still can are. */
async function readEach(
  reader: ReplicaReader,
  indices: readonly number[],
): Promise<(Uint8Array | undefined)[]> {
  try {
    const bytes = concatBytes(...(await readLeaves(reader, indices)))
    const size = bytes.length / indices.length
    return indices.map((_, at) => bytes.subarray(at * size, (at + 1) * size))
  } catch {
    return await Promise.all(indices.map((index) => reader.read(index, 1).catch(() => undefined)))
  }
}

function expectLeaves(indices: readonly number[], leafCount: number): void {
  const last = indices.at(-1)!
  if (last < leafCount) return
  throw new StorageError('BAD_RANGE', {
    message: `The replica has ${leafCount} leaves, none with number ${last}`,
    hint: 'Ask for leaves that the replica has.',
    facts: { leafCount, leaf: last },
  })
}

const tooMany = (count: number): StorageError =>
  new StorageError('BUSY', {
    message: `The farmer tells no ${count} leaves more for nothing now`,
    hint: 'Ask again in some seconds.',
    facts: { leaves: count },
  })
