import { createDevnet } from '../../node/devnet.ts'
import { createRPCServer } from '../../node/rpc/server.ts'
import { createLogger } from '../../util/logger.ts'
import type { DevnetFlags } from '../commands/devnet.ts'
import { printResult } from '../output.ts'
import { describeDevnet, devnetText } from './banner.ts'
import { explainListenError } from './listenError.ts'
import { untilSignal } from './signals.ts'

/** Runs a devnet until a signal ends it. */
export async function runDevnet(flags: DevnetFlags): Promise<void> {
  const stop = untilSignal()
  const logger = createLogger(flags.logLevel)
  const node = await createDevnet({ ...nodeOptions(flags), logger })
  try {
    const { host, port } = flags
    const server = await createRPCServer({ node, host, port, logger }).catch((error) => {
      throw explainListenError(error, host, port)
    })
    const devnet = describeDevnet(flags, node, server.url)
    printResult(flags, devnet, () => devnetText(devnet))
    await stop
    await server.close()
  } finally {
    await node.close()
  }
}

const nodeOptions = ({ dataDir, slotTime, accounts, chainId, clientVersion }: DevnetFlags) => ({
  accounts,
  ...(dataDir === undefined ? {} : { dataDirectory: dataDir }),
  ...(slotTime === undefined ? {} : { slotSeconds: slotTime }),
  ...(chainId === undefined ? {} : { chainId: BigInt(chainId) }),
  ...(clientVersion === undefined ? {} : { clientVersion }),
})
