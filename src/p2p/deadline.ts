/**
 * Rejects with the error that `onTimeout` gives when the work has not finished in time. The work itself goes
 * on unless `onTimeout` stops it; what comes of it then is dropped.
 */
export function withDeadline<Result>(
  work: Promise<Result>,
  timeoutMs: number,
  onTimeout: () => Error,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(onTimeout()), timeoutMs)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
