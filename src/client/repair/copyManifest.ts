import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Replica } from '../../api/actions/getReplica.ts'
import { isManifestShard, MANIFEST_NONCE, MANIFEST_SEGMENT } from '../../protocol/manifestShard.ts'
import { decodeShardIndex } from '../../protocol/replicaContract.ts'
import { throwIfAborted } from '../errors.ts'
import { replicaIdentity } from '../fileSecrets.ts'
import { manifestLayout } from '../manifestLayout.ts'
import { createReplicaReader } from '../replicaReader.ts'
import { segmentShards } from '../upload/encodeSegment.ts'
import { freeNumbers, usedNumbers } from './publishManifest.ts'
import { release } from './releaseGone.ts'
import type { Repair } from './repair.ts'
import { storeWhatFits } from './storeWhatFits.ts'

/**
 * Stores the manifest as it is in place of copies that are gone: who has not the bucket's key can neither read nor
 * change it. Returns how many copies there are.
 */
export async function copyManifest(repair: Repair): Promise<number> {
  const { target, directory, registrar, state } = repair
  const copies = repair.held.filter(({ shardIndex }) => isManifestShard(shardIndex))
  const missing = target.layout.parityShards + 1 - copies.length
  if (missing <= 0 || copies.length === 0) return copies.length
  const shard = await readAny(repair, copies)
  if (shard === undefined) return copies.length
  const files = segmentShards(join(directory, 'manifest'))
  await mkdir(join(directory, 'manifest'), { recursive: true, mode: 0o700 })
  await writeFile(files.shardFile(0), shard, { mode: 0o600 })
  const tasks = freeNumbers(usedNumbers(repair), missing).map((number) => ({
    segment: MANIFEST_SEGMENT,
    shard: number,
    shardBytes: shard.length,
    shardFile: files.shardFile(0),
    replicaFile: files.replicaFile(number),
    nonce: () => MANIFEST_NONCE,
  }))
  const taken = copies.map((offer) => ({ offer }))
  const stored = await storeWhatFits(repair, MANIFEST_SEGMENT, tasks, taken)
  await registrar.add(stored)
  await registrar.flush()
  const registered = stored.filter(({ id }) => state.registered.has(id)).length
  const gone = repair.gone.map(({ replica }) => replica)
  // As many as were replaced: the contracts of the others go on, since their farmers may return.
  const goneCopies = gone.filter(({ shardIndex }) => isManifestShard(shardIndex))
  await release(repair, goneCopies.slice(0, registered))
  return copies.length + registered
}

async function readAny(
  repair: Repair,
  copies: readonly Replica[],
): Promise<Uint8Array | undefined> {
  const { context, target, signal, progress } = repair
  for (const replica of copies) {
    throwIfAborted(signal)
    const farmer = await context.farmers.farmerOf(replica.node)
    const place = decodeShardIndex(replica.shardIndex)
    const layout = manifestLayout(Number(replica.leafCount))
    const reader = createReplicaReader({
      context,
      replica,
      farmer,
      keys: target.secrets.replicaKeys,
      identity: replicaIdentity(target.fileId, place, farmer.account, MANIFEST_NONCE),
      layout,
      onReceived: (bytes) => progress.add('receivedBytes', bytes),
    })
    try {
      return await reader.read(0, layout.shardBytes, signal)
    } catch {
      context.farmers.blame(replica.node)
    } finally {
      await reader.close()
    }
  }
  return undefined
}
