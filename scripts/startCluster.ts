import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bytesToHex, bytesToUnprefixedHex } from '@ethereumjs/util'
import { parseEther, Wallet } from 'ethers'
import { connectProvider } from '../src/api/provider.ts'
import { createNodeKey } from '../src/p2p/nodeKey.ts'
import { createDevnetFarmers, DEVNET_FARMER_COUNT } from '../src/protocol/devnetFarmers.ts'

/** A farmer in a process of its own. */
export interface ClusterFarmer {
  account: string
  node: string
  peerId: string
  addresses: string[]
  metricsURL: string
  dataDirectory: string
  process: ChildProcess
}

export interface ClusterOptions {
  /** Where a devnet answers that runs no farmers itself. */
  rpcURL: string
  count: number
  /** Each farmer gets a directory in it. */
  directory: string
  /** Of each farmer, as `genaro farmer --capacity` takes it. */
  capacity?: string
  /** Further arguments of `genaro farmer`. */
  args?: readonly string[]
}

/** The keys of a farmer, which stay the same when it is started again on its directory. */
export interface ClusterKeys {
  accountKey: Uint8Array
  nodeKey: Uint8Array
}

const MAIN = join(import.meta.dirname, '../src/cli/main.ts')

/** What a farmer stakes, and some gas. */
const FUNDS_WEI = parseEther('5100')

/**
 * Starts farmer processes: the first six are those that the devnet's genesis knows, any more get fresh keys and coins of
 * the devnet's last account. When one fails all are ended.
 */
export async function startCluster(options: ClusterOptions): Promise<ClusterFarmer[]> {
  const keys = await clusterKeys(options)
  const starting = keys.map((each, index) => startOne(options, each, index))
  const started = await Promise.allSettled(starting)
  const farmers = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const failed = started.find((result) => result.status === 'rejected')
  if (failed === undefined) return farmers
  await stopCluster(farmers)
  throw failed.reason
}

/** Ends farmers; by SIGTERM they redeem their receipts first. */
export async function stopCluster(
  farmers: readonly ClusterFarmer[],
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<void> {
  await Promise.all(
    farmers.map(async ({ process: child }) => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill(signal)
      await exited
    }),
  )
}

/** Starts one farmer on its directory, or starts it again. */
export async function startOne(
  { rpcURL, directory, capacity = '100GB', args = [] }: ClusterOptions,
  { accountKey, nodeKey }: ClusterKeys,
  index: number,
): Promise<ClusterFarmer> {
  const dataDirectory = join(directory, String(index))
  await mkdir(dataDirectory, { recursive: true })
  await writeFile(join(dataDirectory, 'node.key'), bytesToUnprefixedHex(nodeKey), { mode: 0o600 })
  const flags = ['--rpc', rpcURL, '--data-dir', dataDirectory, '--capacity', capacity, '--json']
  const child = spawn(process.execPath, [MAIN, 'farmer', ...flags, ...args], {
    env: { ...process.env, GENARO_KEY: bytesToHex(accountKey) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const told = JSON.parse(await firstLine(child)) as Omit<
    ClusterFarmer,
    'dataDirectory' | 'process'
  >
  const { account, node, peerId, addresses, metricsURL } = told
  return { account, node, peerId, addresses, metricsURL, dataDirectory, process: child }
}

/** The keys of so many farmers, with what they need to stake. */
export async function clusterKeys({
  rpcURL,
  count,
}: Pick<ClusterOptions, 'rpcURL' | 'count'>): Promise<ClusterKeys[]> {
  const keys: ClusterKeys[] = createDevnetFarmers()
    .slice(0, count)
    .map(({ privateKey, nodeKey }) => ({ accountKey: privateKey, nodeKey }))
  if (count <= DEVNET_FARMER_COUNT) return keys
  const provider = await connectProvider(rpcURL)
  try {
    const accounts = (await provider.send('eth_accounts', [])) as string[]
    const funder = await provider.getSigner(accounts.length - 1)
    while (keys.length < count) {
      const accountKey = createNodeKey()
      const to = new Wallet(bytesToHex(accountKey)).address
      await (await funder.sendTransaction({ to, value: FUNDS_WEI })).wait()
      keys.push({ accountKey, nodeKey: createNodeKey() })
    }
    return keys
  } finally {
    provider.destroy()
  }
}

/** The first line a process prints; throws what it said on stderr when it ends without one. */
export async function firstLine(child: ChildProcess): Promise<string> {
  let stdout = ''
  let stderr = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-10_000)
  })
  for await (const text of child.stdout!.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    stdout += text
    const end = stdout.indexOf('\n')
    if (end < 0) continue
    child.stdout!.resume()
    return stdout.slice(0, end)
  }
  throw new Error(`The process ended before it was ready: ${stderr}`)
}
