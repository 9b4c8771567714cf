// Runs the shared load harness on this devnet and on its peers, in turn and in one go:
//   node bench/devnode.ts [--rounds N] [--budget SECONDS]
// Results and the table are printed; the raw files are in node_modules/.cache/devnode-bench/results.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const shared = process.env.GENARO_SHARED ?? join(root, '../shared')
const harness = join(root, 'node_modules/.cache/devnode-bench')
const source = join(shared, 'tools/devnode-bench')

if (!existsSync(source)) {
  console.error(`The harness is not at ${source}; set GENARO_SHARED.`)
  process.exit(2)
}

function run(command: string, args: string[], cwd: string): void {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

mkdirSync(harness, { recursive: true })
cpSync(source, harness, { recursive: true })
if (!existsSync(join(harness, 'node_modules'))) run('npm', ['ci', '--no-audit'], harness)
for (const peer of ['anvil', 'hardhat3']) {
  const directory = join(harness, 'peers', peer)
  if (!existsSync(join(directory, 'node_modules'))) run('npm', ['install', '--no-audit'], directory)
}

const KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
const devnet = `${process.execPath} ${join(root, 'src/cli/main.ts')} devnet --port 9110`
const ours = {
  name: 'genaro',
  cmd: devnet,
  'cmd-interval': `${devnet} --slot-time 1`,
  rpc: 'http://127.0.0.1:9110',
  key: KEY,
}
type Peer = { name: string }
const peers = (JSON.parse(readFileSync(join(harness, 'peers.json'), 'utf8')) as Peer[]).filter(
  ({ name }) => name === 'anvil 1.7.1 tuned' || name.startsWith('hardhat 3'),
)
writeFileSync(join(harness, 'run.json'), JSON.stringify([ours, ...peers], null, 2))

run(
  process.execPath,
  ['peers.mjs', 'run.json', '--out', 'results', ...process.argv.slice(2)],
  harness,
)
