import { debug } from './debug.ts'
import { eth } from './eth.ts'
import { evm } from './evm.ts'
import { genaro } from './genaro.ts'
import type { DecodedParameters, EncodedParameters, MethodResult } from './method.ts'
import { net } from './net.ts'
import { txpool } from './txpool.ts'
import { web3 } from './web3.ts'

/** Every method of the JSON-RPC interface: one source for the server and for clients. */
export const rpcSchema = { ...eth, ...net, ...web3, ...txpool, ...debug, ...evm, ...genaro }

export type RPCSchema = typeof rpcSchema

export type MethodName = keyof RPCSchema

/** What a client sends to a method. */
export type Parameters<Name extends MethodName> = EncodedParameters<RPCSchema[Name]>

/** What a handler of a method is given. */
export type Decoded<Name extends MethodName> = DecodedParameters<RPCSchema[Name]>

/** What a method answers with. */
export type Result<Name extends MethodName> = MethodResult<RPCSchema[Name]>

export const isMethodName = (name: string): name is MethodName => Object.hasOwn(rpcSchema, name)
