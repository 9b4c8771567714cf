import { RPCError } from '../../api/rpc/errors.ts'
import { giveWay, isTurnOver } from '../../util/giveWay.ts'
import type { Logger } from '../../util/logger.ts'
import type { Dispatch } from './dispatcher.ts'
import type { RequestContext } from './handler.ts'
import { toRPCError } from './toRPCError.ts'

/** A value now or later. */
export type Maybe<Value> = Value | Promise<Value>

/** Answers the text of a request or batch with text; undefined when only notifications were in it. */
export type Answer = (text: string, context: RequestContext) => Maybe<string | undefined>

export interface AnswerOptions {
  dispatch: Dispatch
  logger: Logger
  /** Requests in one batch. */
  maxBatch?: number
  /** Characters of all answers of one batch together; later requests get an error. */
  maxBatchAnswer?: number
}

/** Speaks JSON-RPC 2.0. Never throws: whatever comes in, an answer or nothing goes out. */
export function createAnswer(options: AnswerOptions): Answer {
  const { dispatch, logger, maxBatch = 1_000, maxBatchAnswer = 25_000_000 } = options

  const answerOne = (request: unknown, context: RequestContext): Maybe<string | undefined> => {
    const invalid = faultOf(request)
    if (invalid !== undefined) return errorText(idOf(request), invalid)
    const { id, method, params } = request as { id?: Id; method: string; params?: unknown }
    const finish = (result: unknown): string | undefined =>
      id === undefined ? undefined : resultText(id, result)
    const fail = (error: unknown): string | undefined => {
      const told = toRPCError(error, logger, method)
      return id === undefined ? undefined : errorText(id, told)
    }
    try {
      const result = dispatch(method, params, context)
      return result instanceof Promise ? result.then(finish).catch(fail) : finish(result)
    } catch (error) {
      return fail(error)
    }
  }

  /**
   * One after another, so that transactions in a batch keep their order, and others in between: awaiting an answer
   * alone may keep the thread.
   */
  const answerBatch = async (
    requests: unknown[],
    context: RequestContext,
  ): Promise<string | undefined> => {
    const answers: string[] = []
    let length = 0
    for (const request of requests) {
      if (isTurnOver()) await giveWay()
      const answer =
        length > maxBatchAnswer
          ? errorText(idOf(request), batchAnswerTooLong(maxBatchAnswer))
          : await answerOne(request, context)
      if (answer === undefined) continue
      answers.push(answer)
      length += answer.length
    }
    return answers.length === 0 ? undefined : `[${answers.join(',')}]`
  }

  return (text, context) => {
    let request: unknown
    try {
      request = JSON.parse(text)
    } catch (error) {
      return errorText(null, notJSON(error))
    }
    if (!Array.isArray(request)) return answerOne(request, context)
    if (request.length === 0) return errorText(null, invalidRequest('an empty batch'))
    if (request.length > maxBatch) return errorText(null, batchTooLong(maxBatch))
    return answerBatch(request, context)
  }
}

type Id = string | number | null

const MAX_ID_LENGTH = 256

/** Ids may be text, null or numbers that JSON carries exactly. */
const isId = (id: unknown): id is Id =>
  id === null ||
  (typeof id === 'string' && id.length <= MAX_ID_LENGTH) ||
  (typeof id === 'number' && Math.abs(id) <= Number.MAX_SAFE_INTEGER)

const idOf = (request: unknown): Id => {
  const id = (request as { id?: unknown } | null)?.id
  return isId(id) ? id : null
}

/** Why a decoded value is not a request, or undefined when it is one. */
function faultOf(request: unknown): RPCError | undefined {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    return invalidRequest('expected an object')
  }
  const { jsonrpc, id, method } = request as Record<string, unknown>
  if (jsonrpc !== '2.0') return invalidRequest('jsonrpc must be "2.0"')
  if (id !== undefined && !isId(id)) {
    return invalidRequest(`id must be null, a safe number, or text up to ${MAX_ID_LENGTH} long`)
  }
  return typeof method === 'string' ? undefined : invalidRequest('method must be text')
}

const resultText = (id: Id, result: unknown): string =>
  `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${JSON.stringify(result ?? null)}}`

/** The answer that says what went wrong. */
export const errorText = (id: Id, error: RPCError): string =>
  `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"error":${JSON.stringify(error.toObject())}}`

const notJSON = (error: unknown): RPCError =>
  new RPCError('PARSE_ERROR', {
    message: `Parse error: ${error instanceof Error ? error.message.slice(0, 120) : 'not JSON'}`,
  })

const invalidRequest = (why: string): RPCError =>
  new RPCError('INVALID_REQUEST', { message: `Invalid Request: ${why}` })

const batchTooLong = (max: number): RPCError =>
  new RPCError('INVALID_REQUEST', {
    message: `batch too large: at most ${max} requests`,
    hint: 'Split it.',
  })

const batchAnswerTooLong = (max: number): RPCError =>
  new RPCError('RESPONSE_TOO_LARGE', {
    message: `response too large: the batch's answers are longer than ${max} characters`,
    hint: 'Split it.',
  })
