import type { Block } from '@ethereumjs/block'
import type { Chain } from '../../chain/chain.ts'
import { errorMessage } from '../../util/errors.ts'
import type { Logger } from '../../util/logger.ts'
import { readSystem, readSystemEvents } from '../systemState.ts'

/** Whether a chain ever came to hold a replica. */
export interface ReplicaWatch {
  /** True from the first registration on, also when that replica is released; undone with its block. */
  readonly hasReplicas: boolean
  close(): void
}

/** Watches a chain for its first replica and calls back when that, or its undoing, is known. */
export function createReplicaWatch(
  chain: Chain,
  onChange: () => void,
  logger: Logger,
): ReplicaWatch {
  let hasReplicas = false
  let isClosed = false

  const set = (found: boolean): void => {
    if (isClosed || found === hasReplicas) return
    hasReplicas = found
    onChange()
  }
  const registersIn = (block: Block): boolean =>
    readSystemEvents(chain, block, 'Replicas').some(({ name }) => name === 'ReplicaRegistered')
  const look = async (): Promise<void> => {
    try {
      for (;;) {
        const { head } = chain
        const count = await readSystem<bigint>(chain, 'Replicas', 'replicaCount')
        if (isClosed) return
        if (chain.head === head) return set(count > 0n)
      }
    } catch (error) {
      if (!isClosed) logger.error('could not count replicas', { error: errorMessage(error) })
    }
  }

  const stop = chain.onHead(({ removed, added }) => {
    if (removed.length > 0) void look()
    else if (!hasReplicas && added.some(registersIn)) set(true)
  })
  void look()
  return {
    get hasReplicas() {
      return hasReplicas
    },
    close() {
      isClosed = true
      stop()
    },
  }
}
