import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileDecipher } from '../../crypto/fileCipher.ts'
import { isManifestShard } from '../../protocol/manifestShard.ts'
import { DAY_SECONDS, GB } from '../../protocol/params.ts'
import { createReplicaLayout } from '../../protocol/replicaLayout.ts'
import { replicaPriceWei } from '../../protocol/storageParams.ts'
import { findDamage } from '../../storage/repair/findDamage.ts'
import type { ClientContext } from '../context.ts'
import { throwIfAborted } from '../errors.ts'
import { bytesOf } from '../fileSecrets.ts'
import { createProgressCounter } from '../progress.ts'
import type { UploadBucket } from '../upload/checkBucket.ts'
import { createRegistrar } from '../upload/registrar.ts'
import { farmersForTerm } from '../upload/storeSegment.ts'
import { checkReplicas } from './checkReplicas.ts'
import type { Repair, RepairProgress } from './repair.ts'
import { openRepairState } from './repairState.ts'
import { hasPlace, type RepairTarget } from './target.ts'

export interface OpenRepairOptions {
  place: UploadBucket
  decipher?: FileDecipher | undefined
  onProgress?: ((progress: RepairProgress) => void) | undefined
  random?: (() => number) | undefined
  signal: AbortSignal
}

/** Finds what is gone of a file, runs `use` with what a repair needs, and leaves nothing behind but its journal. */
export async function withRepair<Result>(
  context: ClientContext,
  target: RepairTarget,
  { place, decipher, onProgress, random, signal }: OpenRepairOptions,
  use: (repair: Repair) => Promise<Result>,
): Promise<Result> {
  const state = await openRepairState(context, target)
  const directory = repairDirectory(context, target)
  const removeShards = (): Promise<void> => rm(directory, { recursive: true, force: true })
  try {
    // Those of a run that was killed.
    await removeShards()
    for (const { offer, nonce } of state.made) {
      const [segment, shard] = [Number(offer.shardIndex / 256n), Number(offer.shardIndex % 256n)]
      const vouched = { root: bytesOf(offer.root), sealNonce: bytesOf(nonce) }
      target.vouched[segment]?.[shard]?.push(vouched)
    }
    const counted = target.all.filter(
      (replica) => isManifestShard(replica.shardIndex) || hasPlace(target, replica),
    )
    const progress = createProgressCounter<RepairProgress>(
      {
        replicaCount: counted.length,
        checkedCount: 0,
        missingCount: 0,
        receivedBytes: 0,
        sentBytes: 0,
        rebuiltCount: 0,
      },
      onProgress,
    )
    const { held, gone } = await checkReplicas(context, counted, {
      signal,
      onChecked(isHeld) {
        progress.add('checkedCount', 1)
        if (!isHeld) progress.add('missingCount', 1)
      },
    })
    const repair: Repair = {
      context,
      target,
      state,
      place,
      registrar: createRegistrar(context, state, () => {}),
      progress,
      directory,
      decipher,
      held,
      gone,
      released: new Set(),
      choice: { farmers: [], failed: new Set(gone.map(({ replica }) => replica.node)), random },
      isTight: false,
      signal,
    }
    const result = await use(repair)
    // While the journal's lock still keeps others away.
    await removeShards()
    await state.journal.discard()
    return result
  } catch (error) {
    await removeShards()
    throwIfAborted(signal)
    throw error
  } finally {
    await state.journal.close()
  }
}

/** Where a file's shards wait while it is repaired: nobody else's while its journal is open, and found after a crash. */
const repairDirectory = (
  { directory }: ClientContext,
  { bucketId, fileId }: Pick<RepairTarget, 'bucketId' | 'fileId'>,
): string => join(directory, 'segments', `repair-${bucketId}-${fileId}`)

/** Room for a manifest's copies, before it is known how large they are. */
const MANIFEST_ROOM_BYTES = 300_000

/** Asks who would take new replicas, and whether the bucket has room for them beside the old ones. */
export async function chooseFarmers(repair: Repair): Promise<void> {
  const { context, target, place, gone, signal } = repair
  const neededBytes = bytesToStore(repair)
  const seconds = place.bucket.endTime - place.nowSeconds
  const unearnedWei = gone.reduce(
    (sum, { replica }) => sum + replica.priceWei - replica.earnedWei,
    0n,
  )
  const budgetWei = place.bucket.escrowWei + unearnedWei
  const farmers = farmersForTerm(await context.farmers.offering({ signal }), {
    seconds,
    budgetWeiPerGBDay: (budgetWei * GB * DAY_SECONDS) / (neededBytes * seconds),
    count: 1,
  })
  const { random } = repair.choice
  repair.choice = { farmers, failed: repair.choice.failed, random }
  let dearest = 0n
  for (const { priceWeiPerGBDay } of farmers) {
    if (priceWeiPerGBDay > dearest) dearest = priceWeiPerGBDay
  }
  const costWei = replicaPriceWei(dearest, { sizeBytes: neededBytes, seconds })
  repair.isTight = neededBytes > place.freeBytes || costWei > place.bucket.escrowWei
  context.logger.info('a repair begins', { fileId: target.fileId, neededBytes, gone: gone.length })
}

function bytesToStore({ target, held }: Repair): bigint {
  const { layout } = target
  const shards = new Set(held.map(({ shardIndex }) => shardIndex))
  let bytes = MANIFEST_ROOM_BYTES * (layout.parityShards + 1)
  const damaged = findDamage(layout, (segment, shard) =>
    shards.has(BigInt(segment) * 256n + BigInt(shard)),
  )
  for (const { segment, lost } of damaged) {
    for (const shard of lost) {
      bytes += createReplicaLayout(layout.segment(segment).shardBytes(shard)).replicaBytes
    }
  }
  return BigInt(bytes)
}
