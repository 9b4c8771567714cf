import { createHash } from 'node:crypto'
import { bytesToHex } from '@ethereumjs/util'
import type { NodeTree } from '../../../../src/api/actions/getNodeTree.ts'
import type { TreeEntry } from '../../../../src/spor/sumNode.ts'
import { EMPTY_TREE, putEntry, type SumTree, takeEntry } from '../../../../src/spor/sumTree.ts'
import type { ChainHead } from '../../../../src/storage/farmer/chain.ts'
import type { TreeEvent } from '../../../../src/storage/farmer/inspection/inspectionChain.ts'
import type { TreeKeeperOptions } from '../../../../src/storage/farmer/inspection/treeKeeper.ts'

/** A chain that consists of one node's tree and its events, each in a block of its own. */
export interface TreeLedger {
  readonly chain: TreeKeeperOptions['chain']
  readonly head: ChainHead
  readonly tree: SumTree
  /** Ranges of blocks that were asked for. */
  readonly asked: [from: number, to: number][]
  join(place: number, entry: TreeEntry): void
  drop(place: number): void
  /** Goes back to a block; what comes then has other hashes. */
  rewind(blockNumber: number): void
  /** The tree is gone, without an event for each replica. */
  discharge(): void
  /** From now on the events are not those of the tree. */
  lie(): void
}

export const entryOf = (number: number, leafCount = number + 1): TreeEntry => ({
  replicaId: digestOf(`replica ${number}`),
  root: digestOf(`root ${number}`),
  leafCount,
})

const digestOf = (text: string): Uint8Array =>
  new Uint8Array(createHash('sha256').update(text).digest())

export function createTreeLedger(): TreeLedger {
  let branch = 0
  let isLying = false
  const asked: [number, number][] = []
  const blockOf = (number: number, tree: SumTree, event?: TreeEvent) => ({
    ...{ tree, event },
    head: { number, hash: bytesToHex(digestOf(`block ${number} of branch ${branch}`)) },
  })
  let blocks = [blockOf(0, EMPTY_TREE)]
  const last = () => blocks.at(-1)!
  const add = (tree: SumTree, event?: TreeEvent): void => {
    blocks.push(blockOf(blocks.length, tree, event))
  }
  return {
    asked,
    get head() {
      return last().head
    },
    get tree() {
      return last().tree
    },
    join(place, entry) {
      const { leafCount } = entry
      const [replicaId, root] = [entry.replicaId, entry.root].map(bytesToHex)
      const event = { kind: 'joined' as const, leafCount, place }
      add(putEntry(last().tree, place, entry), { ...event, replicaId: replicaId!, root: root! })
    },
    drop(place) {
      add(takeEntry(last().tree, place), { kind: 'dropped', replicaId: '0x', place })
    },
    rewind(blockNumber) {
      blocks = blocks.slice(0, blockNumber + 1)
      branch++
    },
    discharge: () => add(EMPTY_TREE),
    lie() {
      isLying = true
    },
    chain: {
      nodeTree: async (blockNumber): Promise<NodeTree> => {
        const { root, totalLeaves, height } = blocks[blockNumber]!.tree
        return {
          ...{ root: bytesToHex(root), totalLeaves, height, paidLeaves: 0n, deadLeaves: 0n },
          ...{ strikes: 0, provenSeconds: 0n, lastSettledTime: 0n, frozenBy: undefined },
        }
      },
      async treeEvents(from, to) {
        asked.push([from, to])
        const events = blocks.slice(from, to + 1).flatMap(({ event }) => (event ? [event] : []))
        return isLying ? events.slice(1) : events
      },
      isCanonical: async ({ number, hash }) => blocks[number]?.head.hash === hash,
    },
  }
}
