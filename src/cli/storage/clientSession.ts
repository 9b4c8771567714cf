import type { Command } from 'commander'
import { Option } from 'commander'
import type { Client } from '../../client/createClient.ts'
import { keepHeapSmall } from '../../util/keepHeapSmall.ts'
import { type AccountFlags, withAccountOptions } from '../options.ts'

/** The flags of a command that stores or reads files. */
export interface ClientFlags extends AccountFlags {
  seedFile?: string
  bootstrap?: string[]
  workDir?: string
}

export const withClientOptions = (command: Command): Command =>
  withAccountOptions(command)
    .addOption(
      new Option(
        '--seed-file <file>',
        'master seed that encrypts your files (default: ~/.genaro/seed, made at first use)',
      ).env('GENARO_SEED_FILE'),
    )
    .option('--bootstrap <address...>', 'multiaddrs of farmers, beside those the node names')
    .addOption(
      new Option(
        '--work-dir <directory>',
        'where uploads and downloads keep what they have done so far (default: ~/.genaro/client)',
      ).env('GENARO_WORK_DIR'),
    )

/** Runs `use` with a client; the first signal gives up what is under way, so that nothing is left half said. */
export async function withClient<Result>(
  flags: ClientFlags,
  use: (client: Client, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  keepHeapSmall()
  const [{ withSigner }, { createClient }, seeds] = await Promise.all([
    import('../session.ts'),
    import('../../client/createClient.ts'),
    import('../../client/masterSeed.ts'),
  ])
  return await withSigner(flags, async (signer) => {
    const file = flags.seedFile ?? seeds.defaultSeedFile()
    const { seed, isNew } = await seeds.loadMasterSeed(file)
    if (isNew) process.stderr.write(newSeedText(file))
    const { JsonRpcApiProvider } = await import('ethers')
    const { provider } = signer
    if (!(provider instanceof JsonRpcApiProvider)) throw new Error('the signer has no JSON-RPC')
    const client = await createClient({
      provider,
      signer,
      masterSeed: seed,
      ...(flags.bootstrap && { bootstrap: flags.bootstrap }),
      ...(flags.workDir && { workDirectory: flags.workDir }),
    })
    const stop = new AbortController()
    const onSignal = (): void => stop.abort(new Error('a signal ended it'))
    process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
    try {
      return await use(client, stop.signal)
    } finally {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
      await client.close()
    }
  })
}

const newSeedText = (file: string): string =>
  `A new master seed was made: ${file}\n` +
  'Keep a copy of it at a safe place. Without it nobody, you included, can read your files.\n'
