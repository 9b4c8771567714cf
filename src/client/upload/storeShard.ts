import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { bytesToHex } from '@ethereumjs/util'
import { randomBytes } from '../../crypto/keys.ts'
import {
  encodeShardIndex,
  type ReplicaOffer,
  replicaIdOf,
  verifyReplicaOffer,
} from '../../protocol/replicaContract.ts'
import { MAX_OFFER_SECONDS, replicaPriceWei } from '../../protocol/storageParams.ts'
import { storeReplica } from '../../storage/shardProtocol/storeReplica.ts'
import type { ClientContext } from '../context.ts'
import { ClientError, throwIfAborted } from '../errors.ts'
import type { OfferingFarmer } from '../farmers.ts'
import { bytesOf, replicaIdentity } from '../fileSecrets.ts'
import { changed } from '../fileSource.ts'
import { refusalOf } from '../readFailure.ts'
import { readReplica } from './replicaSource.ts'
import type { PreparedReplica } from './uploadJournal.ts'
import type { StoringState } from './uploadState.ts'

/** A shard that waits in a file to become a replica. */
export interface ShardTask {
  segment: number
  shard: number
  shardBytes: number
  shardFile: string
  replicaFile: string
  /** For the node that takes it; random by default. */
  nonce?: (node: bigint) => Uint8Array
  /** Unix seconds. */
  endTime: bigint
  nowSeconds: bigint
  onSent: (bytes: number) => void
  signal: AbortSignal
}

/**
 * Makes the replica of a shard for a farmer, sends it and takes the farmer's signature. The journal knows of it before
 * the farmer does, so that a later run goes on with the same bytes. Throws what the farmer or the way to it did.
 */
export async function storeShard(
  context: ClientContext,
  state: StoringState,
  task: ShardTask,
  farmer: OfferingFarmer,
): Promise<PreparedReplica> {
  const { replicaFile, signal } = task
  try {
    const replica = await prepare(context, state, task, farmer)
    const signature = await sendPatiently(context, task, replica, farmer)
    if (!verifyReplicaOffer(context.chainId, farmer.account, replica.offer, signature)) {
      throw new ClientError('FARMER_FAILED', {
        message: `Farmer ${farmer.peerId} gave a signature that is not its own`,
        hint: 'Use another farmer.',
      })
    }
    const { id, offer } = replica
    const shardIndex = String(offer.shardIndex)
    await state.journal.append({ kind: 'signed', shardIndex, id, signature })
    state.signatures.set(id, signature)
    return replica
  } finally {
    await rm(replicaFile, { force: true })
    throwIfAborted(signal)
  }
}

async function prepare(
  context: ClientContext,
  state: StoringState,
  task: ShardTask,
  farmer: OfferingFarmer,
): Promise<PreparedReplica> {
  const shardIndex = encodeShardIndex(task.segment, task.shard)
  const earlier = state.prepared.get(shardIndex)
  const isSame = earlier?.offer.node === farmer.node
  const nonce = isSame ? bytesOf(earlier.nonce) : (task.nonce?.(farmer.node) ?? randomBytes(32))
  const { root, leafCount } = await context.workers.setUpReplica(
    {
      shardFile: task.shardFile,
      shardBytes: task.shardBytes,
      replicaFile: task.replicaFile,
      keys: state.secrets.replicaKeys,
      identity: replicaIdentity(state.fileId, task, farmer.account, nonce),
    },
    task.signal,
  )
  if (isSame && earlier.offer.root !== bytesToHex(root)) throw changed('The source', 0)
  if (isSame && earlier.offer.expiry > task.nowSeconds + MAX_OFFER_SECONDS / 2n) return earlier
  const offer = makeOffer(state, task, farmer, { shardIndex, root, leafCount })
  const replica = {
    farmer: farmer.account,
    peerId: farmer.peerId,
    nonce: bytesToHex(nonce),
    id: replicaIdOf(offer),
    offer,
  }
  await state.journal.append({ kind: 'prepared', replica })
  state.prepared.set(shardIndex, replica)
  return replica
}

/** Our clock and the farmer's may differ by so much without the price being too low or the expiry too late. */
const CLOCK_SLACK_SECONDS = 300n

function makeOffer(
  { bucketId, fileId }: StoringState,
  { endTime, nowSeconds }: ShardTask,
  { node, priceWeiPerGBDay, info }: OfferingFarmer,
  { shardIndex, root, leafCount }: { shardIndex: bigint; root: Uint8Array; leafCount: number },
): ReplicaOffer {
  const sizeBytes = BigInt(leafCount) * 1_024n
  const seconds = endTime - nowSeconds + CLOCK_SLACK_SECONDS
  const [offerSeconds] = [info.maxOfferSeconds, MAX_OFFER_SECONDS].sort((a, b) => Number(a - b))
  return {
    bucketId,
    fileId,
    shardIndex,
    node,
    root: bytesToHex(root),
    leafCount: BigInt(leafCount),
    sizeBytes,
    priceWei: replicaPriceWei(priceWeiPerGBDay, { sizeBytes, seconds }),
    endTime,
    salt: bytesToHex(randomBytes(32)),
    expiry: nowSeconds + offerSeconds! - CLOCK_SLACK_SECONDS,
  }
}

const BUSY_TRIES = 20
const BUSY_WAIT_MS = 500

/** A farmer that has its hands full is asked again; a broken connection is tried once more, from where it broke. */
async function sendPatiently(
  context: ClientContext,
  task: ShardTask,
  { offer }: PreparedReplica,
  farmer: OfferingFarmer,
): Promise<string> {
  let broken = 0
  let sent = 0
  for (let tries = 1; ; tries++) {
    let received = 0
    try {
      const signature = await storeReplica(context.host, farmer.target, {
        offer,
        grant: await context.grant(),
        source: (start) => readReplica(task.replicaFile, start, () => received),
        onReceived(bytes) {
          received = bytes
          task.onSent(Math.max(0, bytes - sent))
          sent = Math.max(sent, bytes)
        },
        signal: task.signal,
      })
      return bytesToHex(signature)
    } catch (error) {
      throwIfAborted(task.signal)
      const refusal = refusalOf(error)
      const isBusy = refusal === 'BUSY' && tries < BUSY_TRIES
      const isBroken = refusal === undefined && ++broken < 2
      if (!isBusy && !isBroken) {
        task.onSent(-sent)
        throw error
      }
      await sleep(BUSY_WAIT_MS)
    }
  }
}
