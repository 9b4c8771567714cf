/**
 * Upload and download of one large file through the whole network on this machine, beside what limits them in the same
 * run: AES-256-GCM alone, a raw loopback socket, a raw libp2p stream, and a copy of the file. The client has a
 * process of its own; the chain and its six farmers have another. Timings are those of a machine that does nothing
 * else; CPU seconds and ratios mean something on a busy one too.
 *
 *   node bench/transfer.ts [MB] [--no-erasure]      256 MB by default, which takes about a minute
 *
 * GENARO_BENCH_PROFILE=DIRECTORY leaves CPU profiles of the main threads there.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCallee } from './transfer/calls.ts'
import type { ClientCalls } from './transfer/client.ts'
import { encryptAlone, loopbackTCP, makeFile } from './transfer/limits.ts'
import { startWatch, type Usage } from './transfer/measure.ts'
import type { NetworkCalls } from './transfer/network.ts'

const sizeBytes = Math.round(Number(process.argv[2] ?? 256) * 1e6)
const isWithErasure = !process.argv.includes('--no-erasure')
const RANGE_READS = 200

const directory = mkdtempSync(join(tmpdir(), 'genaro-bench-'))
const [source, target] = [join(directory, 'source'), join(directory, 'target')]
const network = startCallee<NetworkCalls>(join(import.meta.dirname, 'transfer/network.ts'))
const client = startCallee<ClientCalls>(join(import.meta.dirname, 'transfer/client.ts'))
try {
  await run()
} finally {
  await client.stop()
  await network.stop()
  rmSync(directory, { recursive: true, force: true })
}
if (isWithErasure) {
  console.log('\nGB of data per second of CPU:')
  execFileSync(process.execPath, [join(import.meta.dirname, 'erasure.ts'), '16+11', '4+2'], {
    stdio: 'inherit',
  })
}

async function run(): Promise<void> {
  makeFile(source, sizeBytes)
  const facts = await network.call('start')
  await client.call('start', facts, directory, sizeBytes)
  console.log(`${sizeBytes / 1e6} MB, load ${loadavg()[0]!.toFixed(1)}`)
  console.log('                        MB/s   client CPU s/GB   network CPU s/GB   client peak MB')
  row('AES-256-GCM alone', await here(() => encryptAlone(sizeBytes)))
  row('loopback TCP', await here(() => loopbackTCP(sizeBytes)))
  row('cp', await here(async () => copyFileSync(source, join(directory, 'copy'))))
  const raw = await both('raw', () => client.call('rawStream', facts.rawAddresses, sizeBytes))
  row('raw libp2p stream', raw.client, raw.network)
  const up = await both('upload', () => client.call('upload', source))
  row('upload', up.client, up.network)
  const down = await both('download', () => client.call('download', up.client.id, target))
  row('download', down.client, down.network)
  const share = raw.client.seconds / down.client.seconds
  console.log(`download is ${(100 * share).toFixed(0)} % of the raw libp2p stream`)
  console.log(`came back the same: ${await client.call('areSame', source, target)}`)
  const times = await client.call('rangeReads', up.client.id, sizeBytes, RANGE_READS)
  const quantile = (share: number): string => times[Math.floor(share * RANGE_READS)]!.toFixed(1)
  console.log(`1 KiB range read: median ${quantile(0.5)} ms, 99 % ${quantile(0.99)} ms`)
  console.log(`load at the end ${loadavg()[0]!.toFixed(1)}`)
  await client.call('close')
}

async function here(work: () => Promise<void>): Promise<Usage> {
  const watch = await startWatch('limits')
  await work()
  return await watch.end()
}

async function both<Result extends Usage>(
  name: string,
  work: () => Promise<Result>,
): Promise<{ client: Result; network: Usage }> {
  await network.call('startWatch', name)
  const result = await work()
  return { client: result, network: await network.call('endWatch') }
}

function row(name: string, usage: Usage, of?: Usage): void {
  const perGB = ({ cpuSeconds }: Usage): string => ((cpuSeconds * 1e9) / sizeBytes).toFixed(2)
  const cells = [
    name.padEnd(20),
    (sizeBytes / 1e6 / usage.seconds).toFixed(0).padStart(8),
    perGB(usage).padStart(18),
    (of === undefined ? '' : perGB(of)).padStart(19),
    (of === undefined ? '' : (usage.peakBytes / 1e6).toFixed(0)).padStart(17),
  ]
  console.log(cells.join('').trimEnd())
}
