import { Command, Option } from 'commander'
import type { LogLevel } from '../../util/logger.ts'
import { jsonOption, parseNumber } from '../options.ts'

/** What `genaro devnet` was asked for. */
export interface DevnetFlags {
  host: string
  port: number
  dataDir?: string
  slotTime?: number
  accounts: number
  farmers: number
  heartbeat: number
  period?: number
  chainId?: number
  clientVersion?: string
  logLevel: LogLevel
  json?: boolean
}

const MAX_PORT = 65_535
const MAX_ACCOUNTS = 1_000
/** As many as the devnet's genesis funds and registers. */
const MAX_FARMERS = 6
const MAX_SLOT_SECONDS = 86_400
const MAX_PERIOD_SLOTS = 10_000_000
/** The highest chain id MetaMask takes. */
const MAX_CHAIN_ID = 4_503_599_627_370_476

/** `genaro devnet`: a network on this machine. */
export const devnetCommand = (): Command =>
  new Command('devnet')
    .description('run a network on this machine')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option(
      '--port <number>',
      'port for HTTP and WebSocket; 0 takes a free one',
      parseNumber('--port', { min: 0, max: MAX_PORT }),
      8545,
    )
    .option(
      '--data-dir <directory>',
      'keep the chain and what farmers hold here (default: in memory)',
    )
    .option(
      '--slot-time <seconds>',
      'seal a block every so many seconds (default: one as transactions arrive)',
      parseNumber('--slot-time', { min: 0.1, max: MAX_SLOT_SECONDS, whole: false }),
    )
    .option(
      '--accounts <number>',
      'accounts with coins',
      parseNumber('--accounts', { min: 1, max: MAX_ACCOUNTS }),
      10,
    )
    .option(
      '--farmers <number>',
      'farmers that run beside the chain; 0 leaves the storage network out',
      parseNumber('--farmers', { min: 0, max: MAX_FARMERS }),
      MAX_FARMERS,
    )
    .option(
      '--heartbeat <seconds>',
      'with farmers and files: seal a block when none came for so long; 0 for never',
      parseNumber('--heartbeat', { min: 0, max: MAX_SLOT_SECONDS, whole: false }),
      1,
    )
    .option(
      '--period <slots>',
      'slots between two inspections of a farmer (default: 10)',
      parseNumber('--period', { min: 10, max: MAX_PERIOD_SLOTS }),
    )
    .option(
      '--chain-id <number>',
      'chain id (default: 31300)',
      parseNumber('--chain-id', { min: 1, max: MAX_CHAIN_ID }),
    )
    .option('--client-version <text>', 'what web3_clientVersion answers')
    .addOption(
      new Option('--log-level <level>', 'what to log on stderr')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('warn'),
    )
    .addOption(jsonOption())
    .action(async (flags: DevnetFlags) => {
      const { runDevnet } = await import('../devnet/runDevnet.ts')
      await runDevnet(flags)
    })
