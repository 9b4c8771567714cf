import { type Address, bigIntToBytes, concatBytes, setLengthLeft } from '@ethereumjs/util'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { BEACON_RING_LENGTH } from './params.ts'

/**
 * Where the system contracts keep what the chain itself reads and writes. Keys are 32 bytes, as a state
 * manager takes them. The compiler's storage layout is part of the protocol; a test holds this file to it.
 */

/** The 32-byte big-endian word of a number. */
const word = (value: bigint): Uint8Array => setLengthLeft(bigIntToBytes(value), 32)

const addressWord = (address: Address): Uint8Array => setLengthLeft(address.bytes, 32)

/** Where Solidity keeps `mapping[key]` of a mapping at `slot`: keccak256(key ‖ slot). */
const mappingKey = (key: Uint8Array, slot: Uint8Array): Uint8Array =>
  keccak_256(concatBytes(key, slot))

const toNumber = (key: Uint8Array): bigint => BigInt(`0x${Buffer.from(key).toString('hex')}`)

/** The word `distance` words after another, within a struct or array. */
const wordAfter = (key: Uint8Array, distance: bigint): Uint8Array =>
  word(BigInt.asUintN(256, toNumber(key) + distance))

const SLOT_0 = word(0n)
const SLOT_1 = word(1n)
const SLOT_2 = word(2n)
const SLOT_3 = word(3n)
const SLOT_4 = word(4n)

/** Beacon: the slot of the block being executed, a number. */
export const beaconCurrentSlotKey: Uint8Array = SLOT_0

/** Beacon: the two words of a past slot's entry in the ring: the slot's number, and its block's mix. */
export function beaconRingKeys(slot: bigint): { slot: Uint8Array; mix: Uint8Array } {
  const first = 1n + 2n * (slot % BEACON_RING_LENGTH)
  return { slot: word(first), mix: word(first + 1n) }
}

/** Heft: an account's heft, a number. */
export const heftKey = (account: Address): Uint8Array => mappingKey(addressWord(account), SLOT_0)

/** Heft: the heft of all accounts together, a number. */
export const totalHeftKey: Uint8Array = SLOT_1

/**
 * Heft: how far the sync is, which `decodeHeftSyncWord` reads. `Heft.sync` is due in a block whose epoch is greater than
 * `epoch`, and while `cursor` is not 0. Where nobody has heft and nobody holds a replica it begins nothing.
 */
export const heftSyncKey: Uint8Array = SLOT_2

/**
 * Inspections: what was proven in all, and whether the step has anything to do, which `decodeInspectionsWord` reads.
 */
export const inspectionsKey: Uint8Array = SLOT_0

/**
 * Inspections: the words of a challenge, by its id: the first, which `decodeChallengeWord` reads, its seed (0 until it is
 * open), and the replica it asks for (0 for the whole tree).
 */
export function challengeKeys(id: bigint) {
  const first = mappingKey(word(id), SLOT_4)
  return { challenge: first, seed: wordAfter(first, 1n), replicaId: wordAfter(first, 3n) }
}

/** StorageMarket: the first word of a bucket, which `decodeBucketWord` reads. The id is 32 bytes. */
export const bucketKey = (id: Uint8Array): Uint8Array => mappingKey(id, SLOT_0)

/** Streams: the state of a stream, which `decodeStreamWord` reads. The id is 32 bytes. */
export const streamKey = (id: Uint8Array): Uint8Array => mappingKey(id, SLOT_0)

const VERSION_WORDS = 17

/**
 * Streams: the 17 words of a version: its status (not 0 where it is known), then account and amount of
 * each of eight pairs, in the order DATAVERSIONREAD gives them from the top of the stack down.
 */
export function streamVersionKeys(id: Uint8Array, version: bigint): Uint8Array[] {
  const first = mappingKey(word(version), mappingKey(id, SLOT_1))
  return Array.from({ length: VERSION_WORDS }, (_, index) => wordAfter(first, BigInt(index)))
}

