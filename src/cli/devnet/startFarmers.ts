import { join } from 'node:path'
import { connectProvider } from '../../api/provider.ts'
import { createDevnetFarmers, DEVNET_FARMER_TERMS } from '../../protocol/devnetFarmers.ts'
import { createFarmer } from '../../storage/farmer/createFarmer.ts'
import type { Farmer } from '../../storage/farmer/farmer.ts'
import { createReplicaHasher } from '../../storage/farmer/replicaHasher.ts'
import { createCleanUp } from '../../util/cleanUp.ts'
import type { Logger } from '../../util/logger.ts'

export interface DevnetFarmersOptions {
  /** Where the devnet's chain answers. */
  rpcURL: string
  count: number
  /** The devnet's own directory; replicas are gone with the process without one. */
  dataDirectory?: string | undefined
  logger: Logger
}

/** The farmers that run in a devnet's process. */
export interface DevnetFarmers {
  readonly farmers: readonly Farmer[]
  stop(): Promise<void>
}

/** Two threads hash for all of them: they share the machine. */
const HASH_THREADS = 2

/** Starts the devnet's farmers beside its chain; the first one is whom the others join through. */
export async function startDevnetFarmers({
  rpcURL,
  count,
  dataDirectory,
  logger,
}: DevnetFarmersOptions): Promise<DevnetFarmers> {
  const cleanUp = createCleanUp()
  if (count === 0) return { farmers: [], stop: cleanUp.run }
  try {
    const provider = await connectProvider(rpcURL)
    cleanUp.add(async () => provider.destroy())
    const hasher = createReplicaHasher(HASH_THREADS)
    cleanUp.add(hasher.close)
    const start = async (index: number, bootstrap: readonly string[]): Promise<Farmer> => {
      const { privateKey, nodeKey } = createDevnetFarmers()[index]!
      const farmer = await createFarmer({
        ...{ provider, hasher, nodeKey, bootstrap, logger },
        accountKey: privateKey,
        capacityBytes: Number(DEVNET_FARMER_TERMS.capacityBytes),
        ...(dataDirectory && { dataDirectory: join(dataDirectory, 'farmers', String(index)) }),
      })
      cleanUp.add(farmer.stop)
      return farmer
    }
    const first = await start(0, [])
    const others = Array.from({ length: count - 1 }, (_, at) => start(at + 1, first.addresses()))
    // All settle before one's failure is told, or it would leave the others running.
    const started = await Promise.allSettled(others)
    const failed = started.find((result) => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    const farmers = started.flatMap((result) =>
      result.status === 'fulfilled' ? [result.value] : [],
    )
    return { farmers: [first, ...farmers], stop: cleanUp.run }
  } catch (error) {
    await cleanUp.run()
    throw error
  }
}
