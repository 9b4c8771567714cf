import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { type TestContext, test } from 'node:test'
import { createWorkerPool, type WorkerPoolOptions } from '../../src/util/workerPool.ts'
import { WorkerPoolError } from '../../src/util/workerPoolError.ts'
import { workerURL } from '../../src/util/workerURL.ts'
import type { OddJob } from './workers/oddJobs.ts'

const url = workerURL('./workers/oddJobs', import.meta)

function openPool(t: TestContext, options: Partial<WorkerPoolOptions> = {}) {
  const pool = createWorkerPool<OddJob, unknown>({ url, size: 1, ...options })
  t.after(() => pool.close())
  return pool
}

/** A job that holds its thread until the gate is opened. */
function createGate() {
  const gate = new SharedArrayBuffer(4)
  const open = (): void => {
    Atomics.store(new Int32Array(gate), 0, 1)
    Atomics.notify(new Int32Array(gate), 0)
  }
  return { job: { do: 'wait', gate } as const, open }
}

const code = (expected: string) => (error: unknown) =>
  error instanceof WorkerPoolError && error.code === expected

test('moves a buffer to a worker and back without leaving a copy', async (t) => {
  const pool = openPool(t)
  const buffer = new ArrayBuffer(1 << 20)
  const filled = await pool.run({ do: 'fill', buffer, value: 7 }, { transfer: [buffer] })
  assert.ok(filled instanceof ArrayBuffer)
  assert.equal(buffer.detached, true)
  assert.equal(filled.byteLength, 1 << 20)
  assert.ok(new Uint8Array(filled).every((byte) => byte === 7))
})

test('does jobs in order and keeps its thread between them', async (t) => {
  const pool = openPool(t)
  const counts = await Promise.all([1, 2, 3, 4].map(() => pool.run({ do: 'count' })))
  assert.deepEqual(counts, [1, 2, 3, 4])
})

test('runs as many jobs at once as it has threads', async (t) => {
  const pool = openPool(t, { size: 2 })
  const gates = [createGate(), createGate()]
  const waiting = gates.map(({ job }) => pool.run(job))
  // The second gate is opened first: its job must be running beside the other.
  gates[1]!.open()
  await waiting[1]
  gates[0]!.open()
  await waiting[0]
})

test('refuses jobs once the queue is full, and takes them again afterwards', async (t) => {
  const pool = openPool(t, { maxQueued: 1 })
  const gate = createGate()
  const jobs = [pool.run(gate.job), pool.run({ do: 'count' })]
  await assert.rejects(pool.run({ do: 'count' }), code('QUEUE_FULL'))
  gate.open()
  await Promise.all(jobs)
  assert.equal(await pool.run({ do: 'count' }), 2)
})

test("rejects with the facts of a worker's error and goes on with the same thread", async (t) => {
  const pool = openPool(t)
  assert.equal(await pool.run({ do: 'count' }), 1)
  await assert.rejects(pool.run({ do: 'fail' }), (error: unknown) => {
    assert.ok(error instanceof WorkerPoolError)
    assert.deepEqual(
      { code: error.code, message: error.message, hint: error.hint, facts: error.facts },
      {
        code: 'JOB_FAILED',
        message: 'An odd job',
        hint: 'Even it',
        facts: { n: 3, workerCode: 'ODD' },
      },
    )
    return true
  })
  assert.equal(await pool.run({ do: 'count' }), 2)
})

test('rejects when a result or an error holds what cannot be sent', async (t) => {
  const pool = openPool(t)
  await assert.rejects(pool.run({ do: 'answerFunction' }), code('JOB_FAILED'))
  await assert.rejects(pool.run({ do: 'failWithFunction' }), code('JOB_FAILED'))
})

test('rejects a job whose buffers cannot be moved', async (t) => {
  const pool = openPool(t)
  const buffer = new ArrayBuffer(8)
  structuredClone(buffer, { transfer: [buffer] })
  const job = pool.run({ do: 'fill', buffer, value: 1 }, { transfer: [buffer] })
  await assert.rejects(job, code('BAD_JOB'))
  assert.equal(await pool.run({ do: 'count' }), 1)
})

