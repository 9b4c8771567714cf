import type { TypedTransaction } from '@ethereumjs/tx'
import { type Address, hexToBytes, type PrefixedHexString } from '@ethereumjs/util'
import { getBytes, hashMessage, Signature, SigningKey, TypedDataEncoder } from 'ethers'
import { invalidParams, serverError } from '../../../api/rpc/errors.ts'
import type { RPCRawAndFields } from '../../../api/rpc/results.ts'
import type { TransactionRequest } from '../../../api/rpc/transactionRequest.ts'
import type { Hex } from '../../../api/rpc/values.ts'
import type { ChainNode } from '../../node.ts'
import { createUnsigned, type FilledRequest, fillRequest } from '../fillTransaction.ts'
import { toHex } from '../format/hex.ts'
import { formatFields } from '../format/transaction.ts'
import type { Handlers } from '../handler.ts'
import { createTipOracle } from '../tipOracle.ts'
import { createTurns } from '../turns.ts'

type Names =
  | 'eth_accounts'
  | 'eth_requestAccounts'
  | 'eth_coinbase'
  | 'eth_sendTransaction'
  | 'eth_signTransaction'
  | 'eth_fillTransaction'
  | 'eth_sign'
  | 'eth_signTypedData_v4'
  | 'personal_sign'

/** Accounts the node signs for. Only a development network has any. */
export function createAccountHandlers(node: ChainNode): Handlers<Names> {
  const accounts = new Map(
    (node.devnet?.accounts ?? []).map(({ address, privateKey }) => [
      address.toLowerCase(),
      privateKey,
    ]),
  )
  const addresses = [...accounts.keys()] as Hex[]
  const suggestTip = createTipOracle(node.chain)
  const takeTurn = createTurns()

  const keyOf = (address: Address | undefined): string => {
    if (address === undefined) {
      throw invalidParams('Invalid params: params[0] (transaction.from): expected an address')
    }
    const key = accounts.get(address.toString())
    if (key !== undefined) return key
    throw serverError(
      `unknown account: the node has no key for ${address}`,
      accounts.size === 0
        ? 'Sign with a wallet and use eth_sendRawTransaction.'
        : 'eth_accounts lists those it has.',
    )
  }
  const fill = (request: TransactionRequest) => fillRequest(node, suggestTip(), request)
  const sign = async (request: FilledRequest, key: string): Promise<TypedTransaction> => {
    const nonce = request.nonce ?? (await node.pool.nextNonce(request.from!))
    return createUnsigned(node, request, nonce).sign(hexToBytes(key as PrefixedHexString))
  }
  const show = (transaction: TypedTransaction): RPCRawAndFields => ({
    raw: toHex(transaction.serialize()),
    tx: formatFields(transaction),
  })

  return {
    eth_accounts: () => addresses,
    eth_requestAccounts: () => addresses,
    eth_coinbase: () => toHex(node.pendingBlock().header.coinbase.bytes),
    eth_sendTransaction: async ([request]) => {
      const key = keyOf(request.from)
      const filled = await fill(request)
      return takeTurn(request.from!.toString(), async (pass) => {
        const transaction = await sign(filled, key)
        return toHex(await submit(node, transaction, pass))
      })
    },
    eth_signTransaction: async ([request]) => {
      const key = keyOf(request.from)
      return show(await sign(await fill(request), key))
    },
    eth_fillTransaction: async ([request]) => {
      const filled = await fill(request)
      const nonce =
        filled.nonce ?? (filled.from === undefined ? 0n : await node.pool.nextNonce(filled.from))
      return show(createUnsigned(node, filled, nonce))
    },
    eth_sign: ([address, message]) => signDigest(keyOf(address), hashMessage(message)),
    personal_sign: ([message, address]) => signDigest(keyOf(address), hashMessage(message)),
    eth_signTypedData_v4: ([address, typedData]) =>
      signDigest(keyOf(address), hashTypedData(typedData)),
  }
}

/** Submits, and passes the turn as soon as the pool has the transaction, so that many share a block. */
async function submit(
  node: ChainNode,
  transaction: TypedTransaction,
  pass: () => void,
): Promise<Uint8Array> {
  const stop = node.pool.onAdded((added) => {
    if (added === transaction) pass()
  })
  try {
    return await node.submit(transaction)
  } finally {
    stop()
  }
}

const signDigest = (key: string, digest: string): Hex =>
  Signature.from(new SigningKey(key).sign(getBytes(digest))).serialized as Hex

/** The hash EIP-712 signs. Throws `RPCError` INVALID_PARAMS for data that is not well-formed. */
function hashTypedData({ domain, types, message }: Record<string, unknown>): string {
  try {
    const { EIP712Domain: _, ...own } = types as Record<string, []>
    return TypedDataEncoder.hash(domain as object, own, message as Record<string, unknown>)
  } catch (error) {
    throw invalidParams(`Invalid params: params[1] (typedData): ${typedDataFault(error)}`)
  }
}

const MAX_FAULT_LENGTH = 200

/** What ethers found wrong with the data, without what it adds for its own log; its other errors say nothing. */
function typedDataFault(error: unknown): string {
  const { shortMessage } = error as { shortMessage?: unknown }
  return typeof shortMessage === 'string'
    ? shortMessage.slice(0, MAX_FAULT_LENGTH)
    : 'expected domain, types and message as EIP-712 has them'
}
