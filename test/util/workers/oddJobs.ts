import { GenaroError } from '../../../src/util/errors.ts'
import { serveJobs } from '../../../src/util/serveJobs.ts'

/** What the test's worker can be told to do. */
export type OddJob =
  | { do: 'fill'; buffer: ArrayBuffer; value: number }
  | { do: 'count' }
  | { do: 'fail' }
  | { do: 'failWithFunction' }
  | { do: 'answerFunction' }
  | { do: 'exit' }
  | { do: 'throwLater' }
  | { do: 'wait'; gate: SharedArrayBuffer }

let count = 0

function work(job: OddJob): unknown {
  switch (job.do) {
    case 'fill':
      new Uint8Array(job.buffer).fill(job.value)
      return job.buffer
    case 'count':
      return ++count
    case 'fail':
      throw new GenaroError('ODD', { message: 'An odd job', hint: 'Even it', facts: { n: 3 } })
    case 'failWithFunction':
      throw new GenaroError('ODD', { message: 'An odd job', facts: { no: () => 0 } })
    case 'answerFunction':
      return () => 0
    case 'exit':
      return process.exit(7)
    case 'throwLater':
      setImmediate(() => {
        throw new Error('Too late to catch')
      })
      return new Promise(() => {})
    case 'wait':
      return Atomics.wait(new Int32Array(job.gate), 0, 0)
  }
}

serveJobs(work, (result) => (result instanceof ArrayBuffer ? [result] : []))
