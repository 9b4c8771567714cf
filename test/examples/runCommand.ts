import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cleanEnvironment, type Finished } from '../cli/runGenaro.ts'

/** Runs a program of an example to its end, against the node at `url`, with what it should read on stdin. */
export async function runCommand(
  command: readonly [program: string, ...args: string[]],
  { cwd, url, stdin = '' }: { cwd: string; url: string; stdin?: string },
): Promise<Finished> {
  const [program, ...args] = command
  const child = spawn(program, args, {
    cwd,
    env: cleanEnvironment({
      GENARO_RPC: url,
      HARDHAT_DISABLE_TELEMETRY_PROMPT: 'true',
      CI: 'true',
    }),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const finished = { code: null as number | null, stdout: '', stderr: '' }
  child.stdin.end(stdin)
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    finished.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    finished.stderr += text
  })
  finished.code = ((await once(child, 'close')) as [number | null])[0]
  return finished
}
