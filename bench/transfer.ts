// Upload and download of one large file through the whole network on this machine, beside what limits them in the same
// run: AES-256-GCM alone, a raw loopback socket, and a copy of the file. `node bench/transfer.ts [MB]`.
//
// Farmers run in a process of their own, so that CPU time and memory here are the client's.
import { type ChildProcess, spawn } from 'node:child_process'
import { createCipheriv, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Wallet } from 'ethers'
import { buySpace } from '../src/api/actions/buySpace.ts'
import { connectProvider } from '../src/api/provider.ts'
import { createClient } from '../src/client/createClient.ts'
import { createDevnet } from '../src/node/devnet.ts'
import { createRPCServer } from '../src/node/rpc/server.ts'
import { createDevnetFarmers } from '../src/protocol/devnetFarmers.ts'
import { DAY_SECONDS } from '../src/protocol/params.ts'
import { createFarmer } from '../src/storage/farmer/createFarmer.ts'

const CHUNK = 1 << 20

/** The network's process: says where it is on one line, and ends with its input. */
async function serve(): Promise<void> {
  const node = await createDevnet()
  const server = await createRPCServer({ node, port: 0 })
  const directory = mkdtempSync(join(tmpdir(), 'genaro-bench-farmers-'))
  const farmers = []
  for (const { privateKey, nodeKey, node: index } of createDevnetFarmers()) {
    farmers.push(
      await createFarmer({
        rpcURL: server.url,
        accountKey: privateKey,
        nodeKey,
        dataDirectory: join(directory, String(index)),
        capacityBytes: 100e9,
      }),
    )
  }
  const addresses = farmers.flatMap((farmer) => farmer.addresses())
  const keys = node.devnet!.accounts.map(({ privateKey }) => privateKey)
  process.stdout.write(`${JSON.stringify({ url: server.url, addresses, key: keys[1] })}\n`)
  await once(process.stdin.resume(), 'end')
  rmSync(directory, { recursive: true, force: true })
  process.exit(0)
}

interface Measured {
  seconds: number
  cpuSeconds: number
  peakMB: number
}

/** Time, CPU time of this process with its threads, and its largest resident size meanwhile. */
async function measure(work: () => Promise<unknown>): Promise<Measured> {
  let peak = 0
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, 20)
  const cpu = process.cpuUsage()
  const begun = performance.now()
  await work()
  clearInterval(watch)
  const { user, system } = process.cpuUsage(cpu)
  return {
    seconds: (performance.now() - begun) / 1_000,
    cpuSeconds: (user + system) / 1e6,
    peakMB: Math.round(Math.max(peak, process.memoryUsage.rss()) / 1e6),
  }
}

async function gcmAlone(bytes: number): Promise<void> {
  const cipher = createCipheriv('aes-256-gcm', randomBytes(32), randomBytes(12))
  const chunk = randomBytes(CHUNK)
  for (let done = 0; done < bytes; done += CHUNK) cipher.update(chunk)
  cipher.final()
}

async function loopbackTCP(bytes: number): Promise<void> {
  const server = createServer((socket) => socket.resume())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const chunk = randomBytes(CHUNK)
  for (let done = 0; done < bytes; done += CHUNK) {
    if (!socket.write(chunk)) await once(socket, 'drain')
  }
  socket.end()
  await once(socket, 'close')
  server.close()
}

function makeFile(path: string, bytes: number): void {
  const file = openSync(path, 'w')
  for (let done = 0; done < bytes; done += CHUNK) writeSync(file, randomBytes(CHUNK))
  closeSync(file)
}

async function firstLine(child: ChildProcess): Promise<string> {
  let text = ''
  for await (const piece of child.stdout!.setEncoding('utf8')) {
    text += piece
    if (text.includes('\n')) break
  }
  return text.slice(0, text.indexOf('\n'))
}

async function run(megabytes: number): Promise<void> {
  const bytes = megabytes * 1_000_000
  const directory = mkdtempSync(join(tmpdir(), 'genaro-bench-'))
  const network = spawn(process.execPath, [import.meta.filename, '--serve'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const { url, addresses, key } = JSON.parse(await firstLine(network))
  const provider = await connectProvider(url)
  const signer = new Wallet(key, provider)
  const sizeBytes = BigInt(bytes) * 2n
  await buySpace(signer, { sizeBytes, termSeconds: 3_650n * DAY_SECONDS, backups: 1 })
  const client = await createClient({
    provider,
    signer,
    masterSeed: new Uint8Array(32).fill(5),
    bootstrap: addresses,
    workDirectory: join(directory, 'work'),
  })
  const source = join(directory, 'source')
  const target = join(directory, 'target')
  makeFile(source, bytes)
  const rows: Record<string, Measured> = {}
  rows['AES-256-GCM alone'] = await measure(() => gcmAlone(bytes))
  rows['loopback TCP'] = await measure(() => loopbackTCP(bytes))
  rows.cp = await measure(async () => copyFileSync(source, join(directory, 'copy')))
  let id = ''
  rows.upload = await measure(async () => {
    id = (await client.upload(source)).id
  })
  rows.download = await measure(() => client.download(id, target))
  const isSame =
    megabytes > 1_500 || Buffer.compare(readFileSync(source), readFileSync(target)) === 0
  for (const [name, { seconds, cpuSeconds, peakMB }] of Object.entries(rows)) {
    const perGB = (cpuSeconds * 1e9) / bytes
    console.log(
      `${name.padEnd(18)} ${(bytes / 1e6 / seconds).toFixed(0).padStart(6)} MB/s  ${perGB.toFixed(2).padStart(6)} CPU s/GB  peak ${peakMB} MB`,
    )
  }
  console.log(`came back the same: ${isSame}`)
  const file = await client.openFile(id)
  const times: number[] = []
  for (let read = 0; read < 200; read++) {
    const begun = performance.now()
    await file.read(Math.floor(Math.random() * (bytes - 1_024)), 1_024)
    times.push(performance.now() - begun)
  }
  times.sort((one, other) => one - other)
  console.log(
    `1 KiB range read   median ${times[100]!.toFixed(1)} ms, 99 % ${times[197]!.toFixed(1)} ms`,
  )
  await file.close()
  await client.close()
  provider.destroy()
  network.stdin!.end()
  await once(network, 'close')
  rmSync(directory, { recursive: true, force: true })
}

if (process.argv[2] === '--serve') await serve()
else await run(Number(process.argv[2] ?? 1_000))
