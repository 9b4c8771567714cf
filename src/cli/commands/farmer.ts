import { Command, Option } from 'commander'
import type { LogLevel } from '../../util/logger.ts'
import { jsonOption, type NodeFlags, parseNumber, withNodeOptions } from '../options.ts'

/** What `genaro farmer` was asked for. */
export interface FarmerFlags extends NodeFlags {
  capacity: string
  price?: string
  dataDir: string
  listen?: string[]
  announce?: string[]
  bootstrap?: string[]
  metricsHost: string
  metricsPort: number
  logLevel: LogLevel
}

/** What `genaro farmer status` was asked for. */
export interface FarmerStatusFlags {
  dataDir: string
  json?: boolean
}

const MAX_PORT = 65_535

/** `genaro farmer`: holds other people's replicas, and is paid for it. */
export const farmerCommand = (): Command =>
  new Command('farmer')
    .description('hold replicas for others and be paid for it')
    .addCommand(startCommand(), { isDefault: true })
    .addCommand(statusCommand())

const startCommand = (): Command =>
  withNodeOptions(new Command('start'))
    .description('run a farmer; the account in GENARO_KEY stakes for it and is paid')
    .addOption(dataDirOption())
    .option('--capacity <size>', 'space to offer', '100GB')
    .option('--price <amount>', 'GNX per GB and day (default: what genesis prices can pay)')
    .option(
      '--listen <multiaddr...>',
      'where other peers connect, such as /ip4/0.0.0.0/tcp/7700 (default: a free port of this machine alone)',
    )
    .option('--announce <multiaddr...>', 'addresses to tell others instead, behind a router')
    .option(
      '--bootstrap <multiaddr...>',
      'peers to join through (default: the farmers that the node names)',
    )
    .option('--metrics-host <address>', 'address for /metrics and /status', '127.0.0.1')
    .option(
      '--metrics-port <number>',
      'port for /metrics and /status; 0 takes a free one',
      parseNumber('--metrics-port', { min: 0, max: MAX_PORT }),
      0,
    )
    .addOption(
      new Option('--log-level <level>', 'what to log on stderr')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info'),
    )
    .action(async (flags: FarmerFlags) => {
      const { runFarmer } = await import('../farmer/runFarmer.ts')
      await runFarmer(flags)
    })

const statusCommand = (): Command =>
  new Command('status')
    .description('say how the farmer of a data directory is')
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action(async (flags: FarmerStatusFlags) => {
      const { showFarmerStatus } = await import('../farmer/showStatus.ts')
      await showFarmerStatus(flags)
    })

const dataDirOption = (): Option =>
  new Option('--data-dir <directory>', 'where the farmer keeps its keys and replicas')
    .env('GENARO_FARMER_DIR')
    .default('genaro-farmer')
