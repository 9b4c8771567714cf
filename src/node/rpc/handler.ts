import type { Decoded, MethodName, Result } from '../../api/rpc/schema.ts'

/** Whoever can be told of events: a WebSocket connection, or a caller in the same process. */
export interface Subscriber {
  /** Sends one whole JSON-RPC notification. */
  notify(message: string): void
}

/** What a handler knows of the request beyond its parameters. */
export interface RequestContext {
  /** Absent where nobody listens after the answer, as over HTTP. */
  subscriber: Subscriber | undefined
}

/** Answers one method: decoded parameters in, a value that becomes JSON out. Throws for an error. */
export type Handler<Name extends MethodName> = (
  parameters: Decoded<Name>,
  context: RequestContext,
) => Result<Name> | Promise<Result<Name>>

/** Handlers by method. */
export type Handlers<Name extends MethodName = MethodName> = {
  readonly [Each in Name]: Handler<Each>
}
