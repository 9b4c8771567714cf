import { hexToBytes } from '@ethereumjs/util'
import type { PrivateKey } from '@libp2p/interface'
import type { Host } from '../../p2p/host.ts'
import { signPeerRecord } from '../../p2p/peerRecord.ts'
import type { SigningChain } from '../../protocol/domain.ts'
import { errorMessage } from '../../util/errors.ts'
import type { Logger } from '../../util/logger.ts'
import type { DHT } from '../dht/dht.ts'
import { peerRecordToDHT } from '../dht/record.ts'

export interface PresenceOptions {
  host: Host
  dht: DHT
  chain: SigningChain
  account: string
  accountKey: Uint8Array
  nodeKey: PrivateKey
  /** Unix seconds. */
  now(): bigint
  logger: Logger
}

const PUBLISH_EVERY_MS = 12 * 3_600_000
const LIFE_SECONDS = 86_400n
const RETRY_MS = 60_000
/** Addresses are known once the host listens; the first contacts take a moment more. */
const FIRST_PUBLISH_MS = 2_000
const MAX_ADDRESSES = 8

/** Keeps the farmer's signed peer record in the DHT, so that clients find where its node is. */
export function keepPresent(options: PresenceOptions): { stop(): void } {
  const { host, dht, chain, account, accountKey, nodeKey, now, logger } = options
  const stopped = new AbortController()
  let timer: NodeJS.Timeout | undefined

  const publish = async (): Promise<void> => {
    const time = now()
    const record = await signPeerRecord(
      chain,
      {
        peerId: host.peerId,
        account: hexToBytes(account as `0x${string}`),
        addresses: host.addresses().slice(0, MAX_ADDRESSES),
        // Seconds count up across restarts too.
        sequence: time,
        expiry: time + LIFE_SECONDS,
      },
      { accountKey, nodeKey },
    )
    await dht.put(peerRecordToDHT(record), stopped.signal)
  }

  const round = async (): Promise<void> => {
    let waitMs = PUBLISH_EVERY_MS
    try {
      await publish()
    } catch (error) {
      waitMs = RETRY_MS
      if (!stopped.signal.aborted) {
        logger.debug('peer record not published', { reason: errorMessage(error) })
      }
    }
    plan(waitMs)
  }

  const plan = (waitMs: number): void => {
    if (stopped.signal.aborted) return
    timer = setTimeout(() => void round(), waitMs)
    timer.unref()
  }

  plan(FIRST_PUBLISH_MS)
  return {
    stop() {
      stopped.abort()
      clearTimeout(timer)
    },
  }
}
