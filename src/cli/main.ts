#!/usr/bin/env node
import { runCLI } from './run.ts'

// A reader that goes away (`genaro status | head -1`) is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

process.exitCode = await runCLI(process.argv.slice(2))
