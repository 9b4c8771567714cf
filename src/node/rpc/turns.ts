/** Runs work that belongs to one name one after another; other names are not kept waiting. */
export type TakeTurn = <Result>(
  name: string,
  work: (pass: () => void) => Promise<Result>,
) => Promise<Result>

/** Makes a queue per name. Work may pass its turn on before it is done. */
export function createTurns(): TakeTurn {
  const lasts = new Map<string, Promise<void>>()
  return async (name, work) => {
    const before = lasts.get(name)
    const { promise: done, resolve: pass } = Promise.withResolvers<void>()
    lasts.set(name, done)
    await before
    try {
      return await work(pass)
    } finally {
      pass()
      if (lasts.get(name) === done) lasts.delete(name)
    }
  }
}
