/** Runs pieces of work one after another, in the order they were handed in. */
export interface Mutex {
  run<Result>(work: () => Promise<Result>): Promise<Result>
}

export function createMutex(): Mutex {
  let last: Promise<unknown> = Promise.resolve()
  return {
    run(work) {
      const result = last.then(work)
      last = result.catch(() => {})
      return result
    },
  }
}
