import type { Signer } from 'ethers'
import type { Host } from '../../p2p/host.ts'
import { signReplicaOffer } from '../../protocol/replicaContract.ts'
import type { KeyValueStore } from '../../util/keyValueStore.ts'
import type { Logger } from '../../util/logger.ts'
import { farmerInfoProtocol } from '../shardProtocol/farmerInfo.ts'
import { READ_PROTOCOL, STORE_PROTOCOL } from '../shardProtocol/limits.ts'
import { replicaStatusProtocol } from '../shardProtocol/replicaStatus.ts'
import { createAdmission, type FarmerTerms } from './admission.ts'
import { serveAudits } from './auditServer.ts'
import type { FarmerChain } from './chain.ts'
import { startChainWatcher } from './chainWatcher.ts'
import { createDebtLimit } from './debtLimit.ts'
import type { Disk } from './disk.ts'
import type { Farmer } from './farmer.ts'
import { type InspectionPolicy, startInspector } from './inspection/startInspector.ts'
import { createFarmerMetrics } from './metrics.ts'
import { serveReads } from './readServer.ts'
import { readStatus } from './readStatus.ts'
import { openReceiptBook } from './receiptBook.ts'
import { type RedeemPolicy, startRedeemer } from './redeemer.ts'
import type { ReplicaHasher } from './replicaHasher.ts'
import { openReplicaStore } from './replicaStore.ts'
import { serveStore } from './storeServer.ts'
import { createTrafficCredit } from './trafficCredit.ts'
import { createTrafficMeter } from './trafficMeter.ts'

export interface ServingOptions {
  host: Host
  chain: FarmerChain
  signer: Signer
  account: string
  disk: Disk
  metadata: KeyValueStore
  /** The account's, 32 bytes. */
  accountKey: Uint8Array
  inspection?: InspectionPolicy
  hasher: ReplicaHasher
  capacityBytes: number
  terms: FarmerTerms
  redeem?: RedeemPolicy
  watchEveryMs?: number
  idleTimeoutMs?: number
  logger: Logger
}

/** Everything a farmer does once it has a host and a node on chain. */
export type Serving = Pick<Farmer, 'status' | 'checkChain' | 'redeem' | 'stop'>

const VERSION = 'genaro/1'

export async function startServing(options: ServingOptions): Promise<Serving> {
  const { host, chain, signer, account, metadata, terms, logger } = options
  const store = await openReplicaStore({ ...options, now: chain.now })
  const metrics = createFarmerMetrics(metadata, logger)
  const book = await openReceiptBook({ metadata, chainId: chain.chainId, farmer: account })
  const credit = createTrafficCredit({ chain, book })
  const inspector = await startInspector({
    ...options,
    ...{ store, node: terms.node, policy: options.inspection },
  })
  const watcher = await startChainWatcher({
    ...{ chain, store, node: terms.node, metrics, inspector, logger },
    ...(options.watchEveryMs === undefined ? {} : { everyMs: options.watchEveryMs }),
  })
  const redeemer = startRedeemer({ ...options.redeem, chain, book, credit, metrics, logger })
  const debt = createDebtLimit({ book, credit, redeemer })
  const meter = createTrafficMeter({ book, credit, debt })
  const admission = createAdmission({
    ...{ chain, store, terms, checkChain: watcher.check },
    isDischarged: () => inspector.isDischarged,
  })
  const timeout =
    options.idleTimeoutMs === undefined ? {} : { idleTimeoutMs: options.idleTimeoutMs }
  const startedAt = performance.now()

  await farmerInfoProtocol.handle(host, () => ({
    ...terms,
    account,
    capacityBytes: BigInt(store.capacityBytes),
    freeBytes: inspector.isDischarged
      ? 0n
      : BigInt(Math.max(0, store.capacityBytes - store.usedBytes)),
    version: VERSION,
  }))
  await replicaStatusProtocol.handle(host, ({ replicaId }) => {
    const state = store.get(replicaId)?.state
    return {
      receivedBytes: BigInt(store.receivedBytes(replicaId)),
      isAcknowledged: state === 'acknowledged' || state === 'registered',
      isRegistered: state === 'registered',
    }
  })
  const sign = (offer: Parameters<typeof signReplicaOffer>[2]): Promise<string> =>
    signReplicaOffer(signer, chain.chainId, offer)
  await serveStore({ host, store, admission, metrics, sign, ...timeout })
  await serveReads({ host, store, chain, meter, metrics, ...timeout })
  await serveAudits({ host, store, chain, metrics })

  return {
    status: () =>
      readStatus({ host, chain, account, store, metrics, book, inspector, terms, startedAt }),
    async checkChain() {
      await watcher.check()
      await inspector.check()
      await watcher.check()
    },
    redeem: redeemer.redeemAll,
    async stop() {
      await Promise.all([host.unhandle(STORE_PROTOCOL), host.unhandle(READ_PROTOCOL)])
      await inspector.stop()
      await watcher.stop()
      await redeemer.stop()
    },
  }
}
