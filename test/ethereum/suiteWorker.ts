import { parentPort, workerData } from 'node:worker_threads'
import { readBlockCases } from './blockCases.ts'
import { runCases } from './cases.ts'
import { runBlockCase } from './runBlockCase.ts'
import { runStateCase } from './runStateCase.ts'
import { readStateCases } from './stateCases.ts'
import type { SuiteTask } from './suite.ts'

const { suite, every } = workerData as SuiteTask

parentPort!.postMessage(
  suite === 'state'
    ? await runCases({ cases: readStateCases(), run: runStateCase, every })
    : await runCases({ cases: readBlockCases(), run: runBlockCase, every }),
)
