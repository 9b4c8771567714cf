import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
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

  test('starts a devnet by its command', async () => {
    const command = join(directory, 'node_modules/.bin/genaro')
    const child = spawn(node, [command, 'devnet', '--port', '0', '--json'], {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
    const { url } = JSON.parse(line) as { url: string }
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }),
    })
    assert.equal(((await response.json()) as { result: string }).result, '0x7a44')
    child.kill('SIGINT')
    assert.deepEqual(await once(child, 'exit'), [0, null])
  })

  test('gives its sub-paths to programs', async () => {
    const program = `
      import { createDevnet } from 'genaro/node'
      import { simulate } from 'genaro/chain'
      import { genaroDevnet, buySpace } from 'genaro/api'
      const node = await createDevnet()
      console.log(genaroDevnet.id, Number(node.chain.head.header.number), typeof simulate, typeof buySpace)
      await node.close()
    `
    await writeFile(join(directory, 'program.js'), program)
    const { stdout } = await run(node, ['program.js'], { cwd: directory })
    assert.equal(stdout.trim(), '31300 0 function function')
  })

  test('holds the Solidity library, and no tests', async () => {
    const installed = join(directory, 'node_modules/genaro')
    assert.ok((await readdir(join(installed, 'contracts/libraries'))).includes('DStorage.sol'))
    assert.ok(!(await readdir(installed)).includes('test'))
  })
})
