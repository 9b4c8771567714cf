import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Scope, startDevnetProcess } from '../devnetProcess.ts'

/** The heartbeat that a devnet started with these flags tells of, in seconds. */
async function heartbeatOf(scope: Scope, args: readonly string[]): Promise<unknown> {
  const devnet = await startDevnetProcess(scope, args)
  await devnet.end()
  return 'heartbeatSeconds' in devnet ? devnet.heartbeatSeconds : undefined
}

test('a devnet with farmers has a heartbeat of a second, unless a flag says otherwise', async (t) => {
  assert.equal(await heartbeatOf(t, ['--farmers', '1']), 1)
  assert.equal(await heartbeatOf(t, ['--farmers', '1', '--heartbeat', '0']), 0)
})

test('a devnet without farmers has none', async (t) => {
  assert.equal(await heartbeatOf(t, ['--farmers', '0', '--heartbeat', '1']), 0)
})
