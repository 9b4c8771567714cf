// Starts farmers in processes of their own for tests, and a devnet unless --rpc names one; prints one line of JSON and
// stops everything at its end: `node scripts/cluster.ts [--farmers 6] [--rpc URL] [--data-dir DIRECTORY]`.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type ClusterFarmer, firstLine, startCluster, stopCluster } from './startCluster.ts'

const { values } = parseArgs({
  options: {
    farmers: { type: 'string', default: '6' },
    rpc: { type: 'string' },
    'data-dir': { type: 'string' },
    capacity: { type: 'string' },
  },
})

const directory = values['data-dir'] ?? mkdtempSync(join(tmpdir(), 'genaro-cluster-'))
let devnet: ChildProcess | undefined
let farmers: ClusterFarmer[] = []

async function startDevnet(): Promise<string> {
  const main = join(import.meta.dirname, '../src/cli/main.ts')
  devnet = spawn(process.execPath, [main, 'devnet', '--port', '0', '--farmers', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return (JSON.parse(await firstLine(devnet)) as { url: string }).url
}

async function stopAll(): Promise<void> {
  await stopCluster(farmers)
  if (devnet !== undefined && devnet.exitCode === null) {
    const exited = once(devnet, 'exit')
    devnet.kill('SIGTERM')
    await exited
  }
  if (values['data-dir'] === undefined) rmSync(directory, { recursive: true, force: true })
}

try {
  const rpcURL = values.rpc ?? (await startDevnet())
  const { capacity } = values
  const count = Number(values.farmers)
  farmers = await startCluster({ rpcURL, directory, count, ...(capacity && { capacity }) })
  const told = farmers.map(({ process: child, ...farmer }) => ({ ...farmer, pid: child.pid }))
  process.stdout.write(`${JSON.stringify({ url: rpcURL, farmers: told })}\n`)
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
} finally {
  await stopAll()
}