/** Streams: 1 where the stream's owner lets an account ask for versions; the owner needs no entry. */
export const streamMayUpdateKey = (id: Uint8Array, account: Address): Uint8Array =>
  mappingKey(addressWord(account), mappingKey(id, SLOT_2))

/** Staking: stake, candidacy and key flags of an account, which `encodeStakerWord` makes. */
export const stakerKey = (account: Address): Uint8Array => mappingKey(addressWord(account), SLOT_0)

/** Staking: the address that receives an account's rewards; 0 for the account itself. */
export const payeeKey = (account: Address): Uint8Array => wordAfter(stakerKey(account), 1n)

/** Staking: the four words of an account's BLS key, the 128 bytes of a G1 point as in EIP-2537. */
export const blsPublicKeyKeys = (account: Address): Uint8Array[] =>
  [2n, 3n, 4n, 5n].map((distance) => wordAfter(stakerKey(account), distance))

/** Staking: the account a BLS key (128 bytes) belongs to for good. */
export const blsKeyOwnerKey = (blsPublicKey: Uint8Array): Uint8Array =>
  mappingKey(keccak_256(blsPublicKey), SLOT_2)

/** Staking: how many candidates there are, a number. */
export const candidateCountKey: Uint8Array = SLOT_3

/** Staking: a candidate's address, by its place counted from 0. */
export const candidateKey = (index: bigint): Uint8Array => wordAfter(keccak_256(SLOT_3), index)

/** Staking: the stake of all accounts together in wei, a number. */
export const totalStakeKey: Uint8Array = SLOT_4

/** Nodes: how many nodes were ever registered, a number. */
export const nodeCountKey: Uint8Array = SLOT_0

/** Words a node takes in the list of all nodes. */
const NODE_WORDS = 4n

/** Nodes: the words of a node, by its index; `peerId` is where `bytesEntries` begin. */
export function nodeKeys(node: bigint) {
  const first = wordAfter(keccak_256(SLOT_0), NODE_WORDS * node)
  return {
    node: first,
    endpointHash: wordAfter(first, 1n),
    peerId: wordAfter(first, 2n),
    use: wordAfter(first, 3n),
  }
}

/** Nodes: how many active nodes an account has, a number. */
export const activeNodeCountKey = (owner: Address): Uint8Array =>
  mappingKey(addressWord(owner), SLOT_1)

/** Nodes: an active node of an account, by its place counted from 0. */
export const activeNodeKey = (owner: Address, place: bigint): Uint8Array =>
  wordAfter(keccak_256(activeNodeCountKey(owner)), place)

/** Nodes: the index, plus one, of an account's active node with a peer id. */
export const nodeByPeerIdKey = (owner: Address, peerId: Uint8Array): Uint8Array =>
  mappingKey(keccak_256(peerId), mappingKey(addressWord(owner), SLOT_2))

/** Nodes: how many nodes are active, a number. */
export const allActiveNodeCountKey: Uint8Array = SLOT_3

/** Nodes: an active node's index, by its place among all counted from 0. */
export const allActiveNodeKey = (place: bigint): Uint8Array => wordAfter(keccak_256(SLOT_3), place)

const WORD_BYTES = 32

/**
 * The words that Solidity keeps `bytes` longer than 31 in: twice the length plus one at `key`, the bytes from
 * keccak256(key) on.
 */
export function bytesEntries(key: Uint8Array, bytes: Uint8Array): [Uint8Array, Uint8Array][] {
  const first = keccak_256(key)
  const parts = Array.from({ length: Math.ceil(bytes.length / WORD_BYTES) }, (_, index) => {
    const part = new Uint8Array(WORD_BYTES)
    part.set(bytes.subarray(WORD_BYTES * index, WORD_BYTES * (index + 1)))
    return [wordAfter(first, BigInt(index)), part] satisfies [Uint8Array, Uint8Array]
  })
  return [[key, word(BigInt(2 * bytes.length + 1))], ...parts]
}

/** Params: the words `encodeParamsWords` makes. */
export const paramsKeys = {
  market: SLOT_0,
  staking: SLOT_1,
  inspections: SLOT_2,
  heft: SLOT_3,
} as const
