import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { FarmerOptions } from '../src/storage/farmer/createFarmer.ts'

/** A process of its own that runs several farmers: many of them at the cost of few processes. */
export interface FarmerGroup {
  /** Starts one more farmer in the process. */
  start(options: GroupFarmerOptions): Promise<GroupFarmer>
  /** Stops its farmers and ends the process. */
  stop(): Promise<void>
}

/** What can be said to another process of a farmer. */
export type GroupFarmerOptions = Pick<
  FarmerOptions,
  'accountKey' | 'bootstrap' | 'capacityBytes' | 'dataDirectory' | 'nodeKey' | 'watchEveryMs'
> & { rpcURL: string }

export interface GroupFarmer {
  node: bigint
  account: string
  peerId: string
  addresses(): readonly string[]
  stop(): Promise<void>
}

/** What the parent asks of the process, and is answered. */
export type GroupOrder = { id: number } & (
  | { kind: 'start'; options: GroupFarmerOptions }
  | { kind: 'stop'; node: bigint }
)

export interface GroupAnswer {
  id: number
  farmer?: Pick<GroupFarmer, 'node' | 'account' | 'peerId'> & { addresses: string[] }
  error?: string
}

/** `Omit` of each member of a union. */
type WithoutId<Order> = Order extends unknown ? Omit<Order, 'id'> : never

export function startFarmerGroup(): FarmerGroup {
  const child = fork(join(import.meta.dirname, 'farmerGroup.ts'), { serialization: 'advanced' })
  const ask = createAsking(child)
  return {
    async start(options) {
      const { farmer } = await ask({ kind: 'start', options })
      const { node, addresses, ...rest } = farmer!
      const stop = async (): Promise<void> => {
        await ask({ kind: 'stop', node })
      }
      return { ...rest, node, addresses: () => addresses, stop }
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.disconnect()
      await exited
    },
  }
}

function createAsking(child: ChildProcess) {
  const waiting = new Map<number, PromiseWithResolvers<GroupAnswer>>()
  let count = 0
  child.on('message', (answer: GroupAnswer) => {
    const asked = waiting.get(answer.id)
    waiting.delete(answer.id)
    if (answer.error === undefined) asked?.resolve(answer)
    else asked?.reject(new Error(answer.error))
  })
  child.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('The farmers’ process ended'))
    waiting.clear()
  })
  return (order: WithoutId<GroupOrder>): Promise<GroupAnswer> => {
    const id = ++count
    const asked = Promise.withResolvers<GroupAnswer>()
    waiting.set(id, asked)
    child.send({ ...order, id })
    return asked.promise
  }
}
