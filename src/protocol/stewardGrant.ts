import { RLP } from '@ethereumjs/rlp'
import { SYSTEM_CONTRACTS } from './addresses.ts'
import type { FileShape } from './fileLayoutShape.ts'
import { refuseManifest } from './fileManifestErrors.ts'
import { bytesOf, fieldsOf, listOf, numberOf } from './fileManifestFields.ts'
import { decodeManifestRLP } from './fileManifestRLP.ts'
import { createSignedStruct } from './typedData.ts'

/** What a steward needs to repair a file, and no more (SPEC 7): no name, no key of what is in it. */
export interface StewardGrant {
  /** 32 bytes each. */
  bucketId: Uint8Array
  fileId: Uint8Array
  sealKey: Uint8Array
  permutationKey: Uint8Array
  sentinelKey: Uint8Array
  shape: FileShape
  /** The replicas that the owner vouches for, by segment and shard. */
  segments: GrantedReplica[][][]
}

export interface GrantedReplica {
  /** 32 bytes each. */
  root: Uint8Array
  sealNonce: Uint8Array
}

/** The bytes of a grant, RLP; they are only ever handed over sealed. */
export const encodeStewardGrant = (grant: StewardGrant): Uint8Array =>
  RLP.encode([
    VERSION,
    grant.bucketId,
    grant.fileId,
    grant.sealKey,
    grant.permutationKey,
    grant.sentinelKey,
    [
      grant.shape.plaintextBytes,
      grant.shape.dataShards,
      grant.shape.parityShards,
      grant.shape.segmentBytes,
    ],
    grant.segments.map((shards) =>
      shards.map((replicas) => replicas.map(({ root, sealNonce }) => [root, sealNonce])),
    ),
  ])

/** Throws FileManifestError BAD_MANIFEST for anything that is no grant. Its shape is checked by who makes a layout. */
export function decodeStewardGrant(bytes: Uint8Array): StewardGrant {
  const fields = fieldsOf('grant', decodeManifestRLP(bytes), 8)
  if (numberOf('version', fields[0]) !== VERSION) refuseManifest('its version is unknown')
  const shape = fieldsOf('shape', fields[6], 4).map((field) => numberOf('shape', field))
  const [plaintextBytes, dataShards, parityShards, segmentBytes] = shape as FourNumbers
  return {
    bucketId: wordOf('bucket id', fields[1]),
    fileId: wordOf('file id', fields[2]),
    sealKey: wordOf('seal key', fields[3]),
    permutationKey: wordOf('permutation key', fields[4]),
    sentinelKey: wordOf('sentinel key', fields[5]),
    shape: { plaintextBytes, dataShards, parityShards, segmentBytes },
    segments: listOf('segments', fields[7]).map((shards) =>
      listOf('shards', shards).map((replicas) => listOf('replicas', replicas).map(decodeReplica)),
    ),
  }
}

type FourNumbers = [number, number, number, number]

const VERSION = 1

function decodeReplica(item: unknown): GrantedReplica {
  const [root, sealNonce] = fieldsOf('replica', item, 2)
  return { root: wordOf('root', root), sealNonce: wordOf('seal nonce', sealNonce) }
}

function wordOf(name: string, item: unknown): Uint8Array {
  const bytes = bytesOf(name, item)
  return bytes.length === 32 ? bytes : refuseManifest(`${name} has ${bytes.length} bytes, not 32`)
}

/** A steward's account says which public key grants are sealed for. */
export const stewardKeyData = createSignedStruct<{ steward: string; publicKey: string }>({
  name: 'Genaro Stewards',
  contract: SYSTEM_CONTRACTS.Replicas,
  primaryType: 'StewardKey',
  fields: [
    { name: 'steward', type: 'address' },
    { name: 'publicKey', type: 'bytes32' },
  ],
})

/** The bucket's owner says that a sealed grant is its own. */
export const stewardGrantData = createSignedStruct<{
  bucketId: string
  steward: string
  grantHash: string
}>({
  name: 'Genaro Stewards',
  contract: SYSTEM_CONTRACTS.Replicas,
  primaryType: 'StewardGrant',
  fields: [
    { name: 'bucketId', type: 'bytes32' },
    { name: 'steward', type: 'address' },
    { name: 'grantHash', type: 'bytes32' },
  ],
})
