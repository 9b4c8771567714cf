import { decodePeerRecord } from '../p2p/peerRecord.ts'
import { encodeRecordKey } from '../storage/dht/recordKey.ts'
import type { RecordReader } from '../storage/dht/recordReader.ts'
import { createBoundedCache } from '../util/boundedCache.ts'
import { bytesOf } from './fileSecrets.ts'

/** Where farmers' nodes can be reached. */
export interface PeerAddresses {
  /**
   * Multiaddrs of an account's node: those that were named, or else those of its signed record in the DHT. None for one
   * that is connected, and where there is no record: then libp2p's own routing may still find it.
   */
  of(node: NodeIdentity): Promise<readonly string[]>
  /** They led nowhere: the next time the newest record is looked for, not the first. */
  doubt(peerId: string): void
}

export interface NodeIdentity {
  /** 20 bytes in hex. */
  account: string
  peerId: string
}

export interface PeerAddressesOptions {
  /** Multiaddrs with peer ids that the node or the user named. */
  named: readonly string[]
  /** Undefined on a host that was not made for reading records. */
  records: RecordReader | undefined
  isConnected: (peerId: string) => boolean
  /** Milliseconds of a clock that only goes forward. */
  now?: () => number
}

const LOOKUP_TIMEOUT_MS = 4_000
const FOUND_MS = 600_000
/** How long what was not found, or found wrong, is not looked for again; twice as long each time it is so again. */
const MISSED_MS = 30_000
const MAX_KNOWN = 4_096

interface Known {
  addresses: readonly string[]
  foundAt: number
  isDoubted: boolean
  /** How often in a row a look-up brought nothing better. */
  misses: number
}

export function createPeerAddresses({
  named,
  records,
  isConnected,
  now = () => performance.now(),
}: PeerAddressesOptions): PeerAddresses {
  const byPeer = groupByPeer(named)
  const known = createBoundedCache<Known>({ maxWeight: MAX_KNOWN })
  const underWay = new Map<string, Promise<readonly string[]>>()

  const lookUp = async (
    { get }: RecordReader,
    { account, peerId }: NodeIdentity,
  ): Promise<readonly string[]> => {
    const key = encodeRecordKey({ kind: 'peer', account: bytesOf(account), subject: peerId })
    const last = known.get(peerId)
    const newest = last?.isDoubted ?? false
    let addresses: readonly string[] = []
    try {
      const value = await get(key, { newest, signal: AbortSignal.timeout(LOOKUP_TIMEOUT_MS) })
      if (value !== undefined) ({ addresses } = decodePeerRecord(value))
    } catch {
      // Who has no record in time is looked for by its peer id.
    }
    const isBetter = addresses.length > 0 && addresses.join() !== last?.addresses.join()
    const misses = isBetter ? 0 : (last?.misses ?? -1) + 1
    known.set(peerId, { addresses, foundAt: now(), isDoubted: false, misses })
    return addresses
  }

  return {
    async of(node) {
      const { peerId } = node
      const given = byPeer.get(peerId)
      if (given !== undefined) return given
      if (records === undefined || isConnected(peerId)) return []
      const last = known.get(peerId)
      if (last !== undefined && now() - last.foundAt < lifeOf(last)) return last.addresses
      const running = underWay.get(peerId)
      if (running !== undefined) return await running
      const started = lookUp(records, node).finally(() => underWay.delete(peerId))
      underWay.set(peerId, started)
      return await started
    },
    doubt(peerId) {
      const last = known.get(peerId)
      if (last !== undefined) last.isDoubted = true
    },
  }
}

const lifeOf = ({ addresses, isDoubted, misses }: Known): number =>
  isDoubted || addresses.length === 0 ? Math.min(FOUND_MS, MISSED_MS * 2 ** misses) : FOUND_MS

/** Multiaddrs by the peer id they end with; those without one lead to nobody in particular. */
function groupByPeer(addresses: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const text of addresses) {
    const peerId = /\/p2p\/([^/]+)$/.exec(text)?.[1]
    if (peerId !== undefined) groups.set(peerId, [...(groups.get(peerId) ?? []), text])
  }
  return groups
}
