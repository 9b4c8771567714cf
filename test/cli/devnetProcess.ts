import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cleanEnvironment, MAIN } from './runGenaro.ts'

/** A devnet in a process of its own, as a developer runs it. */
export interface DevnetProcess {
  url: string
  chainId: string
  accounts: { address: string; privateKey: string }[]
  child: ChildProcess
  rpc<Result = string>(method: string, ...params: unknown[]): Promise<Result>
  /** Sends a signal and waits for the end; returns the exit code, null when the signal killed it. */
  end(signal?: NodeJS.Signals): Promise<number | null>
}

/** Whatever can be told what to do at its end: a test, or a list that a suite works off in its `after`. */
export interface Scope {
  after(cleanUp: () => unknown): void
}

/** One JSON-RPC request; rejects with the node's error message. */
export async function rpc<Result>(url: string, method: string, params: unknown[]): Promise<Result> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  const answer = (await response.json()) as { result: Result; error?: { message: string } }
  if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`)
  return answer.result
}

/**
 * Starts `genaro devnet` on a free port and waits until it says that it is ready. It ends with the test. It has no
 * farmers unless `--farmers` asks for some.
 */
export async function startDevnetProcess(
  scope: Scope,
  args: readonly string[] = [],
): Promise<DevnetProcess> {
  const farmers = args.includes('--farmers') ? [] : ['--farmers', '0']
  const command = [MAIN, 'devnet', '--port', '0', '--json', ...farmers, ...args]
  const child = spawn(process.execPath, command, {
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = once(child, 'close') as Promise<[number | null]>
  scope.after(async () => {
    child.kill('SIGKILL')
    await closed
  })
  const ready = JSON.parse(await firstLine(child)) as Pick<
    DevnetProcess,
    'url' | 'chainId' | 'accounts'
  >
  return {
    ...ready,
    child,
    rpc: (method, ...params) => rpc(ready.url, method, params),
    async end(signal = 'SIGTERM') {
      child.kill(signal)
      return (await closed)[0]
    },
  }
}

/** The first line a process prints; throws what it said on stderr when it ends without one. */
export async function firstLine(child: ChildProcess): Promise<string> {
  let stdout = ''
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  for await (const text of child.stdout!.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    stdout += text
    const end = stdout.indexOf('\n')
    if (end >= 0) {
      child.stdout!.resume()
      return stdout.slice(0, end)
    }
  }
  assert.fail(`it ended before it was ready: ${stderr}`)
}

/** A directory that goes away with the test. */
export function temporaryDirectory(scope: Scope): string {
  const directory = mkdtempSync(join(tmpdir(), 'genaro-test-'))
  scope.after(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }))
  return directory
}
