import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { type ClientFlags, withClient, withClientOptions } from '../storage/clientSession.ts'
import { createProgressBar, shownName } from '../storage/progressBar.ts'
import { printRepair, showRepair } from './repair.ts'

interface RunFlags extends ClientFlags {
  grant: string
}

/** `genaro steward run --grant FILE`: checks and repairs a file that is in this account's care, once. */
export const stewardRunCommand = (): Command =>
  withClientOptions(new Command('run'))
    .description("check and repair somebody else's file, as the steward of its bucket")
    .requiredOption('--grant <file>', 'what its owner made with `genaro steward grant`')
    .action(runSteward)

async function runSteward(flags: RunFlags): Promise<void> {
  const grant = await readFile(flags.grant, 'utf8')
  const bar = createProgressBar(shownName(flags.grant))
  const result = await withClient(flags, (client, signal) =>
    client
      .repairAsSteward(grant, { signal, onProgress: (progress) => showRepair(bar, progress) })
      .finally(bar.clear),
  )
  printRepair(flags, result)
}
