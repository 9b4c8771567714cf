import { test } from 'node:test'
import { catchCheaters } from './cheaters.ts'

test('farmers prove themselves for many rounds, and one that lost a tenth is found out', (t) =>
  catchCheaters(t, { rounds: 20, lostLeafOf: 10 }))
