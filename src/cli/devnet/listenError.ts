import { errorMessage } from '../../util/errors.ts'
import { CLIError } from '../failure.ts'

/** Why the server could not listen, in words. */
export function explainListenError(error: unknown, host: string, port: number): Error {
  const code = (error as { code?: unknown } | null)?.code
  if (code === 'EADDRINUSE') {
    return new CLIError('PORT_IN_USE', {
      message: `Port ${port} on ${host} is in use by another process`,
      hint: `Stop that process, or choose another port, for example --port ${port < 65_000 ? port + 100 : 8545}.`,
      facts: { host, port },
      cause: error,
    })
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new CLIError('CANNOT_LISTEN', {
      message: `Cannot listen on ${host} port ${port}: ${errorMessage(error)}`,
      hint: 'Choose an address of this machine with --host and a port above 1023 with --port.',
      facts: { host, port },
      cause: error,
    })
  }
  return error instanceof Error ? error : new Error(String(error))
}
