import { RLP } from '@ethereumjs/rlp'
import { utf8ToBytes } from '@ethereumjs/util'
import { keccak_256 } from '@noble/hashes/sha3.js'
import type { FileShape } from './fileLayoutShape.ts'
import { FileManifestError } from './fileManifestErrors.ts'
import { bytesOf, fieldsOf, listOf, numberOf, textOf } from './fileManifestFields.ts'
import { decodeManifestRLP } from './fileManifestRLP.ts'
import { checkManifest } from './fileManifestRules.ts'

/**
 * All that is needed to get one version of a file back (SPEC 7). It is only ever stored encrypted under the
 * bucket's key (crypto/manifestCipher.ts).
 */
export interface FileManifest {
  /** 32 random bytes, new for every version: the keys of its replicas are made for it. */
  fileId: Uint8Array
  /** 32 bytes. */
  bucketId: Uint8Array
  /** The name as the file system gave it: any bytes, not always UTF-8. */
  name: Uint8Array
  mimeType: string
  /** Milliseconds since the Unix epoch. */
  modifiedMs: number
  /** Size, outer code and segments, which the whole layout follows from. */
  shape: FileShape
  /** 72 bytes, see crypto/fileHeader.ts. */
  cipherHeader: Uint8Array
  /** 60 bytes, see crypto/fileKey.ts. */
  wrappedFileKey: Uint8Array
  /** The farmers that replicas name by their place in this list. */
  farmers: ManifestFarmer[]
  /** For each segment, for each shard, its replicas. Shards of no bytes have none. */
  segments: ManifestReplica[][][]
}

/** A farmer as it was when the file was uploaded. */
export interface ManifestFarmer {
  /** Its account, 20 bytes. */
  address: Uint8Array
  /** Which of the account's nodes. */
  nodeIndex: number
  /** The peer id's bytes. */
  peerId: Uint8Array
  /** Multiaddresses where it was reached; the DHT knows newer ones. */
  addresses: string[]
}

/** A shard sealed for a farmer. */
export interface ManifestReplica {
  /** A place in the manifest's farmers. */
  farmer: number
  /** Its Merkle root, 32 bytes. */
  root: Uint8Array
  leafCount: number
  /** 32 bytes. */
  sealNonce: Uint8Array
  /** When its contract ends, in seconds since the Unix epoch. */
  endsAtSeconds: number
}

/** The bytes of a manifest, RLP. Throws FileManifestError BAD_MANIFEST for one that could not be decoded. */
export function encodeFileManifest(manifest: FileManifest): Uint8Array {
  checkManifest(manifest)
  const { shape, segments, farmers } = manifest
  const bytes = RLP.encode([
    VERSION,
    manifest.fileId,
    manifest.bucketId,
    manifest.name,
    utf8ToBytes(manifest.mimeType),
    manifest.modifiedMs,
    [shape.plaintextBytes, shape.dataShards, shape.parityShards, shape.segmentBytes],
    manifest.cipherHeader,
    manifest.wrappedFileKey,
    farmers.map(({ address, nodeIndex, peerId, addresses }) => [
      address,
      nodeIndex,
      peerId,
      addresses.map(utf8ToBytes),
    ]),
    segments.map((shards) =>
      shards.map((replicas) =>
        replicas.map(({ farmer, root, leafCount, sealNonce, endsAtSeconds }) => [
          farmer,
          root,
          leafCount,
          sealNonce,
          endsAtSeconds,
        ]),
      ),
    ),
  ])
  checkSize(bytes)
  return bytes
}

/**
 * Throws FileManifestError BAD_MANIFEST unless the bytes are exactly what `encodeFileManifest` makes of a
 * manifest whose parts fit each other.
 */
export function decodeFileManifest(bytes: Uint8Array): FileManifest {
  checkSize(bytes)
  const fields = fieldsOf('manifest', decodeManifestRLP(bytes), 11)
  const version = numberOf('version', fields[0])
  if (version !== VERSION) {
    throw new FileManifestError('BAD_MANIFEST', {
      message: `The manifest has version ${version}, known is ${VERSION}`,
      hint: 'Update Genaro to read it.',
    })
  }
  const shape = fieldsOf('shape', fields[6], 4).map((field) => numberOf('shape', field))
  const [plaintextBytes, dataShards, parityShards, segmentBytes] = shape as FourNumbers
  const manifest: FileManifest = {
    fileId: bytesOf('file id', fields[1]),
    bucketId: bytesOf('bucket id', fields[2]),
    name: bytesOf('name', fields[3]),
    mimeType: textOf('type', fields[4]),
    modifiedMs: numberOf('modification time', fields[5]),
    shape: { plaintextBytes, dataShards, parityShards, segmentBytes },
    cipherHeader: bytesOf('cipher header', fields[7]),
    wrappedFileKey: bytesOf('wrapped file key', fields[8]),
    farmers: listOf('farmers', fields[9]).map(decodeFarmer),
    segments: listOf('segments', fields[10]).map((shards) =>
      listOf('shards', shards).map((replicas) => listOf('replicas', replicas).map(decodeReplica)),
    ),
  }
  checkManifest(manifest)
  return manifest
}

/** The address of a stored manifest: keccak256 of its encrypted bytes. */
export const manifestHash = (sealedManifest: Uint8Array): Uint8Array => keccak_256(sealedManifest)

/** Larger manifests are neither made nor read: 16 MiB, enough for terabytes. */
export const MAX_MANIFEST_BYTES = 2 ** 24

const VERSION = 1

type FourNumbers = [number, number, number, number]

function decodeFarmer(item: unknown): ManifestFarmer {
  const [address, nodeIndex, peerId, addresses] = fieldsOf('farmer', item, 4)
  return {
    address: bytesOf('address', address),
    nodeIndex: numberOf('node index', nodeIndex),
    peerId: bytesOf('peer id', peerId),
    addresses: listOf('addresses', addresses).map((address) => textOf('address', address)),
  }
}

function decodeReplica(item: unknown): ManifestReplica {
  const [farmer, root, leafCount, sealNonce, endsAtSeconds] = fieldsOf('replica', item, 5)
  return {
    farmer: numberOf('farmer', farmer),
    root: bytesOf('root', root),
    leafCount: numberOf('leaf count', leafCount),
    sealNonce: bytesOf('seal nonce', sealNonce),
    endsAtSeconds: numberOf('end of the term', endsAtSeconds),
  }
}

function checkSize({ length }: Uint8Array): void {
  if (length <= MAX_MANIFEST_BYTES) return
  throw new FileManifestError('BAD_MANIFEST', {
    message: `A manifest has at most ${MAX_MANIFEST_BYTES} bytes, got ${length}`,
    hint: 'Split the file, or choose larger shards.',
  })
}
