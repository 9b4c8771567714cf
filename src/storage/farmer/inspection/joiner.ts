import { hexToBytes } from '@ethereumjs/util'
import { ApiError } from '../../../api/errors.ts'
import type { TreeChange } from '../../../api/inspectionContracts.ts'
import { MAX_REPLICA_BATCH } from '../../../protocol/replicaContract.ts'
import type { TreeEntry } from '../../../spor/sumNode.ts'
import { errorMessage } from '../../../util/errors.ts'
import type { Logger } from '../../../util/logger.ts'
import type { FarmerChain } from '../chain.ts'
import type { ReplicaRecord } from '../replicaRecord.ts'
import type { DueChanges } from './dueChanges.ts'
import type { InspectionChain } from './inspectionChain.ts'
import { createPatience, type Patience } from './patience.ts'
import { planDrops, planJoins } from './treeChanges.ts'
import type { TreeKeeper } from './treeKeeper.ts'

/** Keeps the node's tree on chain as its replicas are: joins what was registered, drops what was released. */
export interface Joiner {
  /** Does what is due, in as many transactions as it takes. Those that fail are logged and tried again later. */
  step(): Promise<void>
}

export interface JoinerOptions {
  chain: Pick<InspectionChain, 'join' | 'drop'>
  refresh: FarmerChain['refresh']
  keeper: Pick<TreeKeeper, 'tree' | 'sync'>
  due: DueChanges
  logger: Logger
}

export function createJoiner({ chain, refresh, keeper, due, logger }: JoinerOptions): Joiner {
  const joining = createPatience({ limit: MAX_REPLICA_BATCH })
  const dropping = createPatience({ limit: MAX_REPLICA_BATCH })

  const drop = async (): Promise<boolean> => {
    if (!dropping.isReady()) return false
    const { changes } = planDrops(keeper.tree, await due.drops(dropping.limit))
    return await isSent('dropped', changes, dropping, chain.drop)
  }

  const join = async (): Promise<boolean> => {
    if (!joining.isReady()) return false
    const records = due.joins(joining.limit)
    const { changes } = planJoins(keeper.tree, records.map(entryOf))
    const hasJoined = await isSent('joined', changes, joining, chain.join)
    if (!hasJoined) due.postpone(records)
    return hasJoined
  }

  const isSent = async (
    what: 'joined' | 'dropped',
    changes: readonly TreeChange[],
    { succeeded, failed }: Patience,
    send: (changes: readonly TreeChange[]) => Promise<void>,
  ): Promise<boolean> => {
    if (changes.length === 0) return false
    try {
      await send(changes)
      succeeded()
      logger.info(`replicas ${what}`, { count: changes.length })
      return true
    } catch (error) {
      failed(error instanceof ApiError && error.code === 'CALL_REVERTED')
      logger.warn(`replicas not ${what}`, { count: changes.length, reason: errorMessage(error) })
      return false
    }
  }

  let seen: { hash: string; isFrozen: boolean } | undefined

  /** Without a new block the tree is what it was. */
  const isFrozen = async (): Promise<boolean> => {
    const head = await refresh()
    if (head.hash !== seen?.hash) {
      const { frozenBy } = await keeper.sync(head)
      seen = { hash: head.hash, isFrozen: frozenBy !== undefined }
    }
    return seen.isFrozen
  }

  return {
    async step() {
      while (!(await isFrozen())) {
        const before = keeper.tree
        if (!(await drop()) && !(await join())) return
        if ((await isFrozen()) || keeper.tree !== before) continue
        // The node we ask is behind, or lies: again later, not for ever at once.
        joining.failed(false)
        dropping.failed(false)
        return
      }
    },
  }
}

const entryOf = ({ id, offer }: ReplicaRecord): TreeEntry => ({
  replicaId: hexToBytes(id as `0x${string}`),
  root: hexToBytes(offer.root as `0x${string}`),
  leafCount: Number(offer.leafCount),
})
