import { type ErrorDetails, GenaroError } from '../../util/errors.ts'

/** The numbers of JSON-RPC 2.0 and EIP-1474, and geth's 3 for a revert, by the name they go by here. */
export const RPC_ERROR_NUMBERS = {
  PARSE_ERROR: -32700,
  INVALID_REQUEST: -32600,
  METHOD_NOT_FOUND: -32601,
  INVALID_PARAMS: -32602,
  INTERNAL_ERROR: -32603,
  /** The node understood and refuses: pool rules, missing blocks, failed execution. */
  SERVER_ERROR: -32000,
  RESPONSE_TOO_LARGE: -32003,
  LIMIT_EXCEEDED: -32005,
  EXECUTION_REVERTED: 3,
} as const satisfies Record<string, number>

export type RPCErrorCode = keyof typeof RPC_ERROR_NUMBERS

/** An error as it stands in a JSON-RPC answer. */
export interface RPCErrorObject {
  code: number
  message: string
  /** What a reverted contract returned, in hexadecimal. */
  data?: string
}

/** A request that was answered with an error. */
export class RPCError extends GenaroError<RPCErrorCode> {
  readonly data: string | undefined

  constructor(code: RPCErrorCode, { data, ...details }: ErrorDetails & { data?: string }) {
    super(code, details)
    this.data = data
  }

  /** The form sent over the wire: the hint, where there is one, follows the message. */
  toObject(): RPCErrorObject {
    return {
      code: RPC_ERROR_NUMBERS[this.code],
      message: this.hint === undefined ? this.message : `${this.message}. ${this.hint}`,
      ...(this.data === undefined ? {} : { data: this.data }),
    }
  }
}

export const invalidParams = (message: string, hint?: string): RPCError =>
  new RPCError('INVALID_PARAMS', hint === undefined ? { message } : { message, hint })

export const serverError = (message: string, hint?: string): RPCError =>
  new RPCError('SERVER_ERROR', hint === undefined ? { message } : { message, hint })
