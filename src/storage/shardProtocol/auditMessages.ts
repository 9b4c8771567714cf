import { concatBytes } from '@ethereumjs/util'
import { keccak256 } from '../../crypto/keccak.ts'
import { defineProtocol } from '../../p2p/requestResponse.ts'
import {
  badMessage,
  bytesOfHex,
  decodeFields,
  encodeFields,
  type RawField,
  readBytes,
  readHex,
  readUint,
} from './wire.ts'

/** How audits are named in libp2p. */
export const AUDIT_PROTOCOL = '/genaro/audit/1.0.0'

/** Most leaves that one question may be about. */
export const MAX_AUDIT_LEAVES = 64

export const AUDIT_NONCE_BYTES = 32

/** Bytes of a digest: too many to guess, and few to send. */
export const LEAF_DIGEST_BYTES = 16

/** A question of the private audit (SPEC 6; YP 4.3): what stands at some leaves of a replica? */
export interface AuditRequest {
  /** 32 bytes in hex. */
  replicaId: string
  /** 32 random bytes, new in each question, so that no digest of an earlier one answers it. */
  nonce: Uint8Array
  /** Strictly ascending, 1 to `MAX_AUDIT_LEAVES`. */
  leafIndices: readonly number[]
}

/** A digest for each leaf that was asked for, in their order; undefined for one that the farmer cannot read. */
export interface AuditAnswer {
  digests: readonly (Uint8Array | undefined)[]
}

/** Only who has the leaf can tell this: the first 16 bytes of keccak256(nonce ‖ leaf). */
export const leafDigest = (nonce: Uint8Array, leaf: Uint8Array): Uint8Array =>
  keccak256(concatBytes(nonce, leaf)).subarray(0, LEAF_DIGEST_BYTES)

/** Asks a farmer for digests of leaves. It costs no traffic, so farmers bound how much of it they answer. */
export const auditProtocol = defineProtocol<AuditRequest, AuditAnswer>({
  name: AUDIT_PROTOCOL,
  request: { encode: encodeAuditRequest, decode: decodeAuditRequest },
  response: { encode: encodeAuditAnswer, decode: decodeAuditAnswer },
  limits: { maxRequestBytes: 512, maxResponseBytes: 1_200, rate: { perSecond: 50, burst: 200 } },
})

export function encodeAuditRequest({ replicaId, nonce, leafIndices }: AuditRequest): Uint8Array {
  return encodeFields([bytesOfHex(replicaId, 'replica id', 32), nonce, leafIndices.map(BigInt)])
}

/** Throws `StorageError` `BAD_MESSAGE`. */
export function decodeAuditRequest(bytes: Uint8Array): AuditRequest {
  return decodeFields(
    'audit question',
    bytes,
    3,
    ([replicaId, nonce, leafIndices]) => ({
      replicaId: readHex(replicaId, 'replica id', 32),
      nonce: readBytes(nonce, 'nonce', AUDIT_NONCE_BYTES),
      leafIndices: readIndices(leafIndices),
    }),
    encodeAuditRequest,
  )
}

function readIndices(field: RawField | undefined): number[] {
  const indices = readList(field, 'leaves').map((index) => Number(readUint(index, 'leaf', 32)))
  if (indices.every((index, at) => at === 0 || index > indices[at - 1]!)) return indices
  throw badMessage('leaves', 'they must ascend')
}

function encodeAuditAnswer({ digests }: AuditAnswer): Uint8Array {
  return encodeFields([digests.map((digest) => digest ?? new Uint8Array())])
}

function decodeAuditAnswer(bytes: Uint8Array): AuditAnswer {
  return decodeFields(
    'audit answer',
    bytes,
    1,
    ([digests]) => ({ digests: readList(digests, 'digests').map(readDigest) }),
    encodeAuditAnswer,
  )
}

function readDigest(field: RawField): Uint8Array | undefined {
  if (field instanceof Uint8Array && field.length === 0) return undefined
  return readBytes(field, 'digest', LEAF_DIGEST_BYTES)
}

function readList(field: RawField | undefined, name: string): RawField[] {
  if (Array.isArray(field) && field.length > 0 && field.length <= MAX_AUDIT_LEAVES) return field
  throw badMessage(name, `there must be 1 to ${MAX_AUDIT_LEAVES}`)
}
