import type { ContractRunner } from 'ethers'
import { type ReplicaView, replicasContract } from '../contracts.ts'
import { read } from '../send.ts'

/** A shard sealed for one farmer node, under contract. */
export interface Replica {
  /** The struct hash of the offer that was registered. */
  id: string
  bucketId: string
  fileId: string
  /** 256 × segment + shard. */
  shardIndex: bigint
  /** The index of the node that holds it. */
  node: bigint
  /** Merkle root over its leaves of 1,024 bytes. */
  root: string
  leafCount: bigint
  sizeBytes: bigint
  /** For the whole term. */
  priceWei: bigint
  /** What the farmer has earned so far by passed inspections, and how much of it was paid. */
  earnedWei: bigint
  collectedWei: bigint
  /** Unix seconds. */
  startTime: bigint
  endTime: bigint
  /** Whether it stands in its farmer's tree, without which it is not inspected and earns nothing. */
  joined: boolean
  /** Whether it is paid well enough to count for its farmer's heft. */
  countsForHeft: boolean
}

/** A replica that was not released, by its id. Throws `ApiError`. */
export async function getReplica(runner: ContractRunner, { id }: { id: string }): Promise<Replica> {
  return replicaFromView(id, await read(() => replicasContract(runner).replicaOf(id)))
}

export const replicaFromView = (id: string, view: ReplicaView): Replica => ({
  id,
  bucketId: view.bucketId,
  fileId: view.fileId,
  shardIndex: view.shardIndex,
  node: view.node,
  root: view.root,
  leafCount: view.leafCount,
  sizeBytes: view.sizeBytes,
  priceWei: view.priceWei,
  earnedWei: view.earnedWei,
  collectedWei: view.collectedWei,
  startTime: view.startTime,
  endTime: view.endTime,
  joined: view.joined,
  countsForHeft: view.countsForHeft,
})
