import { randomInt } from 'node:crypto'
import type { ReplicaLayout } from '../../protocol/replicaLayout.ts'

/** Sentinels for one question, and how many of them no farmer was asked for before. */
export interface SentinelDraw {
  numbers: number[]
  freshCount: number
}

/**
 * Draws sentinels for a private audit at random, those first that were not asked for before. Every second sentinel is
 * for private audits; the others are kept for what the owner may show on chain (see sentinelGroups.ts), and both kinds
 * are spread over the whole replica.
 */
export function drawSentinels(
  { sentinels }: Pick<ReplicaLayout, 'sentinels'>,
  asked: ReadonlySet<number>,
  count: number,
): SentinelDraw {
  const all = Array.from({ length: Math.ceil(sentinels / 2) }, (_, index) => 2 * index)
  const fresh = draw(
    all.filter((number) => !asked.has(number)),
    count,
  )
  const again = draw(
    all.filter((number) => asked.has(number)),
    count - fresh.length,
  )
  return { numbers: [...fresh, ...again], freshCount: fresh.length }
}

/** Up to `count` items, all choices equally likely. */
function draw(items: number[], count: number): number[] {
  const left = [...items]
  const drawn: number[] = []
  while (drawn.length < count && left.length > 0) {
    drawn.push(...left.splice(randomInt(left.length), 1))
  }
  return drawn
}
