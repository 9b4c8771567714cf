import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { patternBytes, startTestNetwork, type TestNetwork } from './network.ts'

/** A network whose clients do not share what they know. */
const start = (context: TestContext): Promise<TestNetwork> =>
  startTestNetwork({ after: (cleanUp) => context.after(cleanUp) })

const MIB = 2 ** 20

describe('farmers that fail', () => {
  test('a third of them dies, and the file comes back', async (context) => {
    const network = await start(context)
    await network.buyBucket()
    const bytes = patternBytes(3 * MIB, 4)
    const { id } = await (await network.client()).upload({ bytes, name: 'survivor' })
    await network.farmers[1]!.stop()
    await network.farmers[4]!.stop()
    const reader = await network.client()
    const path = join(network.directory(), 'target')
    await reader.download(id, path)
    assert.ok(Buffer.compare(readFileSync(path), bytes) === 0)
  })

  test('with more than the parity gone it says that the file is damaged', async (context) => {
    const network = await start(context)
    await network.buyBucket()
    const { id } = await (await network.client()).upload({ bytes: patternBytes(MIB), name: 'gone' })
    const client = await network.client()
    const file = await client.openFile(id)
    for (const farmer of network.farmers.slice(0, 3)) await farmer.stop()
    await assert.rejects(file.read(0, MIB), { code: 'FILE_DAMAGED' })
    await file.close()
  })

  test('too few of them take no upload', async (context) => {
    const network = await startTestNetwork(
      { after: (cleanUp) => context.after(cleanUp) },
      { count: 5 },
    )
    await network.buyBucket()
    const client = await network.client()
    await assert.rejects(client.upload({ bytes: patternBytes(10), name: 'file' }), {
      code: 'NOT_ENOUGH_FARMERS',
    })
  })
})
