import type { RevertWords } from './revertWords.ts'
import { formatAmount } from './units/amount.ts'

const ONLY_SYSTEM: RevertWords[string] = ({ caller }) => [
  `Only the protocol itself does this at the end of a block, not ${caller}`,
]

const NO_CREDIT: RevertWords[string] = () => ['The account has no credit']

const WRONG_BOND: RevertWords[string] = ({ neededWei, sentWei }) => [
  `The bond is ${formatAmount(neededWei!)}, but ${formatAmount(sentWei!)} was sent`,
  'Send exactly the bond; `Params.challengeBondWei` tells it.',
]

const TOO_MANY_IN_BLOCK: RevertWords[string] = ({ limit }) => [
  `This block has as many new challenges as it may have: ${limit}`,
  'Try again in the next block.',
]

const WAIT_OR_ANOTHER = 'Wait until one is answered, or challenge a replica of another node.'

/** The custom errors of Inspections in words. */
export const INSPECTIONS_WORDS: RevertWords = {
  NotNodeOwner: ({ node, owner }) => [`Node ${node} belongs to ${owner}`],
  NodeClosed: ({ node }) => [`Node ${node} was retired or discharged`],
  BatchOutOfRange: ({ count }) => [`One transaction takes 1 to 64 changes, not ${count}`],
  TreeFrozen: ({ node, challengeId }) => [
    `The tree of node ${node} stands still while challenge ${challengeId} asks about it`,
    'Try again once it is answered.',
  ],
  ReplicaMismatch: ({ replicaId }) => [
    `The replica ${replicaId} is on another node, or has another root or size`,
  ],
  AlreadyJoined: ({ replicaId }) => [`The replica ${replicaId} is in its tree already`],
  NotDroppable: ({ replicaId }) => [
    `The replica ${replicaId} is not in the tree of this node, or was not released`,
  ],
  WrongPath: ({ replicaId, place }) => [
    `The path of place ${place} does not lead to the tree’s root, for the replica ${replicaId}`,
    'Build the tree anew from the events ReplicaJoined and ReplicaDropped.',
  ],
  UnknownChallenge: ({ challengeId }) => [
    `There is no challenge ${challengeId}: never opened, answered, or settled`,
  ],
  NotOpenYet: ({ challengeId }) => [
    `The challenge ${challengeId} has no seed yet`,
    'It opens two blocks after its snapshot.',
  ],
  TooLate: ({ challengeId, deadlineSlot }) => [
    `The challenge ${challengeId} could be answered until slot ${deadlineSlot}`,
  ],
  StaleAnchor: ({ anchorNumber }) => [
    `Block ${anchorNumber} with this hash is none of the last four of this chain`,
    'Sign the answer anew with a recent block.',
  ],
  BadProof: ({ challengeId, position }) => [
    `The proof does not answer challenge ${challengeId}; it fails at leaf ${position}`,
  ],
  WrongBond: WRONG_BOND,
  AlreadyChallenged: ({ replicaId, challengeId }) => [
    `The replica ${replicaId} has challenge ${challengeId} pending`,
    'Wait until that is answered or settled.',
  ],
  ReplicaTooSmall: ({ replicaId, leafCount }) => [
    `The replica ${replicaId} has ${leafCount} leaves, too few to be challenged by itself`,
  ],
  TooManyOfNode: ({ node, limit }) => [
    `Node ${node} has ${limit} challenges of replicas pending, as many as it may have`,
    WAIT_OR_ANOTHER,
  ],
  TooManyInBlock: TOO_MANY_IN_BLOCK,
  NoCredit: NO_CREDIT,
  WithdrawalRefused: () => ['The account is a contract that refused its own coins'],
  OnlySystem: ONLY_SYSTEM,
  OnlyContract: ({ allowed, caller }) => [
    `Only the contract ${allowed} may call this, not ${caller}`,
  ],
}

/** The custom errors of SentinelGroups in words. */
export const SENTINEL_GROUPS_WORDS: RevertWords = {
  NotBucketOwner: ({ bucketId }) => [
    `The bucket ${bucketId} belongs to another account`,
    'Act for its owner, whose address the first 40 digits of the id are.',
  ],
  GroupCountOutOfRange: ({ groupCount }) => [
    `A commitment is to 1 to 1,048,576 groups, not ${groupCount}`,
  ],
  AlreadyCommitted: ({ replicaId }) => [
    `Groups of the replica ${replicaId} were committed to before`,
  ],
  NoCommitment: ({ replicaId }) => [
    `No groups of the replica ${replicaId} are committed to, or the commitment was false`,
  ],
  GroupBurned: ({ replicaId, group }) => [
    `Group ${group} of the replica ${replicaId} was asked for before, or does not exist`,
    'Ask for another group.',
  ],
  NotChallenged: ({ replicaId }) => [`No group of the replica ${replicaId} waits for an answer`],
  BadPositions: ({ replicaId }) => [
    `The positions are not 1 to 16 ascending leaves of the replica ${replicaId}`,
  ],
  PathTooLong: ({ length }) => [`A path has at most 20 hashes, not ${length}`],
  WrongBond: WRONG_BOND,
  NothingToChallenge: ({ replicaId }) => [
    `The term of the replica ${replicaId} is over, or its node was discharged`,
  ],
  AlreadyChallenged: ({ replicaId }) => [
    `Another group of the replica ${replicaId} waits for its answer`,
    'Wait until that is answered or settled.',
  ],
  RevealMismatch: ({ replicaId }) => [
    `This is not what the challenge of the replica ${replicaId} revealed`,
    'Repeat group, salt, positions and path of the event GroupChallenged.',
  ],
  DigestMismatch: ({ replicaId }) => [
    `The digest does not lead to what was committed to for the replica ${replicaId}`,
    'If the leaves are the right ones, answer with them: the owner is then at fault.',
  ],
  BadProof: ({ replicaId }) => [
    `The leaves and hashes do not lead to the root of the replica ${replicaId}`,
  ],
  TooLate: ({ replicaId, deadlineSlot }) => [
    `The group of the replica ${replicaId} could be answered until slot ${deadlineSlot}`,
  ],
  TooEarly: ({ replicaId, deadlineSlot }) => [
    `The farmer may answer for the replica ${replicaId} until slot ${deadlineSlot}`,
  ],
  NoCredit: NO_CREDIT,
  PaymentRefused: () => ['The account is a contract that refused its own coins'],
}

/** The custom errors of Heft in words. */
export const HEFT_WORDS: RevertWords = {
  NoReward: () => [
    'There is no storage reward to collect',
    'It grows with heft, as far as the account’s replicas have earned and were collected.',
  ],
  OnlySystem: ONLY_SYSTEM,
  OnlyNodes: ({ caller }) => [`Only the Nodes contract may call this, not ${caller}`],
  OnlyReplicas: ({ caller }) => [`Only the Replicas contract may call this, not ${caller}`],
  PaymentRefused: () => ['The account is a contract that refused its own coins'],
  ValueTooLarge: () => ['The amount is larger than can be kept'],
}
