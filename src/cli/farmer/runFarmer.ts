import { connectProvider } from '../../api/provider.ts'
import { read } from '../../api/send.ts'
import { formatAmount, parseAmountWei } from '../../api/units/amount.ts'
import { formatSize, parseSizeBytes } from '../../api/units/size.ts'
import { createFarmer } from '../../storage/farmer/createFarmer.ts'
import type { FarmerStatus } from '../../storage/farmer/farmer.ts'
import { type StatusServer, startStatusServer } from '../../storage/farmer/statusServer.ts'
import { createCleanUp } from '../../util/cleanUp.ts'
import { createLogger } from '../../util/logger.ts'
import type { FarmerFlags } from '../commands/farmer.ts'
import { explainListenError } from '../devnet/listenError.ts'
import { untilSignal } from '../devnet/signals.ts'
import { formatFacts, printResult } from '../output.ts'
import { readAccountKey } from './accountKey.ts'
import { removeControlFile, writeControlFile } from './controlFile.ts'

/** Runs a farmer until a signal ends it. */
export async function runFarmer(flags: FarmerFlags): Promise<void> {
  const stop = untilSignal()
  const accountKey = readAccountKey()
  const capacityBytes = Number(parseSizeBytes(flags.capacity))
  const price = flags.price === undefined ? undefined : parseAmountWei(flags.price)
  const logger = createLogger(flags.logLevel)
  const cleanUp = createCleanUp()
  try {
    const provider = await connectProvider(flags.rpc)
    cleanUp.add(async () => provider.destroy())
    const farmer = await createFarmer({
      ...{ provider, accountKey, capacityBytes, logger },
      dataDirectory: flags.dataDir,
      bootstrap: flags.bootstrap ?? (await askPeers(() => provider.send('genaro_getPeers', []))),
      ...(price === undefined ? {} : { priceWeiPerGBDay: price }),
      ...(flags.listen && { listen: flags.listen }),
      ...(flags.announce && { announce: flags.announce }),
    })
    cleanUp.add(farmer.stop)
    const server = await serveStatus(flags, farmer.status)
    cleanUp.add(server.close)
    await writeControlFile(flags.dataDir, server.url)
    cleanUp.add(() => removeControlFile(flags.dataDir))
    const status = farmer.status()
    printResult(flags, { ...status, metricsURL: `${server.url}/metrics` }, () =>
      farmerText(status, server),
    )
    await stop
  } finally {
    await cleanUp.run()
  }
}

/** A node that knows of no storage names nobody. */
async function askPeers(ask: () => Promise<unknown>): Promise<string[]> {
  const peers = await read(ask).catch(() => [])
  return Array.isArray(peers) ? peers.filter((peer) => typeof peer === 'string').slice(0, 64) : []
}

const serveStatus = (
  { metricsHost: host, metricsPort: port }: FarmerFlags,
  status: () => FarmerStatus,
): Promise<StatusServer> =>
  startStatusServer({ status, host, port }).catch((error) => {
    throw explainListenError(error, host, port)
  })

const farmerText = (status: FarmerStatus, { url }: StatusServer): string =>
  [
    formatFacts([
      ['Account', status.account],
      ['Node', status.node],
      ['Peer', status.peerId],
      ['Listens at', status.addresses.join(', ') || 'nowhere yet'],
      ['Offers', formatSize(BigInt(status.capacityBytes))],
      ['Price', `${formatAmount(status.priceWeiPerGBDay)} per GB and day`],
      ['Metrics', `${url}/metrics`],
    ]),
    '',
    'Ready. Ctrl-C ends it.',
  ].join('\n')
