import { test } from 'node:test'
import { catchCheaters } from './cheaters.ts'

test('who lost half its leaves, stopped, or copies answers is discharged; who holds all is not', (t) =>
  catchCheaters(t, { rounds: 3, lostLeafOf: 2 }))
