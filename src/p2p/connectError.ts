import { errorMessage } from '../util/errors.ts'
import { P2PError, type P2PErrorCode } from './errors.ts'

export interface ConnectAttempt {
  peerId: string
  /** The caller's own. */
  signal: AbortSignal | undefined
  timeout: AbortSignal
  openTimeoutMs: number
}

/** What a failed attempt to reach a peer means, in our words. */
export function toP2PError(error: unknown, attempt: ConnectAttempt): P2PError {
  if (error instanceof P2PError) return error
  const { code, what, hint } = describe(error, attempt)
  const { peerId } = attempt
  return new P2PError(code, {
    message: `Peer ${peerId} ${what}`,
    hint,
    facts: { peerId },
    cause: error,
  })
}

function describe(
  error: unknown,
  { signal, timeout, openTimeoutMs }: ConnectAttempt,
): { code: P2PErrorCode; what: string; hint: string } {
  const name = error instanceof Error ? error.name : ''
  if (signal?.aborted) {
    return { code: 'ABORTED', what: 'was given up', hint: 'Nothing to do: you asked for it.' }
  }
  if (timeout.aborted) {
    const what = `did not answer within ${openTimeoutMs} ms`
    return { code: 'TIMED_OUT', what, hint: 'Try again later, or another peer.' }
  }
  if (name === 'UnsupportedProtocolError') {
    const what = `does not speak the protocol: ${errorMessage(error)}`
    return { code: 'PROTOCOL_UNSUPPORTED', what, hint: 'Check what kind of node it is.' }
  }
  if (name === 'DialDeniedError' || name === 'ConnectionDeniedError') {
    const what = `may not be dialled: ${errorMessage(error)}`
    return { code: 'DIAL_DENIED', what, hint: 'It is banned, or its address is a private one.' }
  }
  const what = `cannot be reached: ${errorMessage(error)}`
  return { code: 'UNREACHABLE', what, hint: 'Check that it runs and that its address is right.' }
}
