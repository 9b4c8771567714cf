import { Command } from 'commander'
import { parseNumber } from '../options.ts'
import { formatFacts, printResult } from '../output.ts'
import { type ClientFlags, withClient, withClientOptions } from '../storage/clientSession.ts'
import { shownName } from '../storage/progressBar.ts'

interface StreamFlags extends ClientFlags {
  bucket?: string
  host: string
  port: number
}

const MAX_PORT = 65_535

/** `genaro stream ID`: serves a file over HTTP while it is fetched. */
export const streamCommand = (): Command =>
  withClientOptions(new Command('stream'))
    .description('serve a file over HTTP on this machine, to play it while it is fetched')
    .argument('<id>', 'what the upload printed')
    .option('--bucket <id>', "the file's bucket, when it is another account's")
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option(
      '--port <number>',
      'port to listen on; 0 takes a free one',
      parseNumber('--port', { min: 0, max: MAX_PORT }),
      0,
    )
    .action(runStream)

async function runStream(id: string, flags: StreamFlags): Promise<void> {
  const [{ createGateway }, { randomBytes }, { explainListenError }] = await Promise.all([
    import('../../client/gateway.ts'),
    import('node:crypto'),
    import('../devnet/listenError.ts'),
  ])
  await withClient(flags, async (client, signal) => {
    const file = await client.openFile(id, { bucketId: flags.bucket, signal })
    const { host, port } = flags
    // Whoever knows the address may read the file, so nobody should be able to guess it.
    const key = randomBytes(16).toString('hex')
    const gateway = await createGateway({ files: new Map([[key, file]]), host, port }).catch(
      (error) => {
        throw explainListenError(error, host, port)
      },
    )
    const { name, sizeBytes, contentType } = file
    const url = gateway.urlOf(key)
    printResult(flags, { id, url, name, sizeBytes, contentType }, () =>
      formatFacts([
        ['File', shownName(name)],
        ['Type', contentType],
        ['Open', url],
        ['End', 'Ctrl-C'],
      ]),
    )
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve())
    })
    await gateway.close()
    await file.close()
  })
}
