import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, openSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { startFarmerGroup } from '../../scripts/startFarmerGroup.ts'
import { createDevnetFarmers } from '../../src/protocol/devnetFarmers.ts'
import type { LargeOutcome, LargeTask } from './largeClient.ts'
import { patternBytes, type Scope, startTestNetwork, type TestNetwork } from './network.ts'

const SIZE_BYTES = 5 * 2 ** 30 + 12_345
/** Less than a tenth of the file: what a client holds does not grow with it. */
const MOST_MEMORY_BYTES = 512e6

const run = promisify(execFile)

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer)
  return hash.digest('hex')
}

/** Something here and there, also at either side of 4 GiB, and holes between. */
function writeSparse(path: string): void {
  const file = openSync(path, 'w')
  for (const at of [0, 2 ** 28 - 5, 2 ** 32 - 500, SIZE_BYTES - 1_000]) {
    if (at < SIZE_BYTES) writeSync(file, patternBytes(1_000), 0, 1_000, at)
  }
  truncateSync(path, SIZE_BYTES)
}

/** The devnet's farmers in one process, so that this one has nothing to do but the chain. */
async function startFarmers(scope: Scope, network: TestNetwork): Promise<string[]> {
  const group = startFarmerGroup()
  scope.after(() => group.stop())
  const addresses: string[] = []
  for (const { privateKey, nodeKey } of createDevnetFarmers()) {
    const farmer = await group.start({
      rpcURL: network.rpcURL,
      accountKey: privateKey,
      nodeKey,
      capacityBytes: 100e9,
      dataDirectory: network.directory(),
      bootstrap: addresses.slice(0, 1),
    })
    addresses.push(...farmer.addresses())
  }
  return addresses
}

test('a sparse file of 5 GB comes back, through a client of little memory', async (t) => {
  const cleanUps: (() => unknown)[] = []
  t.after(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp()
  })
  const scope = { after: (cleanUp: () => unknown) => cleanUps.push(cleanUp) }
  const network = await startTestNetwork(scope, { count: 0 })
  await network.buyBucket({ sizeBytes: 10n ** 10n })
  const bootstrap = await startFarmers(scope, network)
  const doTask = async (task: Partial<LargeTask>): Promise<LargeOutcome> => {
    const { rpcURL, signer } = network
    const workDirectory = network.directory()
    const whole: LargeTask = {
      ...{ rpcURL, privateKey: signer.privateKey, bootstrap, workDirectory },
      ...task,
    }
    const script = join(import.meta.dirname, 'largeClient.ts')
    const { stdout } = await run(process.execPath, [script, JSON.stringify(whole)])
    return JSON.parse(stdout)
  }
  const directory = network.directory()
  const [source, target] = [join(directory, 'source'), join(directory, 'target')]
  writeSparse(source)
  const uploaded = await doTask({ upload: source })
  const downloaded = await doTask({ id: uploaded.id, target })
  assert.equal(await hashOf(target), await hashOf(source))
  for (const { peakMemoryBytes } of [uploaded, downloaded]) {
    assert.ok(peakMemoryBytes < MOST_MEMORY_BYTES, `${peakMemoryBytes} bytes of memory`)
  }
})
