import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startTestServer } from '../../helpers/rpc.ts'

const root = join(import.meta.dirname, '../../..')
/** Beside the checkout, or wherever the environment says. */
const shared = process.env.GENARO_SHARED ?? join(root, '../shared')
const checker = join(shared, 'tools/rpc-schema-check')

interface Outcome {
  tier: 'R' | 'E' | 'N'
  name: string
  st: 'PASS' | 'EXTRA' | 'FAIL' | 'UNSUPPORTED'
  why?: string
}

/** The tool runs from inside node_modules, where its imports resolve to the installed packages. */
async function runChecker(url: string, webSocketURL: string): Promise<Outcome[]> {
  const directory = join(root, 'node_modules/.cache/rpc-schema-check')
  mkdirSync(directory, { recursive: true })
  for (const file of ['check.mjs', 'openrpc.json', 'Probe.json', 'package.json']) {
    cpSync(join(checker, file), join(directory, file), { mode: 0 })
  }
  const report = join(directory, `report-${process.pid}.json`)
  const script = join(directory, 'check.mjs')
  const options = ['--url', url, '--ws', webSocketURL, '--json', report]
  const child = spawn(process.execPath, [script, ...options], { stdio: 'ignore' })
  await once(child, 'exit')
  return JSON.parse(readFileSync(report, 'utf8'))
}

const isAbsent = !existsSync(join(checker, 'check.mjs'))
const skip =
  isAbsent && process.env.CI !== 'true'
    ? `skipped the schemas of ethereum/execution-apis: ${checker} is not there`
    : false

test('every answer has the form ethereum/execution-apis asks for', { skip }, async () => {
  assert.equal(isAbsent, false, `${checker} is not there`)
  await using server = await startTestServer()
  const { url, webSocketURL } = server.server
  const outcomes = await runChecker(url, webSocketURL)
  const passed = outcomes.filter(({ st }) => st === 'PASS')
  const failed = outcomes.filter(({ st }) => st === 'FAIL' || st === 'EXTRA')
  const missing = outcomes.filter(({ tier, st }) => tier === 'R' && st !== 'PASS')
  const tell = (list: Outcome[]) => list.map(({ tier, name, why }) => `[${tier}] ${name}: ${why}`)
  assert.deepEqual(tell(failed), [])
  assert.deepEqual(tell(missing), [])
  assert.ok(passed.length >= 180, `only ${passed.length} of ${outcomes.length} cases passed`)
})
