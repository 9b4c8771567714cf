import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createReadStream, openSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { patternBytes, startTestNetwork } from './network.ts'

const SIZE = 5 * 2 ** 30 + 12_345

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer)
  return hash.digest('hex')
}

test('a sparse file of 5 GB comes back', { timeout: 3_500_000 }, async (context) => {
  const directory = (await import('node:fs')).mkdtempSync('/tmp/genaro-large-')
  context.after(async () => (await import('node:fs')).rmSync(directory, { recursive: true }))
  const network = await startTestNetwork(
    { after: (cleanUp) => context.after(cleanUp) },
    { farmer: { capacityBytes: 100e9 } },
  )
  await network.buyBucket({ sizeBytes: 10n ** 10n })
  const source = join(directory, 'source')
  const file = openSync(source, 'w')
  for (const at of [0, 2 ** 28 - 5, 2 ** 32, SIZE - 1_000])
    writeSync(file, patternBytes(1_000), 0, 1_000, at)
  truncateSync(source, SIZE)
  const client = await network.client()
  const { id } = await client.upload(source)
  const target = join(directory, 'target')
  await client.download(id, target)
  assert.equal(await hashOf(target), await hashOf(source))
})
