import type { Replica } from '../../api/actions/getReplica.ts'
import { createFileLayout } from '../../protocol/fileLayout.ts'
import { isManifestShard, MANIFEST_NONCE } from '../../protocol/manifestShard.ts'
import { rebuiltNonce } from '../../protocol/rebuiltNonce.ts'
import { decodeShardIndex } from '../../protocol/replicaContract.ts'
import { createReplicaLayout, type ReplicaLayout } from '../../protocol/replicaLayout.ts'
import { createReplicaSecrets, type ReplicaSecrets } from '../../spor/replicaSecrets.ts'
import { replicaIdentity } from '../fileSecrets.ts'
import type { StoredFile } from '../findFile.ts'
import { manifestLayout } from '../manifestLayout.ts'
import { vouchedNonce } from '../segmentReader.ts'

/** What only the owner knows of a replica: with it, where its sentinels are and what they must be. */
export interface OwnReplica {
  layout: ReplicaLayout
  secrets: ReplicaSecrets
}

/**
 * The layout and secrets of a replica of a file, sealed for an account (20 bytes in hex); undefined where the chain has
 * a replica that cannot be one of this file: somebody registered it wrongly.
 */
export async function ownReplica(
  { fileId, manifest, secrets }: Pick<StoredFile, 'fileId' | 'manifest' | 'secrets'>,
  replica: Replica,
  farmer: string,
): Promise<OwnReplica | undefined> {
  const place = decodeShardIndex(replica.shardIndex)
  const identity = (nonce: Uint8Array) => replicaIdentity(fileId, place, farmer, nonce)
  const keys = secrets.replicaKeys
  if (isManifestShard(replica.shardIndex)) {
    const layout = manifestLayoutOf(replica)
    return layout && { layout, secrets: await createReplicaSecrets(keys, identity(MANIFEST_NONCE)) }
  }
  const layout = contentLayout(manifest, replica)
  if (layout === undefined) return undefined
  const segment = { index: place.segment }
  const nonce = vouchedNonce({ manifest, segment }, place.shard, replica)
  return {
    layout,
    secrets: await createReplicaSecrets(keys, identity(nonce ?? rebuiltNonce(replica.node))),
  }
}

function contentLayout(
  { shape }: StoredFile['manifest'],
  { shardIndex, leafCount }: Replica,
): ReplicaLayout | undefined {
  const { segment, shard } = decodeShardIndex(shardIndex)
  const file = createFileLayout(shape)
  if (segment >= file.segmentCount) return undefined
  const { shardCount, shardBytes } = file.segment(segment)
  const sizeBytes = shard < shardCount ? shardBytes(shard) : 0
  if (sizeBytes === 0) return undefined
  const layout = createReplicaLayout(sizeBytes)
  return BigInt(layout.leafCount) === leafCount ? layout : undefined
}

function manifestLayoutOf({ leafCount }: Replica): ReplicaLayout | undefined {
  try {
    return manifestLayout(Number(leafCount))
  } catch {
    return undefined
  }
}
