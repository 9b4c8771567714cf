import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { clusterKeys, startOne, stopCluster } from '../../scripts/startCluster.ts'
import { patternBytes } from '../client/network.ts'
import { startDevnetProcess, temporaryDirectory } from './devnetProcess.ts'
import { runGenaro } from './runGenaro.ts'

test('a third of the farmers is killed, and the file comes back to who knows one of the others', async (context) => {
  const directory = temporaryDirectory(context)
  const { url } = await startDevnetProcess(context)
  const keys = await clusterKeys({ rpcURL: url, count: 6 })
  const cluster = { rpcURL: url, directory, count: 6 }
  const first = await startOne(cluster, keys[0]!, 0)
  context.after(() => stopCluster([first], 'SIGKILL'))
  const args = ['--bootstrap', ...first.addresses]
  const others = await Promise.all(
    keys.slice(1).map((each, at) => startOne({ ...cluster, args }, each, at + 1)),
  )
  context.after(() => stopCluster(others, 'SIGKILL'))
  const farmers = [first, ...others]
  const environment = (who: string): Record<string, string> => ({
    GENARO_RPC: url,
    GENARO_SEED_FILE: join(directory, 'seed'),
    GENARO_WORK_DIR: join(directory, who),
  })
  const run = async (who: string, args: readonly string[]): Promise<Record<string, string>> => {
    const { code, stdout, stderr } = await runGenaro([...args, '--json'], environment(who))
    assert.equal(code, 0, `${args.join(' ')}: ${stderr}`)
    return JSON.parse(stdout) as Record<string, string>
  }
  const bytes = patternBytes(10_000_000, 8)
  writeFileSync(join(directory, 'source'), bytes)
  await run('owner', ['bucket', 'buy', '--size', '1GB', '--term', '365d'])
  const everyone = farmers.flatMap(({ addresses }) => addresses)
  const upload = ['upload', join(directory, 'source'), '--bootstrap', ...everyone]
  const { id } = await run('owner', upload)
  await stopCluster([farmers[0]!, farmers[3]!], 'SIGKILL')
  // Another machine of the owner's: it has the seed, and the address of one farmer that lives.
  const target = join(directory, 'target')
  await run('other', ['download', id!, target, '--bootstrap', farmers[5]!.addresses[0]!])
  assert.ok(Buffer.compare(readFileSync(target), bytes) === 0)
})
