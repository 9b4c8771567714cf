import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import {
  type DevnetProcess,
  type Scope,
  startDevnetProcess,
  temporaryDirectory,
} from './devnetProcess.ts'
import { cleanEnvironment, type Finished, MAIN, runGenaro } from './runGenaro.ts'

/** A devnet with farmers in a process, and the command line of somebody with a bucket on it. */
export interface FilesBench {
  devnet: DevnetProcess
  /** A directory of the test's own. */
  at(...names: string[]): string
  environment: Record<string, string>
  run(args: readonly string[], environment?: Record<string, string>): Promise<Finished>
  /** Runs a command that must work, and returns its JSON. */
  json(args: readonly string[]): Promise<Record<string, never>>
  /** Starts a command, to be killed. */
  start(args: readonly string[]): ChildProcess
}

/** Rounds longer than a test: what inspections do is tested elsewhere, and costs time. */
export const NO_INSPECTIONS = ['--period', '10000000']

export async function startFilesBench(scope: Scope): Promise<FilesBench> {
  const directory = temporaryDirectory(scope)
  const devnet = await startDevnetProcess(scope, ['--farmers', '6', ...NO_INSPECTIONS])
  const environment = {
    GENARO_SEED_FILE: join(directory, 'seed'),
    GENARO_WORK_DIR: join(directory, 'work'),
    GENARO_RPC: devnet.url,
  }
  const run = (args: readonly string[], more: Record<string, string> = {}): Promise<Finished> =>
    runGenaro(args, { ...environment, ...more })
  return {
    devnet,
    environment,
    at: (...names) => join(directory, ...names),
    run,
    async json(args) {
      const { code, stdout, stderr } = await run([...args, '--json'])
      assert.equal(code, 0, `${args.join(' ')}: ${stderr}`)
      return JSON.parse(stdout) as Record<string, never>
    },
    start: (args) =>
      spawn(process.execPath, [MAIN, ...args], {
        env: cleanEnvironment(environment),
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
  }
}
