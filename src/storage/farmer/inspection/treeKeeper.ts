import { bytesToHex, equalsBytes, hexToBytes } from '@ethereumjs/util'
import type { NodeTree } from '../../../api/actions/getNodeTree.ts'
import { EMPTY_TREE, growTo, putEntry, type SumTree, takeEntry } from '../../../spor/sumTree.ts'
import { entriesOf } from '../../../spor/treeLookup.ts'
import { errorMessage } from '../../../util/errors.ts'
import type { KeyValueStore } from '../../../util/keyValueStore.ts'
import type { Logger } from '../../../util/logger.ts'
import { createMutex } from '../../../util/mutex.ts'
import { StorageError } from '../../errors.ts'
import type { ChainHead } from '../chain.ts'
import type { InspectionChain, TreeEvent } from './inspectionChain.ts'
import { createTreeRecords } from './treeRecords.ts'

/** Mirrors the Merkle-sum tree of our node, of which the chain holds the root alone. */
export interface TreeKeeper {
  /** The tree after the block it was last brought up to. */
  readonly tree: SumTree
  /** The place of a replica, by its id in lower-case hex; undefined when it is not joined. */
  placeOf(replicaId: string): number | undefined
  /** Ids of joined replicas with their places. */
  joined(): IterableIterator<[replicaId: string, place: number]>
  /**
   * Brings the tree to what it is after a block, and returns what the chain holds then. It never has another root than
   * the chain. Throws `ApiError`, and `StorageError` BAD_ANSWER when the chain's events do not lead to its root.
   */
  sync(head: ChainHead): Promise<NodeTree>
}

export interface TreeKeeperOptions {
  chain: Pick<InspectionChain, 'nodeTree' | 'treeEvents' | 'isCanonical'>
  metadata: KeyValueStore
  logger: Logger
}

/** Opens what was kept; nothing is asked before the first `sync`. */
export async function openTreeKeeper({
  chain,
  metadata,
  logger,
}: TreeKeeperOptions): Promise<TreeKeeper> {
  const records = createTreeRecords(metadata)
  const syncing = createMutex()
  let { tree, after } = await records.load()
  let saved = tree
  let places = placesOf(tree)

  const keep = async (found: SumTree, head: ChainHead): Promise<void> => {
    if (found !== saved) {
      await records.save(saved, { tree: found, after: head })
      saved = found
      places = placesOf(found)
    }
    tree = found
    after = head
  }

  /** The tree by the events since the last look; undefined where they do not continue what we have. */
  const follow = async (head: ChainHead, wanted: NodeTree): Promise<SumTree | undefined> => {
    if (after === undefined || after.number > head.number) return undefined
    if (!(await chain.isCanonical(after))) return undefined
    return applied(tree, await chain.treeEvents(after.number + 1, head.number), wanted)
  }

  const rebuild = async (head: ChainHead, wanted: NodeTree): Promise<SumTree> => {
    const rebuilt = applied(EMPTY_TREE, await chain.treeEvents(0, head.number), wanted)
    if (rebuilt === undefined) throw contradiction(head, wanted)
    logger.info('rebuilt the tree of the node', { replicas: rebuilt.entryCount })
    return rebuilt
  }

  const find = async (head: ChainHead, wanted: NodeTree): Promise<SumTree> =>
    wanted.totalLeaves === 0n
      ? growTo(EMPTY_TREE, wanted.height)
      : ((await follow(head, wanted)) ?? (await rebuild(head, wanted)))

  return {
    get tree() {
      return tree
    },
    placeOf: (replicaId) => places.get(replicaId),
    joined: () => places.entries(),
    sync: (head) =>
      syncing.run(async () => {
        const wanted = await chain.nodeTree(head.number)
        if (isTreeOf(tree, wanted)) after = head
        else await keep(await find(head, wanted), head)
        return wanted
      }),
  }

  /** The tree after events, when it is the wanted one. */
  function applied(
    from: SumTree,
    events: readonly TreeEvent[],
    wanted: NodeTree,
  ): SumTree | undefined {
    let after = from
    try {
      for (const event of events) after = apply(after, event)
    } catch (error) {
      logger.debug('events do not fit the tree', { reason: errorMessage(error) })
      return undefined
    }
    const grown = growTo(after, wanted.height)
    return isTreeOf(grown, wanted) ? grown : undefined
  }
}

const apply = (tree: SumTree, event: TreeEvent): SumTree =>
  event.kind === 'dropped'
    ? takeEntry(tree, event.place)
    : putEntry(tree, event.place, {
        replicaId: hexToBytes(event.replicaId as `0x${string}`),
        root: hexToBytes(event.root as `0x${string}`),
        leafCount: event.leafCount,
      })

const isTreeOf = (tree: SumTree, { root, height, totalLeaves }: NodeTree): boolean =>
  tree.height === height &&
  tree.totalLeaves === totalLeaves &&
  equalsBytes(tree.root, hexToBytes(root as `0x${string}`))

const placesOf = (tree: SumTree): Map<string, number> =>
  new Map([...entriesOf(tree)].map(({ place, entry }) => [bytesToHex(entry.replicaId), place]))

const contradiction = (head: ChainHead, { root }: NodeTree): StorageError =>
  new StorageError('BAD_ANSWER', {
    message: `The node's events up to block ${head.number} do not lead to its tree's root ${root}`,
    hint: 'Ask another JSON-RPC node, one that has all blocks; it may also be behind for a moment.',
    facts: { blockNumber: head.number, root },
  })
