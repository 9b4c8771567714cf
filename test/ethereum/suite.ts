import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { Worker } from 'node:worker_threads'
import type { SuiteResult } from './cases.ts'

export interface SuiteTask {
  suite: 'state' | 'block'
  /** Runs only each so manieth case. */
  every: number
}

const MAX_FAILURES_TOLD = 20

/**
 * Runs official cases in a thread of their own, since the test runner follows every promise of its own thread, which
 * costs as much as executing them. Fails with the names of those that fail, and tells how many passed.
 */
export async function runSuite(test: TestContext, task: SuiteTask): Promise<Map<string, number>> {
  const worker = new Worker(new URL('./suiteWorker.ts', import.meta.url), { workerData: task })
  // An error in the worker rejects.
  const [result] = (await once(worker, 'message')) as [SuiteResult]
  const { passed, failures, cpuSeconds } = result
  for (const [group, count] of passed) test.diagnostic(`${group}: ${count} passed`)
  test.diagnostic(`${failures.length} failed, ${cpuSeconds.toFixed(1)} s of CPU`)
  assert.deepEqual(failures.slice(0, MAX_FAILURES_TOLD), [])
  return passed
}
