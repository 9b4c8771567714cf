import type { SystemContractName } from '../protocol/addresses.ts'
import { HEFT_WORDS, INSPECTIONS_WORDS, SENTINEL_GROUPS_WORDS } from './inspectionRevertWords.ts'
import { formatAmount } from './units/amount.ts'
import { formatSize } from './units/size.ts'
import { formatTerm } from './units/term.ts'
import { formatTime } from './units/time.ts'

/** What each custom error of a contract means and what to do about it. */
export type RevertWords = Record<
  string,
  (facts: Record<string, bigint & string>) => [message: string, hint?: string]
>

/** The custom errors a user can meet, by contract and name, in words. */
export const REVERT_WORDS: Partial<Record<SystemContractName, RevertWords>> = {
  Staking: {
    ZeroAmount: () => ['The amount is 0', 'Pass an amount above zero.'],
    InsufficientStake: ({ stakeWei, amountWei }) => [
      `The account's stake is ${formatAmount(stakeWei!)}, less than ${formatAmount(amountWei!)}`,
      'Unstake less; `genaro account` shows the stake.',
    ],
    StakeLocked: ({ lockedWei, remainingWei }) => [
      `${formatAmount(remainingWei!)} would remain, but ${formatAmount(lockedWei!)} is locked`,
      'Unstake less, or first resign as a candidate or retire farmer nodes.',
    ],
    TooManyUnbondings: ({ limit }) => [
      `The account already has ${limit} amounts unbonding`,
      'Withdraw those that are free, or wait until one is.',
    ],
    NothingToWithdraw: () => [
      'Nothing has finished unbonding',
      '`genaro account` shows from which epoch each amount is free, `genaro status` the present one.',
    ],
    WithdrawalRefused: () => ['The account is a contract that refused its own coins'],
    KeyTaken: ({ owner }) => [
      `The BLS key was registered by ${owner}`,
      'Make a key of your own; a key never changes hands.',
    ],
    InvalidProofOfPossession: () => [
      'The proof of possession does not fit the BLS key and the account',
      'Sign `Staking.proofMessage(account, key)` of this chain with the key.',
    ],
    ValueTooLarge: () => ['The amount is larger than all coins there are', 'Stake less.'],
    NotACandidate: ({ account }) => [`${account} is not a candidate`],
    OnlyInspections: ({ caller }) => [`Only the Inspections contract may call this, not ${caller}`],
  },
  StorageMarket: {
    SizeOutOfRange: ({ sizeBytes }) => [
      `${formatSize(sizeBytes!)} is not a size that can be bought`,
      'Space is 1 byte to 2^63 bytes.',
    ],
    TermOutOfRange: ({ termSeconds }) => [
      `${formatTerm(termSeconds!)} is not a term that can be bought`,
      'A term is 1 to 3,650 days from now.',
    ],
    BackupsOutOfRange: ({ backups }) => [
      `${backups} backups cannot be bought`,
      'There are 1 to 100 backups.',
    ],
    TrafficOutOfRange: ({ trafficBytes }) => [
      `${formatSize(trafficBytes!)} of traffic cannot be bought`,
      'Traffic is 1 byte to 2^63 bytes.',
    ],
    CleanUpOutOfRange: ({ cleanUp }) => [
      `One purchase cannot look at ${cleanUp} records to clean up`,
      'Ask for at most 16.',
    ],
    ValueTooLarge: () => ['The amount or size is larger than can be kept', 'Buy less at once.'],
    InsufficientPayment: ({ priceWei, paidWei }) => [
      `The price is ${formatAmount(priceWei!)}, but ${formatAmount(paidWei!)} was sent`,
      'The price rose since it was asked for; try again.',
    ],
    BucketExists: ({ id }) => [
      `The account has a bucket ${id} whose term has not ended`,
      'Choose another tag, or extend that bucket.',
    ],
    UnknownBucket: ({ id }) => [
      `There is no bucket ${id}: never bought, or ended and cleaned up`,
      '`genaro bucket list` shows the buckets of an account.',
    ],
    NotBucketOwner: ({ id }) => [
      `The bucket ${id} belongs to another account`,
      'Act for its owner, whose address the first 40 digits of the id are.',
    ],
    NothingToExtend: () => ['Neither size nor term is added', 'Add at least one of them.'],
    NoCredit: () => ['The account has no credit'],
    OnlyReplicas: ({ caller }) => [`Only the Replicas contract may call this, not ${caller}`],
    BucketEnded: ({ id }) => [`The term of the bucket ${id} is over`, 'Extend it first.'],
    TermBeyondBucket: ({ id, endTime, bucketEndTime }) => [
      `A replica in the bucket ${id} would end at ${formatTime(endTime!)}, the bucket at ${formatTime(bucketEndTime!)}`,
      'Ask for an offer that ends no later, or extend the bucket.',
    ],
    SpaceExceeded: ({ id, usedBytes, limitBytes }) => [
      `The bucket ${id} would hold ${formatSize(usedBytes!)} of replicas, and its space is for ${formatSize(limitBytes!)}`,
      'Extend the bucket, or release replicas that are not needed any more.',
    ],
    EscrowExceeded: ({ id, priceWei, escrowWei }) => [
      `The price of ${formatAmount(priceWei!)} is more than the ${formatAmount(escrowWei!)} left in escrow of the bucket ${id}`,
      'Choose cheaper farmers or a shorter term, or extend the bucket.',
    ],
    BadBuyerSignature: ({ buyer }) => [
      `The receipt is not signed by ${buyer} for this chain`,
      'Only the buyer’s own signature of exactly these bytes counts.',
    ],
    AlreadyRedeemed: ({ redeemedBytes }) => [
      `${formatSize(redeemedBytes!)} of this channel were redeemed already, all the receipt stands for`,
      'Redeem a later receipt.',
    ],
    NoTraffic: ({ buyer }) => [
      `${buyer} has no traffic left`,
      'The receipt stays good: redeem it once the buyer has bought more.',
    ],
    PaymentRefused: () => ['The account is a contract that refused its own coins'],
  },
  Nodes: {
    BadPeerId: ({ length }) => [`A peer id is 1 to 64 bytes, not ${length}`],
    ZeroCapacity: () => ['A node must offer at least one byte'],
    InsufficientStake: ({ requiredWei, stakeWei }) => [
      `One more node needs a stake of ${formatAmount(requiredWei!)}, it is ${formatAmount(stakeWei!)}`,
      'Stake the difference first with `genaro stake`.',
    ],
    RegisterLater: ({ fromSlot }) => [
      `The account retired a node in this epoch and registers another from slot ${fromSlot} on`,
      'Try again in the next epoch.',
    ],
    NodeExists: ({ node }) => [`The account has node ${node} with this peer id`],
    TooManyNodes: ({ limit }) => [`The account has as many nodes as it may have: ${limit}`],
    UnknownNode: ({ node }) => [`There is no node ${node}`],
    NotNodeOwner: ({ node, owner }) => [`Node ${node} belongs to ${owner}`],
    NodeRetired: ({ node }) => [`Node ${node} was retired or discharged`],
    CapacityExceeded: ({ node, usedBytes, capacityBytes }) => [
      `Node ${node} would hold ${formatSize(usedBytes!)} and offers ${formatSize(capacityBytes!)}`,
      'Choose another farmer, or have the node offer more.',
    ],
    NodeHoldsReplicas: ({ node, replicaCount }) => [
      `Node ${node} holds ${replicaCount} replicas`,
      'It can retire when all have ended and are released.',
    ],
    OnlyReplicas: ({ caller }) => [`Only the Replicas contract may call this, not ${caller}`],
    OnlyInspections: ({ caller }) => [`Only the Inspections contract may call this, not ${caller}`],
  },
  Replicas: {
    BatchOutOfRange: ({ count }) => [`One transaction takes 1 to 64 replicas, not ${count}`],
    SignatureCountMismatch: ({ offers, signatures }) => [
      `There are ${offers} offers and ${signatures} signatures`,
      'Every offer needs its farmer’s signature.',
    ],
    NotBucketManager: ({ bucketId, caller }) => [
      `${caller} is neither owner nor steward of the bucket ${bucketId}`,
      'Act for its owner, whose address the first 40 digits of the id are.',
    ],
    NotBucketOwner: ({ bucketId }) => [
      `The bucket ${bucketId} belongs to another account`,
      'Act for its owner, whose address the first 40 digits of the id are.',
    ],
    OfferExpired: ({ id, expiry }) => [
      `The offer ${id} expired at ${formatTime(expiry!)}`,
      'Ask the farmer for a new one.',
    ],
    SizeMismatch: ({ leafCount, sizeBytes }) => [
      `A replica of ${leafCount} leaves does not have ${sizeBytes} bytes`,
      'It has 1,024 bytes for each leaf, and at least one leaf.',
    ],
    TermOver: ({ endTime }) => [
      `The replica’s term ends at ${formatTime(endTime!)}, which is past`,
      'Ask for an offer with a later end.',
    ],
    BadFarmerSignature: ({ id, farmer }) => [
      `The offer ${id} is not signed by ${farmer}, who owns the node`,
      'Only the farmer’s own signature of exactly this offer counts.',
    ],
    StewardIsFarmer: ({ steward }) => [
      `${steward} cannot both be steward of the bucket and hold replicas in it`,
      'Choose another farmer, or another steward; one that ended counts until it is released.',
    ],
    ReplicaRuns: ({ id, endTime }) => [
      `The replica ${id} runs until ${formatTime(endTime!)}`,
      'Until then only the bucket’s owner or steward may release it, unless its node is discharged.',
    ],
    NotFarmer: ({ id, farmer }) => [`The replica ${id} is held by ${farmer}`],
    NothingEarned: () => ['Nothing was earned since it was collected last'],
    UnknownReplica: ({ id }) => [`There is no replica ${id}`],
    ReplicaGone: ({ id }) => [`The replica ${id} was released`],
    ReplicaExists: ({ id }) => [
      `The offer ${id} was registered before`,
      'Every replica needs an offer of its own.',
    ],
    OnlyHeft: ({ caller }) => [`Only the Heft contract may call this, not ${caller}`],
    OnlyAuditors: ({ caller }) => [
      `Only Inspections and SentinelGroups may end a replica like this, not ${caller}`,
    ],
  },
  Heft: HEFT_WORDS,
  Inspections: INSPECTIONS_WORDS,
  SentinelGroups: SENTINEL_GROUPS_WORDS,
}
