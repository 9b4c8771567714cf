import { type CallExceptionError, type ErrorCode, isError } from 'ethers'
import { errorMessage, GenaroError } from '../util/errors.ts'
import { ApiError } from './errors.ts'
import { describeRevert } from './revertReason.ts'

/** What is known about the call that failed. */
export interface ErrorContext {
  rpcURL?: string
}

const UNREACHABLE: ReadonlySet<unknown> = new Set<ErrorCode | string>([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'NETWORK_ERROR',
  'TIMEOUT',
])

/**
 * Whatever ethers, the node or a contract threw, as an error that says in words what happened and what to do.
 * Errors of ours pass unchanged.
 */
export function explainError(error: unknown, context: ErrorContext = {}): Error {
  if (error instanceof GenaroError) return error
  const code = (error as { code?: unknown } | null)?.code
  if (UNREACHABLE.has(code) || isFetchFailure(error)) return unreachable(error, context)
  if (isError(error, 'CALL_EXCEPTION')) return reverted(error)
  if (isError(error, 'BAD_DATA') && error.value === '0x') return notGenaro(error)
  if (isError(error, 'INSUFFICIENT_FUNDS')) return insufficientFunds(error)
  return refused(error)
}

/** How a browser's `fetch` says that nobody answers. */
const isFetchFailure = (error: unknown): boolean =>
  error instanceof TypeError && /fetch|network/i.test(error.message)

function unreachable(error: unknown, { rpcURL }: ErrorContext): ApiError {
  const asked = (error as { request?: { url?: string } }).request?.url
  const url = rpcURL ?? asked
  return new ApiError('RPC_UNREACHABLE', {
    message: `No node answers${url === undefined ? '' : ` at ${url}`}`,
    hint: 'Start one with `npm start` (or `genaro devnet`), or pass the address of another with --rpc.',
    facts: { rpcURL: url },
    cause: error,
  })
}

function reverted(error: CallExceptionError): ApiError {
  const { receipt, transaction } = error
  const data = error.data ?? undefined
  if (data === undefined && receipt) return failedInBlock(receipt.hash, error)
  const told = refusalOf(error)
  if (data === undefined && told !== undefined) return refusedInWords(told, error)
  const { name, message, hint, facts } = describeRevert(
    transaction?.to ?? undefined,
    data,
    error.reason ?? undefined,
  )
  return new ApiError('CALL_REVERTED', {
    message,
    ...(hint === undefined ? {} : { hint }),
    facts: { ...facts, error: name, data },
    cause: error,
  })
}

/** ethers calls whatever a node answers to a call or an estimate a revert; without data it is the node's own no. */
function refusalOf({ info }: CallExceptionError): string | undefined {
  const message = (info as { error?: { message?: unknown } } | undefined)?.error?.message
  return typeof message === 'string' && !/^execution reverted/.test(message) ? message : undefined
}

const refusedInWords = (message: string, cause: unknown): ApiError =>
  new ApiError('RPC_REFUSED', {
    message: `The node refused: ${message}`,
    hint: 'Change what it names, or try again later when the node is busy.',
    cause,
  })

const failedInBlock = (transactionHash: string, cause: unknown): ApiError =>
  new ApiError('TRANSACTION_FAILED', {
    message: `The transaction ${transactionHash} is in a block, but it failed and changed nothing`,
    hint: 'What it relied on changed after it was sent; try again.',
    facts: { transactionHash },
    cause,
  })

const notGenaro = (error: unknown): ApiError =>
  new ApiError('NOT_GENARO', {
    message: 'The node answers, but its chain has no Genaro system contracts',
    hint: 'Pass the address of a Genaro node with --rpc.',
    cause: error,
  })

const insufficientFunds = (error: unknown): ApiError =>
  new ApiError('INSUFFICIENT_FUNDS', {
    message: 'The account cannot pay the amount and the gas of this transaction',
    hint: 'Send GNX to the account, or act for another with --account.',
    cause: error,
  })

function refused(error: unknown): ApiError {
  const told = (error as { error?: { message?: unknown }; shortMessage?: unknown } | null) ?? {}
  const reason = told.error?.message ?? told.shortMessage ?? errorMessage(error)
  return new ApiError('RPC_REFUSED', {
    message: `The node refused: ${String(reason)}`,
    facts: { reason: String(reason) },
    cause: error,
  })
}
