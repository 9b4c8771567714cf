/** Steps that undo what was started, worked off backwards. */
export interface CleanUp {
  add(step: () => Promise<void>): void
  /** Runs every step once, also when one before it failed; then rejects with the first failure. */
  run(): Promise<void>
}

export function createCleanUp(): CleanUp {
  const steps: (() => Promise<void>)[] = []
  let running: Promise<void> | undefined

  const runAll = async (): Promise<void> => {
    const failures: unknown[] = []
    for (const step of steps.reverse()) await step().catch((error) => failures.push(error))
    if (failures.length > 0) throw failures[0]
  }

  return {
    add(step) {
      steps.push(step)
    },
    run: () => (running ??= runAll()),
  }
}
