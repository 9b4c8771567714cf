import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { accountCommand } from './commands/account.ts'
import { auditCommand } from './commands/audit.ts'
import { bucketCommand } from './commands/bucket.ts'
import { devnetCommand } from './commands/devnet.ts'
import { downloadCommand } from './commands/download.ts'
import { farmerCommand } from './commands/farmer.ts'
import { lsCommand } from './commands/ls.ts'
import { repairCommand } from './commands/repair.ts'
import { rmCommand } from './commands/rm.ts'
import { stakeCommand } from './commands/stake.ts'
import { statusCommand } from './commands/status.ts'
import { stewardCommand } from './commands/steward.ts'
import { streamCommand } from './commands/stream.ts'
import { trafficCommand } from './commands/traffic.ts'
import { unstakeCommand } from './commands/unstake.ts'
import { uploadCommand } from './commands/upload.ts'
import { withdrawCommand } from './commands/withdraw.ts'

/** The version of the package this file belongs to, in the source tree and in `dist`. */
export function packageVersion(): string {
  const depth = import.meta.filename.endsWith('.ts') ? '../../' : '../../../'
  const text = readFileSync(new URL(`${depth}package.json`, import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

const EXAMPLES = `
Examples:
  genaro devnet                                        a network on this machine
  genaro bucket buy --size 3GB --term 90d --backups 6  buy space
  genaro upload photos                                 store a folder; prints its id
  genaro download 0x… photos-again                     get it back
  genaro status --json                                 what a node says, for scripts

Exit codes: 0 done, 1 failed, 2 command line not understood.`

/**
 * The whole command line. A command loads what it works with when it runs, so that help and usage errors
 * come at once.
 */
export function createProgram({ json = false } = {}): Command {
  const program = new Command('genaro')
    .description('An Ethereum-compatible chain joined to an encrypted storage network')
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .addHelpText('after', EXAMPLES)
  for (const command of [
    devnetCommand(),
    farmerCommand(),
    statusCommand(),
    accountCommand(),
    stakeCommand(),
    unstakeCommand(),
    withdrawCommand(),
    bucketCommand(),
    trafficCommand(),
    uploadCommand(),
    downloadCommand(),
    lsCommand(),
    rmCommand(),
    auditCommand(),
    repairCommand(),
    stewardCommand(),
    streamCommand(),
  ]) {
    program.addCommand(command)
  }
  everyCommand(program, (command) => {
    command.exitOverride().showHelpAfterError('See --help.')
    // With --json the one who runs the program says it, as an object.
    if (json) command.configureOutput({ writeErr: () => {} })
  })
  return program
}

function everyCommand(command: Command, visit: (command: Command) => void): void {
  visit(command)
  for (const child of command.commands) everyCommand(child, visit)
}