for (const crash of ['exit', 'throwLater'] as const) {
  test(`rejects the job of a worker that crashes (${crash}) and replaces the worker`, async (t) => {
    const pool = openPool(t)
    const crashing = pool.run({ do: crash })
    const next = pool.run({ do: 'count' })
    await assert.rejects(crashing, code('WORKER_CRASHED'))
    assert.equal(await next, 1)
  })
}

test('rejects each job when the worker file does not exist', async (t) => {
  const pool = openPool(t, { url: workerURL('./workers/none', import.meta) })
  for (let attempt = 0; attempt < 2; attempt++) {
    await assert.rejects(pool.run({ do: 'count' }), code('WORKER_CRASHED'))
  }
})

test('does not start a job that is aborted before or while it waits', async (t) => {
  const pool = openPool(t)
  const gone = AbortSignal.abort(new Error('Gone'))
  await assert.rejects(pool.run({ do: 'count' }, { signal: gone }), /Gone/)
  const gate = createGate()
  const running = pool.run(gate.job)
  const controller = new AbortController()
  const waiting = pool.run({ do: 'count' }, { signal: controller.signal })
  controller.abort(new Error('Changed my mind'))
  await assert.rejects(waiting, /Changed my mind/)
  gate.open()
  await running
  assert.equal(await pool.run({ do: 'count' }), 1)
})

test('drops the result of a job that is aborted while it runs', async (t) => {
  const pool = openPool(t)
  assert.equal(await pool.run({ do: 'count' }), 1)
  const gate = createGate()
  const controller = new AbortController()
  const running = pool.run(gate.job, { signal: controller.signal })
  controller.abort(new Error('Too slow'))
  await assert.rejects(running, /Too slow/)
  gate.open()
  assert.equal(await pool.run({ do: 'count' }), 2)
})

test('replaces a thread that an aborted job does not let go of', async (t) => {
  const pool = openPool(t, { abortGraceMs: 1 })
  const controller = new AbortController()
  const stuck = pool.run(createGate().job, { signal: controller.signal })
  controller.abort(new Error('Too slow'))
  await assert.rejects(stuck, /Too slow/)
  assert.equal(await pool.run({ do: 'count' }), 1)
})

test('rejects what runs, waits and comes later once it is closed', async (t) => {
  const pool = openPool(t)
  const jobs = [pool.run(createGate().job), pool.run({ do: 'count' })]
  const rejected = jobs.map((job) => assert.rejects(job, code('CLOSED')))
  await pool.close()
  await Promise.all(rejected)
  await assert.rejects(pool.run({ do: 'count' }), code('CLOSED'))
  await pool.close()
})

test('refuses a pool without threads', () => {
  assert.throws(() => createWorkerPool({ url, size: 0 }), code('BAD_POOL'))
  assert.throws(() => createWorkerPool({ url, size: 1.5 }), code('BAD_POOL'))
})

test('lets a process end that never closed its pool', () => {
  const script = `
    import { createWorkerPool } from '${new URL('../../src/util/workerPool.ts', import.meta.url)}'
    const pool = createWorkerPool({ url: new URL('${url}'), size: 2 })
    console.log(await pool.run({ do: 'count' }))`
  const run = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    timeout: 20_000,
    encoding: 'utf8',
  })
  assert.equal(run, '1\n')
})

test("finds a worker's file by the ending of the file that asks", () => {
  const inSource = { filename: '/genaro/src/a/b.ts', url: 'file:///genaro/src/a/b.ts' }
  const built = { filename: '/genaro/dist/a/b.js', url: 'file:///genaro/dist/a/b.js' }
  assert.equal(workerURL('./worker', inSource).href, 'file:///genaro/src/a/worker.ts')
  assert.equal(workerURL('./worker', built).href, 'file:///genaro/dist/a/worker.js')
})
