import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')

describe('the published package', () => {
  let directory: string
  const node = process.execPath

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'genaro-package-'))
    await run('npm', ['pack', '--pack-destination', directory], { cwd: root })
    const [tarball] = await readdir(directory)
    await writeFile(join(directory, 'package.json'), '{"private":true,"type":"module"}')
    await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', `./${tarball}`], {
      cwd: directory,
    })
  })

  after(() => rm(directory, { recursive: true, force: true }))

  test('starts a devnet with farmers by its command, and stores a file on them', async () => {
    const command = join(directory, 'node_modules/.bin/genaro')
    const child = spawn(node, [command, 'devnet', '--port', '0', '--json'], {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
    const { url } = JSON.parse(line) as { url: string }
    const environment = {
      ...process.env,
      GENARO_RPC: url,
      GENARO_SEED_FILE: join(directory, 'seed'),
    }
    const genaro = async (...args: string[]): Promise<Record<string, unknown>> => {
      const options = { cwd: directory, env: environment }
      const { stdout } = await run(node, [command, ...args, '--json'], options)
      return JSON.parse(stdout)
    }
    await genaro('bucket', 'buy', '--size', '1GB', '--term', '90d', '--backups', '2')
    await writeFile(join(directory, 'note.txt'), 'kept by strangers')
    const { id } = await genaro('upload', 'note.txt')
    await genaro('traffic', 'buy', '1GB')
    await genaro('download', String(id), 'back.txt')
    assert.equal(await readFile(join(directory, 'back.txt'), 'utf8'), 'kept by strangers')
    child.kill('SIGINT')
    assert.deepEqual(await once(child, 'exit'), [0, null])
  })

  test('gives its sub-paths to programs', async () => {
    const program = `
      import { createClient } from 'genaro'
      import { setUpReplica } from 'genaro/spor'
      import { createFarmer } from 'genaro/storage'
      import { createDevnet } from 'genaro/node'
      import { simulate } from 'genaro/chain'
      import { genaroDevnet, buySpace } from 'genaro/api'
      const node = await createDevnet()
      console.log(genaroDevnet.id, Number(node.chain.head.header.number), typeof simulate, typeof buySpace)
      console.log(typeof createClient, typeof setUpReplica, typeof createFarmer)
      await node.close()
    `
    await writeFile(join(directory, 'program.js'), program)
    const { stdout } = await run(node, ['program.js'], { cwd: directory })
    assert.deepEqual(stdout.trim().split('\n'), [
      '31300 0 function function',
      'function function function',
    ])
  })

  test('holds the Solidity library, and no tests', async () => {
    const installed = join(directory, 'node_modules/genaro')
    assert.ok((await readdir(join(installed, 'contracts/libraries'))).includes('DStorage.sol'))
    assert.ok(!(await readdir(installed)).includes('test'))
  })
})
