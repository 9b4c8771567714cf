import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { errorMessage } from '../../src/util/errors.ts'

/** A process of the benchmark, whose functions can be called. */
export interface Callee<Calls> {
  call<Name extends keyof Calls & string>(
    name: Name,
    ...given: Given<Calls[Name]>
  ): Promise<Answer<Calls[Name]>>
  stop(): Promise<void>
}

type Given<Call> = Call extends (...given: infer All) => unknown ? All : never
type Answer<Call> = Call extends (...given: never[]) => infer Result ? Awaited<Result> : never

interface Question {
  name: string
  given: unknown[]
}

type Reply = { result: unknown } | { failure: string }

/** Starts a file that calls `answerCalls` as a process; one call at a time. */
export function startCallee<Calls>(file: string): Callee<Calls> {
  const child: ChildProcess = fork(file, { serialization: 'advanced', execArgv: [] })
  return {
    async call(name, ...given) {
      child.send({ name, given } satisfies Question)
      const ended = once(child, 'exit').then(() => ({ failure: 'the process ended' }))
      const [reply] = (await Promise.race([
        once(child, 'message'),
        ended.then((end) => [end]),
      ])) as [Reply]
      if ('failure' in reply) throw new Error(`${name}: ${reply.failure}`)
      return reply.result as never
    },
    async stop() {
      if (!child.connected) return
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

/** Serves calls from the process that started this one, and ends with it. */
export function answerCalls(calls: Record<string, (...given: never[]) => unknown>): void {
  process.on('message', async ({ name, given }: Question) => {
    try {
      process.send!({ result: await calls[name]!(...(given as never[])) })
    } catch (error) {
      process.send!({
        failure: error instanceof Error ? `${errorMessage(error)}\n${error.stack}` : String(error),
      })
    }
  })
  process.on('disconnect', () => process.exit(0))
}
