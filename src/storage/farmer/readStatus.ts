import type { Host } from '../../p2p/host.ts'
import type { FarmerTerms } from './admission.ts'
import type { FarmerChain } from './chain.ts'
import type { FarmerStatus } from './farmer.ts'
import type { Inspector } from './inspection/startInspector.ts'
import type { FarmerMetrics } from './metrics.ts'
import type { ReceiptBook } from './receiptBook.ts'
import type { ReplicaStore } from './replicaStore.ts'

export interface StatusSources {
  host: Host
  chain: Pick<FarmerChain, 'now'>
  account: string
  store: ReplicaStore
  metrics: FarmerMetrics
  book: ReceiptBook
  inspector: Pick<Inspector, 'status'>
  terms: FarmerTerms
  /** By `performance.now()`. */
  startedAt: number
}

/** Gathers how a farmer is from its parts. */
export function readStatus(sources: StatusSources): FarmerStatus {
  const { host, chain, account, store, metrics, book, inspector, terms, startedAt } = sources
  const { receivedBytes, servedBytes, earnedWei, refusals } = metrics.read()
  const { capacityBytes, usedBytes } = store
  return {
    account,
    node: terms.node,
    peerId: host.peerId,
    addresses: host.addresses(),
    chainTime: chain.now(),
    capacityBytes,
    usedBytes,
    freeBytes: Math.max(0, capacityBytes - usedBytes),
    priceWeiPerGBDay: terms.priceWeiPerGBDay,
    replicas: countReplicas(store),
    receivedBytes,
    servedBytes,
    earnedWei,
    unredeemedBytes: sumOf(
      [...book.entries()].map(
        ({ receipt, redeemedBytes }) => receipt.cumulativeBytes - redeemedBytes,
      ),
    ),
    inspections: inspector.status(),
    refusals: Object.fromEntries(refusals),
    peers: host.connectedPeers().length,
    uptimeSeconds: Math.floor((performance.now() - startedAt) / 1_000),
  }
}

function countReplicas(store: ReplicaStore): FarmerStatus['replicas'] {
  const counts = { receiving: 0, acknowledged: 0, registered: 0, ended: 0, damaged: 0 }
  for (const { id, state } of store.list()) counts[store.isDamaged(id) ? 'damaged' : state]++
  return counts
}

const sumOf = (numbers: readonly bigint[]): bigint =>
  numbers.reduce((sum, number) => sum + number, 0n)
