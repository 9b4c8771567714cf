import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import solc from 'solc'
import { startDevnetProcess, temporaryDirectory } from '../cli/devnetProcess.ts'
import { cleanEnvironment } from '../cli/runGenaro.ts'
import { ROOT, readFences } from './fences.ts'
import { runCommand } from './runCommand.ts'

/** Would run this file again. */
const NOT_RUN = ['npm test']

const PAGES = [
  'README.md',
  'docs/cli.md',
  'docs/contracts.md',
  'docs/inspections.md',
  'docs/json-rpc.md',
  'docs/special-transactions.md',
  'docs/storage.md',
]

/** Runs a line that starts a network until it says that it is ready, and ends it. */
async function runStart(line: string, directory: string): Promise<void> {
  const [program, ...args] = line.replace('.genaro/devnet', directory).split(' ')
  const flags = args.includes('--') ? args : [...args, '--']
  const child = spawn(program!, [...flags, '--port', '0'], {
    cwd: ROOT,
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  let text = ''
  for await (const part of child.stdout.setEncoding('utf8')) {
    text += part
    if (text.includes('Ready.')) child.kill('SIGTERM')
  }
  await closed
  assert.match(text, /^JSON-RPC +http:\/\/127\.0\.0\.1:\d+ /m)
}

/** The compiler's complaints about a page's contract, which may import what the package publishes. */
function compileErrors(content: string): string[] {
  const input = {
    language: 'Solidity',
    sources: { 'page.sol': { content } },
    settings: { evmVersion: 'osaka', outputSelection: { '*': { '*': ['abi'] } } },
  }
  const findImport = (path: string) => ({
    contents: readFileSync(join(ROOT, path.replace(/^genaro\//, '')), 'utf8'),
  })
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: findImport })) as {
    errors?: { formattedMessage: string }[]
  }
  return (output.errors ?? []).map(({ formattedMessage }) => formattedMessage)
}

describe('the documentation', () => {
  test('every command of README works, in its order, on a network as it says', async (t) => {
    const { url } = await startDevnetProcess(t)
    const directory = join(temporaryDirectory(t), 'devnet')
    for (const { language, text } of readFences('README.md')) {
      let cwd = ROOT
      for (const line of language === 'sh' ? text.trim().split('\n') : []) {
        if (NOT_RUN.includes(line)) continue
        if (line.startsWith('npm start')) await runStart(line, directory)
        else if (line.startsWith('cd ')) cwd = join(ROOT, line.slice(3))
        else {
          const [program, ...args] = line.split(' ')
          const { code, stdout, stderr } = await runCommand([program!, ...args], { cwd, url })
          assert.equal(code, 0, `${line}\n${stdout}${stderr}`)
        }
      }
      if (language === 'ts') {
        const stdin = text
        const node = [process.execPath, '--input-type=module', '-'] as const
        const { code, stdout, stderr } = await runCommand([...node], { cwd: ROOT, url, stdin })
        assert.equal(code, 0, stderr)
        assert.equal(stdout, '1\n')
      }
    }
  })

  test('every contract on its pages compiles without a warning', () => {
    const contracts = PAGES.flatMap((page) => readFences(page)).filter(
      ({ language }) => language === 'solidity',
    )
    assert.ok(contracts.length >= 2)
    for (const { text } of contracts) assert.deepEqual(compileErrors(text), [])
  })

  test('every link to a file of the repository leads somewhere', () => {
    for (const page of PAGES) {
      const text = readFileSync(ROOT + page, 'utf8')
      for (const [, target = ''] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
        assert.ok(existsSync(join(ROOT, page, '..', target)), `${page} links to ${target}`)
      }
    }
  })
})
