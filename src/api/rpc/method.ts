import type { z } from 'zod'

/** A parameter: its name, for error messages and documentation, and the schema that decodes it. */
export type RPCParameter = readonly [name: string, schema: z.ZodType]

/** A method: its parameters in order and, as a type only, what it answers with. */
export interface RPCMethod<Parameters extends readonly RPCParameter[], Result> {
  readonly parameters: Parameters
  /** Never set: carries the type of the result. */
  readonly result?: Result
}

type AnyMethod = RPCMethod<readonly RPCParameter[], unknown>

/** Methods by name. */
export type RPCNamespace = Record<string, AnyMethod>

/** Declares a method: `method(['address', address], ['block', block]).returns<Quantity>()`. */
export const method = <const Parameters extends readonly RPCParameter[]>(
  ...parameters: Parameters
) => ({
  returns: <Result>(): RPCMethod<Parameters, Result> => ({ parameters }),
})

type DecodedList<Parameters extends readonly RPCParameter[]> = {
  -readonly [Index in keyof Parameters]: z.output<Parameters[Index][1]>
}

type EncodedList<Parameters extends readonly RPCParameter[]> = Parameters extends readonly [
  infer First extends RPCParameter,
  ...infer Rest extends readonly RPCParameter[],
]
  ? undefined extends z.input<First[1]>
    ? [value?: z.input<First[1]>, ...rest: EncodedList<Rest>]
    : [value: z.input<First[1]>, ...rest: EncodedList<Rest>]
  : []

/** What a handler is given: every parameter decoded, an absent trailing one as its default. */
export type DecodedParameters<Method> =
  Method extends RPCMethod<infer Parameters, unknown> ? DecodedList<Parameters> : never

/** What a client sends. */
export type EncodedParameters<Method> =
  Method extends RPCMethod<infer Parameters, unknown> ? EncodedList<Parameters> : never

/** What the method answers with. */
export type MethodResult<Method> =
  Method extends RPCMethod<readonly RPCParameter[], infer Result> ? Result : never
