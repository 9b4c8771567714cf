import { createFileCipher } from '../../crypto/fileCipher.ts'
import { sealManifest } from '../../crypto/manifestCipher.ts'
import { parsePeerId } from '../../p2p/addresses.ts'
import type { FileLayout } from '../../protocol/fileLayout.ts'
import {
  encodeFileManifest,
  type ManifestFarmer,
  type ManifestReplica,
} from '../../protocol/fileManifest.ts'
import { encodeManifestShard } from '../../protocol/manifestShard.ts'
import { encodeShardIndex } from '../../protocol/replicaContract.ts'
import { bytesOf } from '../fileSecrets.ts'
import type { UploadState } from './uploadState.ts'

/** What a file is called, and by which type it is shown. */
export interface FileFacts {
  name: Uint8Array
  mimeType: string
  modifiedMs: number
}

/**
 * The manifest of an upload as a shard, sealed. The journal keeps it, so that a later run sends the same bytes to
 * whom has some of them already.
 */
export async function sealedManifest(
  state: UploadState,
  layout: FileLayout,
  facts: FileFacts,
): Promise<{ sealed: Uint8Array; shard: Uint8Array }> {
  state.sealedManifest ??= await seal(state, layout, facts)
  return { sealed: state.sealedManifest, shard: encodeManifestShard(state.sealedManifest) }
}

async function seal(
  state: UploadState,
  layout: FileLayout,
  { name, mimeType, modifiedMs }: FileFacts,
): Promise<Uint8Array> {
  const { fileKey, salt } = state
  const farmers = listFarmers(state)
  const manifest = encodeFileManifest({
    fileId: bytesOf(state.fileId),
    bucketId: bytesOf(state.bucketId),
    name,
    mimeType,
    modifiedMs,
    shape: state.shape,
    cipherHeader: (await createFileCipher({ fileKey, salt })).header,
    wrappedFileKey: state.wrappedFileKey,
    farmers: farmers.map(({ farmer }) => farmer),
    segments: Array.from({ length: layout.segmentCount }, (_, segment) =>
      Array.from({ length: layout.segment(segment).shardCount }, (_, shard) =>
        replicasOf(state, farmers, encodeShardIndex(segment, shard)),
      ),
    ),
  })
  const sealed = await sealManifest(state.secrets.bucketKey, manifest)
  await state.journal.append({ kind: 'manifest', sealed: Buffer.from(sealed).toString('base64') })
  return sealed
}

interface ListedFarmer {
  node: bigint
  farmer: ManifestFarmer
}

function listFarmers({ prepared }: UploadState): ListedFarmer[] {
  const byNode = new Map<bigint, ListedFarmer>()
  for (const { farmer: account, peerId, offer } of prepared.values()) {
    byNode.set(offer.node, {
      node: offer.node,
      farmer: {
        address: bytesOf(account),
        nodeIndex: Number(offer.node),
        peerId: parsePeerId(peerId).toMultihash().bytes,
        addresses: [],
      },
    })
  }
  return [...byNode.values()]
}

function replicasOf(
  { prepared }: UploadState,
  farmers: readonly ListedFarmer[],
  shardIndex: bigint,
): ManifestReplica[] {
  const replica = prepared.get(shardIndex)
  if (replica === undefined) return []
  const { offer, nonce } = replica
  return [
    {
      farmer: farmers.findIndex(({ node }) => node === offer.node),
      root: bytesOf(offer.root),
      leafCount: Number(offer.leafCount),
      sealNonce: bytesOf(nonce),
      endsAtSeconds: Number(offer.endTime),
    },
  ]
}
