import { Command } from 'commander'
import { printResult } from '../output.ts'
import { type ClientFlags, withClient, withClientOptions } from '../storage/clientSession.ts'

/** `genaro steward key`: prints what owners seal grants for. */
export const stewardKeyCommand = (): Command =>
  withClientOptions(new Command('key'))
    .description('print the key that owners seal grants for this account with')
    .action(runKey)

async function runKey(flags: ClientFlags): Promise<void> {
  const key = await withClient(flags, (client) => client.stewardKey())
  printResult(flags, { key }, () => key)
}
