import { requireInterval } from '../../node/devnet/interval.ts'
import { createDevnet } from '../../node/devnet.ts'
import { createRPCServer } from '../../node/rpc/server.ts'
import { createLogger } from '../../util/logger.ts'
import type { DevnetFlags } from '../commands/devnet.ts'
import { printResult } from '../output.ts'
import { describeDevnet, devnetText } from './banner.ts'
import { makeDataDirectory } from './dataDirectory.ts'
import { explainListenError } from './listenError.ts'
import { untilSignal } from './signals.ts'
import type { DevnetFarmers } from './startFarmers.ts'

/** Runs a devnet until a signal ends it: the chain, its JSON-RPC server, and farmers beside them. */
export async function runDevnet(flags: DevnetFlags): Promise<void> {
  const logger = createLogger(flags.logLevel)
  requireInterval(flags.heartbeat)
  if (flags.dataDir !== undefined) makeDataDirectory(flags.dataDir)
  let running: DevnetFarmers | undefined
  const storagePeers = (): string[] =>
    (running?.farmers ?? []).flatMap((farmer) => farmer.addresses())
  const node = await createDevnet({ ...nodeOptions(flags), storagePeers, logger })
  // Until here a signal ends the process as it would any other: there is nothing to close yet.
  const stop = untilSignal()
  try {
    const { host, port } = flags
    const server = await createRPCServer({ node, host, port, logger }).catch((error) => {
      throw explainListenError(error, host, port)
    })
    try {
      running = await startFarmers(flags, server.port, logger)
      // Slots must not pass before there is somebody to answer in them.
      if (flags.farmers > 0) node.devnet?.setHeartbeatSeconds(flags.heartbeat)
      const devnet = describeDevnet(flags, node, server.url, running.farmers)
      printResult(flags, devnet, () => devnetText(devnet))
      await stop
      node.devnet?.setHeartbeatSeconds(0)
      await running.stop()
    } finally {
      await server.close()
    }
  } finally {
    await node.close()
  }
}

/** Loads the storage network only where it is wanted. */
async function startFarmers(
  { farmers: count, host, dataDir }: DevnetFlags,
  port: number,
  logger: ReturnType<typeof createLogger>,
): Promise<DevnetFarmers> {
  if (count === 0) return { farmers: [], stop: async () => {} }
  const { startDevnetFarmers } = await import('./startFarmers.ts')
  // Listening everywhere is not an address to connect to.
  const reached = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  const authority = reached.includes(':') ? `[${reached}]` : reached
  return await startDevnetFarmers({
    rpcURL: `http://${authority}:${port}`,
    count,
    dataDirectory: dataDir,
    logger,
  })
}

const nodeOptions = ({
  dataDir,
  slotTime,
  accounts,
  chainId,
  period,
  clientVersion,
}: DevnetFlags) => ({
  accounts,
  ...(dataDir === undefined ? {} : { dataDirectory: dataDir }),
  ...(slotTime === undefined ? {} : { slotSeconds: slotTime }),
  ...(chainId === undefined ? {} : { chainId: BigInt(chainId) }),
  ...(period === undefined ? {} : { periodSlots: BigInt(period) }),
  ...(clientVersion === undefined ? {} : { clientVersion }),
})
