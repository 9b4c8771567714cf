/** How long work may hold the thread before sockets, timers and other work get a turn, in milliseconds. */
const TURN_MILLISECONDS = 10

/** Two queues, so that work others wait for (a block) gets every other turn however much else there is. */
const urgent: (() => void)[] = []
const ordinary: (() => void)[] = []
let turnBegan = performance.now()
let isAwaited = false

/** Whether whatever runs now has held the thread for long enough. Costs as much as reading the clock. */
export const isTurnOver = (): boolean => performance.now() - turnBegan > TURN_MILLISECONDS

/**
 * Waits while sockets and timers are served and other waiting work has its turn. Awaiting anything else may
 * only run microtasks, which keep the thread.
 */
export function giveWay(isUrgent = false): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const queue = isUrgent ? urgent : ordinary
  queue.push(resolve)
  awaitTurn()
  return promise
}

function awaitTurn(): void {
  if (isAwaited) return
  isAwaited = true
  setImmediate(beginTurn)
}

/** Resumes one of each queue only: input is served between any two. */
function beginTurn(): void {
  isAwaited = false
  turnBegan = performance.now()
  urgent.shift()?.()
  ordinary.shift()?.()
  if (urgent.length + ordinary.length > 0) awaitTurn()
}
