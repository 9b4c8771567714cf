import { getBytes } from 'ethers'
import type { ReplicaOffer } from '../../protocol/replicaContract.ts'
import { replicaPriceWei } from '../../protocol/storageParams.ts'
import type { RefusalCode } from '../errors.ts'
import { StorageError } from '../errors.ts'
import { LEAF_BYTES, MAX_REPLICA_BYTES } from '../shardProtocol/limits.ts'
import { MAX_GRANT_SECONDS, type PeerGrant, peerGrantData } from '../shardProtocol/peerGrant.ts'
import type { StoreRequest } from '../shardProtocol/storeMessages.ts'
import { type BucketStanding, type FarmerChain, isManager } from './chain.ts'
import { isSignedBy } from './isSignedBy.ts'
import type { BucketPromise, ReplicaStore } from './replicaStore.ts'

/** What a farmer offers. */
export interface FarmerTerms {
  /** Its node's index. */
  node: bigint
  priceWeiPerGBDay: bigint
  minTermSeconds: bigint
  maxTermSeconds: bigint
  maxOfferSeconds: bigint
}

export interface AdmissionOptions {
  chain: FarmerChain
  store: ReplicaStore
  terms: FarmerTerms
  /** Brings the store's states up to the chain's. */
  checkChain(): Promise<void>
  /** Whether the chain takes no more replicas on the node. */
  isDischarged(): boolean
}

/** Judges offers before a byte is taken. */
export interface Admission {
  /** Throws `StorageError`, unless the peer speaks for who manages the offer's bucket. */
  expectManager(request: StoreRequest, peerId: string): Promise<void>
  /**
   * Throws `StorageError` with the code the sender is told. What it returns does so too when the bucket's room or
   * escrow went to another offer meanwhile; it is called once nothing can come in between.
   */
  expectGood(id: string, request: StoreRequest, peerId: string): Promise<() => void>
}

export function createAdmission(options: AdmissionOptions): Admission {
  const { chain, store, terms, checkChain, isDischarged } = options
  const managedBucket = async ({ offer, grant }: StoreRequest): Promise<BucketStanding> => {
    const bucket = await chain.bucket(offer.bucketId)
    if (bucket === undefined) {
      throw refuse('UNKNOWN_BUCKET', `The chain knows no bucket ${offer.bucketId}`)
    }
    if (!isManager(bucket, grant.account)) {
      throw refuse('BAD_GRANT', `${grant.account} does not manage bucket ${offer.bucketId}`)
    }
    return bucket
  }

  return {
    async expectManager(request, peerId) {
      expectGrant(chain.chainId, request.grant, peerId, chain.now())
      await managedBucket(request)
    },
    async expectGood(id, request, peerId) {
      const { offer, grant } = request
      const now = chain.now()
      if (isDischarged()) {
        throw refuse('NO_CAPACITY', 'The chain discharged the node: it takes no more replicas')
      }
      expectGrant(chain.chainId, grant, peerId, now)
      expectForm(offer, terms)
      expectTerm(offer, terms, now)
      const bucket = await managedBucket(request)
      expectBucketTerm(offer, bucket, now)
      expectPaid(offer, bucket, now, terms)
      const expectRoomIn = (standing: BucketStanding): void =>
        expectRoom(offer, standing, store.promisedTo(offer.bucketId, id))
      try {
        expectRoomIn(bucket)
        return () => expectRoomIn(bucket)
      } catch {
        // Promises that were registered a moment ago would count twice.
        await checkChain()
        const standing = (await chain.bucket(offer.bucketId)) ?? bucket
        expectRoomIn(standing)
        return () => expectRoomIn(standing)
      }
    },
  }
}

