// Runs the checks and the tests: `npm test [-- WORD…]` those whose path holds one of the words,
// `npm run test:long` also the long ones.
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join, relative } from 'node:path'

const root = join(import.meta.dirname, '..')
const words = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const isLong = process.argv.includes('--long')

/** Files run in their own processes, two at a time: more would only wait for the same two cores. */
const CONCURRENCY = 2
const FILE_TIMEOUT_MS = isLong ? 3_600_000 : 600_000

function run(command: string, args: string[]): void {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

const files = globSync('test/**/*.test.ts', { cwd: root })
  .map((file) => relative('.', file))
  .filter((file) => isLong || !file.endsWith('.long.test.ts'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort()

if (files.length === 0) {
  console.error(`No test file's path holds ${words.join(' or ')}`)
  process.exit(2)
}

if (words.length === 0) {
  run('node_modules/.bin/tsc', ['--noEmit'])
  run('node_modules/.bin/biome', ['check', '--error-on-warnings', '.'])
}

run(process.execPath, [
  '--test',
  `--test-concurrency=${CONCURRENCY}`,
  `--test-timeout=${FILE_TIMEOUT_MS}`,
  '--test-reporter=spec',
  ...files,
])
