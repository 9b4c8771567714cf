import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sealManifest } from '../../crypto/manifestCipher.ts'
import { parsePeerId } from '../../p2p/addresses.ts'
import {
  encodeFileManifest,
  type FileManifest,
  type ManifestFarmer,
  type ManifestReplica,
} from '../../protocol/fileManifest.ts'
import { MAX_REPLICAS_PER_SHARD } from '../../protocol/fileManifestRules.ts'
import {
  encodeManifestShard,
  isManifestShard,
  MANIFEST_NONCE,
  MANIFEST_SEGMENT,
} from '../../protocol/manifestShard.ts'
import { decodeShardIndex } from '../../protocol/replicaContract.ts'
import { ClientError } from '../errors.ts'
import { bytesOf } from '../fileSecrets.ts'
import { keepManifest, type StoredFile } from '../findFile.ts'
import { segmentShards } from '../upload/encodeSegment.ts'
import type { PreparedReplica } from '../upload/uploadJournal.ts'
import { release } from './releaseGone.ts'
import type { Repair } from './repair.ts'
import { storeWhatFits } from './storeWhatFits.ts'
import { nonceOf, replicasOfSegment } from './target.ts'

/**
 * Writes the manifest anew, with the replicas there are now, and stores it in place of its old copies. They get new
 * shard numbers: a farmer must not hold two manifests that were sealed alike. Until the old ones are released readers
 * may take either. Returns how many copies there are. Throws `ClientError` `NOT_ENOUGH_FARMERS`, `NO_SPACE`.
 */
export async function publishManifest(
  repair: Repair,
  { manifest, secrets }: StoredFile,
): Promise<number> {
  const { context, target, directory } = repair
  const fresh = await renewedManifest(repair, manifest)
  const sealed = await sealManifest(secrets.bucketKey, encodeFileManifest(fresh))
  const shard = encodeManifestShard(sealed)
  const files = segmentShards(join(directory, 'manifest'))
  await mkdir(join(directory, 'manifest'), { recursive: true, mode: 0o700 })
  await writeFile(files.shardFile(0), shard, { mode: 0o600 })
  const copies: PreparedReplica[] = []
  const used = usedNumbers(repair)
  for (;;) {
    const missing = target.layout.parityShards + 1 - copies.length
    const tasks = freeNumbers(used, missing).map((number) => ({
      segment: MANIFEST_SEGMENT,
      shard: number,
      shardBytes: shard.length,
      shardFile: files.shardFile(0),
      replicaFile: files.replicaFile(number),
      nonce: () => MANIFEST_NONCE,
    }))
    for (const task of tasks) used.add(task.shard)
    const stored = await storeWhatFits(repair, MANIFEST_SEGMENT, tasks, copies)
    await repair.registrar.add(stored)
    const refused = await repair.registrar.flush()
    for (const { offer } of refused) repair.choice.failed.add(offer.node)
    copies.push(...stored.filter(({ id }) => repair.state.registered.has(id)))
    if (refused.length === 0) break
  }
  if (copies.length === 0) throw nobodyForManifest(target.fileId)
  await keepManifest(context, target.fileId, sealed)
  await release(
    repair,
    target.all.filter(({ shardIndex }) => isManifestShard(shardIndex)),
  )
  return copies.length
}

/** Shard numbers of manifests that farmers may have seen. */
export function usedNumbers({ target, state }: Repair): Set<number> {
  const indexes = [
    ...target.all.map(({ shardIndex }) => shardIndex),
    ...state.prepared.keys(),
    ...state.made.map(({ offer }) => offer.shardIndex),
  ]
  return new Set(indexes.filter(isManifestShard).map((index) => decodeShardIndex(index).shard))
}

/** Behind the highest, and from the beginning when there are none left. */
export function freeNumbers(used: ReadonlySet<number>, count: number): number[] {
  const highest = Math.max(-1, ...used)
  const free: number[] = []
  for (let step = 1; step <= 256 && free.length < count; step++) {
    const number = (highest + step) % 256
    if (!used.has(number)) free.push(number)
  }
  return free
}

async function renewedManifest(repair: Repair, manifest: FileManifest): Promise<FileManifest> {
  const { context, target } = repair
  const standing = [...repair.held, ...repair.gone.map(({ replica }) => replica)].filter(
    ({ id, shardIndex }) => !isManifestShard(shardIndex) && !repair.released.has(id),
  )
  const nodes = [...new Set(standing.map(({ node }) => node))]
  const farmers = await Promise.all(
    nodes.map(async (node): Promise<ManifestFarmer> => {
      const { account, peerId } = await context.farmers.farmerOf(node)
      return {
        address: bytesOf(account),
        nodeIndex: Number(node),
        peerId: parsePeerId(peerId).toMultihash().bytes,
        addresses: [],
      }
    }),
  )
  const segments = Array.from({ length: target.layout.segmentCount }, (_, segment) => {
    const shards = replicasOfSegment(standing, segment)
    return Array.from({ length: target.layout.segment(segment).shardCount }, (_, shard) =>
      (shards.get(shard) ?? [])
        .flatMap((replica): ManifestReplica[] => {
          const sealNonce = nonceOf(target, replica)
          if (sealNonce === undefined) return []
          return [
            {
              farmer: nodes.indexOf(replica.node),
              root: bytesOf(replica.root),
              leafCount: Number(replica.leafCount),
              sealNonce,
              endsAtSeconds: Number(replica.endTime),
            },
          ]
        })
        .slice(0, MAX_REPLICAS_PER_SHARD),
    )
  })
  return { ...manifest, farmers, segments }
}

const nobodyForManifest = (fileId: string): ClientError =>
  new ClientError('NOT_ENOUGH_FARMERS', {
    message: `No farmer took the renewed manifest of file ${fileId}`,
    hint: 'Run the repair again when more farmers are reachable; what it rebuilt is registered.',
    facts: { fileId },
  })
