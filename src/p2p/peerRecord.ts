import { RLP } from '@ethereumjs/rlp'
import { bigIntToBytes, bytesToBigInt, equalsBytes } from '@ethereumjs/util'
import { publicKeyFromProtobuf, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey, PublicKey } from '@libp2p/interface'
import { peerIdFromPrivateKey, peerIdFromPublicKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { publicKeyToAddress, recoverPublicKey, sign } from '../crypto/secp256k1.ts'
import { type SigningChain, signingHash } from '../protocol/domain.ts'
import { errorMessage } from '../util/errors.ts'
import { parseAddress, parsePeerId } from './addresses.ts'
import { P2PError } from './errors.ts'

/** Where an account's node can be found (YP 2.4's contact, bound to the account that stakes for it). */
export interface PeerRecord {
  peerId: string
  /** The account, 20 bytes. */
  account: Uint8Array
  /** Multiaddrs, at most 8. */
  addresses: readonly string[]
  /** Counts up with each new record of the account; the highest one is true. */
  sequence: bigint
  /** Seconds since the Unix epoch after which the record says nothing. */
  expiry: bigint
}

/** A record with the account's signature and the node's, so that neither can name the other unasked. */
export interface SignedPeerRecord extends PeerRecord {
  /** r ‖ s ‖ yParity of the account, 65 bytes. */
  accountSignature: Uint8Array
  /** The node key's signature over the same 32 bytes, in libp2p's form for the key's kind. */
  nodeSignature: Uint8Array
}

/** The longest encoded record, in bytes. */
export const MAX_PEER_RECORD_BYTES = 1_024

const MAX_ADDRESSES = 8
const MAX_ADDRESS_BYTES = 96
const MAX_NODE_KEY_BYTES = 40
const MAX_NODE_SIGNATURE_BYTES = 80
const ADDRESS_BYTES = 20
const SIGNATURE_BYTES = 65

export interface PeerRecordKeys {
  /** The account's private key, 32 bytes. */
  accountKey: Uint8Array
  nodeKey: PrivateKey
}

/** Signs a record with both keys. Throws `P2PError` `BAD_PEER_RECORD` when they are not the record's. */
export async function signPeerRecord(
  chain: SigningChain,
  record: PeerRecord,
  { accountKey, nodeKey }: PeerRecordKeys,
): Promise<SignedPeerRecord> {
  const hash = recordHash(chain, record)
  const signed = {
    ...record,
    accountSignature: sign(hash, accountKey),
    nodeSignature: await nodeKey.sign(hash),
  }
  if (peerIdFromPrivateKey(nodeKey).toString() !== record.peerId) {
    throw bad('the node key is not the key of its peer id')
  }
  expectAccount(hash, signed)
  return decodePeerRecord(encodePeerRecord(signed))
}

/**
 * Checks both signatures and the expiry. Throws `P2PError` `BAD_PEER_RECORD`. Whether the account stakes for a
 * node is a question to the chain.
 */
export async function verifyPeerRecord(
  chain: SigningChain,
  record: SignedPeerRecord,
  nowSeconds: bigint,
): Promise<void> {
  if (record.expiry <= nowSeconds) throw bad(`it expired at ${record.expiry}`)
  const hash = recordHash(chain, record)
  expectAccount(hash, record)
  const publicKey = nodeKeyOf(record)
  // Some kinds of key throw for a malformed signature where others answer no.
  const isSigned = await Promise.resolve(publicKey.verify(hash, record.nodeSignature)).catch(
    () => false,
  )
  if (!isSigned) throw bad('the node did not sign it')
}

export function encodePeerRecord(record: SignedPeerRecord): Uint8Array {
  const { accountSignature, nodeSignature } = record
  return RLP.encode([...fieldsOf(record), accountSignature, nodeSignature])
}

/** Throws `P2PError` `BAD_PEER_RECORD` for anything that is not exactly what `encodePeerRecord` makes. */
export function decodePeerRecord(bytes: Uint8Array): SignedPeerRecord {
  if (bytes.length > MAX_PEER_RECORD_BYTES) {
    throw bad(`it has ${bytes.length} bytes, more than ${MAX_PEER_RECORD_BYTES}`)
  }
  let record: SignedPeerRecord
  try {
    record = readFields(RLP.decode(bytes))
  } catch (error) {
    throw error instanceof P2PError ? error : bad(errorMessage(error), error)
  }
  if (!equalsBytes(encodePeerRecord(record), bytes)) throw bad('it is not in its one encoding')
  return record
}

function readFields(decoded: unknown): SignedPeerRecord {
  if (!Array.isArray(decoded) || decoded.length !== 7) throw bad('it is no list of 7 items')
  const [nodeKey, account, addresses, sequence, expiry, accountSignature, nodeSignature] = decoded
  if (!Array.isArray(addresses) || addresses.length > MAX_ADDRESSES) {
    throw bad(`it must list at most ${MAX_ADDRESSES} addresses`)
  }
  return {
    peerId: peerIdFromPublicKey(
      publicKeyFromProtobuf(bytesOf(nodeKey, 'node key', MAX_NODE_KEY_BYTES)),
    ).toString(),
    account: bytesOf(account, 'account', ADDRESS_BYTES, ADDRESS_BYTES),
    addresses: addresses.map((address) =>
      multiaddr(bytesOf(address, 'address', MAX_ADDRESS_BYTES)).toString(),
    ),
    sequence: bytesToBigInt(bytesOf(sequence, 'sequence', 8)),
    expiry: bytesToBigInt(bytesOf(expiry, 'expiry', 8)),
    accountSignature: bytesOf(accountSignature, 'signature', SIGNATURE_BYTES, SIGNATURE_BYTES),
    nodeSignature: bytesOf(nodeSignature, 'node signature', MAX_NODE_SIGNATURE_BYTES),
  }
}

function bytesOf(item: unknown, name: string, maxBytes: number, minBytes = 0): Uint8Array {
  if (item instanceof Uint8Array && item.length <= maxBytes && item.length >= minBytes) return item
  throw bad(`its ${name} must have ${minBytes} to ${maxBytes} bytes`)
}

function fieldsOf({ peerId, account, addresses, sequence, expiry }: PeerRecord) {
  return [
    publicKeyToProtobuf(nodeKeyOf({ peerId })),
    account,
    addresses.map((address) => parseAddress(address).bytes),
    numberToBytes(sequence),
    numberToBytes(expiry),
  ]
}

// RLP writes numbers without leading zeros, and zero as nothing.
const numberToBytes = (value: bigint): Uint8Array =>
  value === 0n ? new Uint8Array() : bigIntToBytes(value)

const recordHash = (chain: SigningChain, record: PeerRecord): Uint8Array =>
  signingHash('peer', chain, RLP.encode(fieldsOf(record)))

function nodeKeyOf({ peerId }: Pick<PeerRecord, 'peerId'>): PublicKey {
  const { publicKey } = parsePeerId(peerId)
  if (publicKey !== undefined) return publicKey
  throw bad('its peer id does not hold the key')
}

function expectAccount(hash: Uint8Array, { account, accountSignature }: SignedPeerRecord): void {
  let signer: Uint8Array
  try {
    signer = publicKeyToAddress(
      recoverPublicKey(hash, accountSignature.subarray(0, 64), accountSignature[64]!),
    )
  } catch (error) {
    throw bad(`the account's signature is malformed: ${errorMessage(error)}`, error)
  }
  if (!equalsBytes(signer, account)) throw bad('the account did not sign it')
}

function bad(reason: string, cause?: unknown): P2PError {
  return new P2PError('BAD_PEER_RECORD', {
    message: `The peer record is not valid: ${reason}`,
    hint: 'Ask the node for a fresh one; it signs a new record when its addresses change.',
    cause,
  })
}