function expectGrant(chainId: bigint, grant: PeerGrant, peerId: string, now: bigint): void {
  const { account, expiry, signature } = grant
  const digest = getBytes(peerGrantData.digest(chainId, { account, peerId, expiry }))
  if (expiry <= now || expiry > now + MAX_GRANT_SECONDS) {
    throw refuse('BAD_GRANT', `The grant ends at ${expiry}; it is ${now}`)
  }
  if (!isSignedBy(account, digest, signature)) {
    throw refuse('BAD_GRANT', `${account} did not sign the grant for peer ${peerId}`)
  }
}

function expectForm({ node, leafCount, sizeBytes }: ReplicaOffer, terms: FarmerTerms): void {
  if (node !== terms.node) {
    throw refuse('BAD_OFFER', `The offer is for node ${node}; this is node ${terms.node}`)
  }
  if (leafCount === 0n || sizeBytes !== leafCount * BigInt(LEAF_BYTES)) {
    throw refuse('BAD_OFFER', `${leafCount} leaves are not ${sizeBytes} bytes`)
  }
  if (sizeBytes > MAX_REPLICA_BYTES) {
    throw refuse('BAD_OFFER', `A replica has at most ${MAX_REPLICA_BYTES} bytes, not ${sizeBytes}`)
  }
}

function expectTerm(
  { endTime, expiry }: ReplicaOffer,
  { minTermSeconds, maxTermSeconds, maxOfferSeconds }: FarmerTerms,
  now: bigint,
): void {
  if (expiry <= now) throw refuse('TERM_EXPIRED', `The offer expired at ${expiry}; it is ${now}`)
  // Until then it can be registered, so until then the replica must be kept unpaid.
  if (expiry > now + maxOfferSeconds) {
    throw refuse('TERM_TOO_LONG', `The offer may last ${maxOfferSeconds} seconds at most`)
  }
  if (endTime < now + minTermSeconds) {
    throw refuse('TERM_EXPIRED', `The term ends at ${endTime}, in less than ${minTermSeconds} s`)
  }
  if (endTime > now + maxTermSeconds) {
    throw refuse(
      'TERM_TOO_LONG',
      `The term ends at ${endTime}, after more than ${maxTermSeconds} s`,
    )
  }
}

function expectPaid(
  { priceWei, sizeBytes, endTime }: ReplicaOffer,
  { escrowWei }: BucketStanding,
  now: bigint,
  { priceWeiPerGBDay }: FarmerTerms,
): void {
  const neededWei = replicaPriceWei(priceWeiPerGBDay, { sizeBytes, seconds: endTime - now })
  if (priceWei < neededWei) {
    throw refuse('PRICE_TOO_LOW', `The farmer takes ${neededWei} wei for this, not ${priceWei}`)
  }
  if (priceWei > escrowWei) {
    throw refuse('NO_ESCROW', `The bucket's escrow of ${escrowWei} wei does not cover ${priceWei}`)
  }
}

function expectBucketTerm({ endTime }: ReplicaOffer, bucket: BucketStanding, now: bigint): void {
  if (bucket.endTime <= now) throw refuse('TERM_EXPIRED', `The bucket ended at ${bucket.endTime}`)
  if (endTime > bucket.endTime) {
    throw refuse('TERM_EXPIRED', `The bucket ends at ${bucket.endTime}, the offer at ${endTime}`)
  }
}

/** What is promised to a bucket but not registered yet counts too, or it could fill disks it never pays for. */
function expectRoom(
  { sizeBytes, priceWei }: ReplicaOffer,
  { freeBytes, escrowWei }: BucketStanding,
  promised: BucketPromise,
): void {
  if (sizeBytes + promised.bytes > freeBytes) {
    throw refuse('NO_SPACE', `The bucket has ${freeBytes} bytes left for replicas`)
  }
  if (priceWei + promised.priceWei > escrowWei) {
    throw refuse(
      'NO_ESCROW',
      `The bucket's escrow of ${escrowWei} wei does not cover ${priceWei} beside ${promised.priceWei} promised`,
    )
  }
}

const refuse = (code: RefusalCode, message: string): StorageError =>
  new StorageError(code, {
    message,
    hint: 'Ask the farmer for its terms, and the chain for yours.',
  })
