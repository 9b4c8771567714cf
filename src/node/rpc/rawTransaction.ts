import { RLP } from '@ethereumjs/rlp'
import { createTxFromRLP, type TypedTransaction } from '@ethereumjs/tx'
import { bytesToBigInt } from '@ethereumjs/util'
import { invalidParams, RPCError, serverError } from '../../api/rpc/errors.ts'
import { readNetworkTransaction } from '../../chain/networkSender.ts'
import { asTypedTransaction, NETWORK_TRANSACTION_TYPE } from '../../protocol/networkTransaction.ts'
import { MAX_TRANSACTION_BYTES } from '../../protocol/params.ts'
import { errorMessage } from '../../util/errors.ts'
import type { ChainNode } from '../node.ts'

const BLOB_TYPE = 3
const ENVELOPE_TYPES = [1, 2, 4]
/** The first byte of an RLP list, which is how a legacy transaction begins (EIP-2718). */
const FIRST_LIST_BYTE = 0xc0

/**
 * Decodes a signed transaction for this chain and recovers its sender. Throws `RPCError` for every
 * kind of bytes that is not one, `NetworkTransactionError` for those that begin as one of type 0x60.
 */
export function decodeRawTransaction(node: ChainNode, bytes: Uint8Array): TypedTransaction {
  // It has a codec of its own, whose errors say what is wrong.
  if (bytes[0] === NETWORK_TRANSACTION_TYPE)
    return asTypedTransaction(readNetworkTransaction(bytes))
  checkEnvelope(bytes)
  checkChain(node, decodeFields(bytes), bytes[0]! >= FIRST_LIST_BYTE)
  try {
    const transaction = createTxFromRLP(bytes, { common: node.chain.common })
    if (!transaction.isSigned()) throw serverError('transaction is not signed')
    transaction.getSenderAddress()
    return transaction
  } catch (error) {
    if (error instanceof RPCError) throw error
    throw notATransaction(errorMessage(error))
  }
}

const notATransaction = (why: string): RPCError =>
  invalidParams(`Invalid params: params[0] (transaction): not a valid transaction: ${why}`)

function checkEnvelope(bytes: Uint8Array): void {
  const [type] = bytes
  if (type === undefined) throw notATransaction('it is empty')
  if (bytes.length > MAX_TRANSACTION_BYTES) {
    throw serverError(
      `oversized data: transaction size ${bytes.length}, limit ${MAX_TRANSACTION_BYTES}`,
    )
  }
  if (type === BLOB_TYPE) {
    throw serverError(
      'transaction type not supported: blob transactions (type 3) cannot be sent to this chain',
      'Data belongs in bought storage; send an EIP-1559 transaction (type 2)',
    )
  }
  if (type < FIRST_LIST_BYTE && !ENVELOPE_TYPES.includes(type)) {
    throw serverError(
      `transaction type not supported: ${type}`,
      'Send a legacy, EIP-2930, EIP-1559 or EIP-7702 transaction, or a network transaction (type 0x60)',
    )
  }
}

function decodeFields(bytes: Uint8Array): unknown[] {
  try {
    const fields = RLP.decode(bytes[0]! >= FIRST_LIST_BYTE ? bytes : bytes.subarray(1))
    if (Array.isArray(fields)) return fields
  } catch (error) {
    throw notATransaction(errorMessage(error))
  }
  throw notATransaction('its fields are not a list')
}

const LEGACY_V_INDEX = 6
/** From here on v names the chain (EIP-155). */
const FIRST_PROTECTED_V = 35n

/** Compares the chain id before EthereumJS does, whose error does not say which chain was meant. */
function checkChain({ chain }: ChainNode, fields: unknown[], isLegacy: boolean): void {
  const field = fields[isLegacy ? LEGACY_V_INDEX : 0]
  if (!(field instanceof Uint8Array) || field.length > 32) return
  const value = bytesToBigInt(field)
  if (isLegacy && value < FIRST_PROTECTED_V) {
    checkUnprotected(chain.network.name, value)
    return
  }
  const chainId = isLegacy ? (value - 35n) / 2n : value
  if (chainId !== chain.network.chainId) {
    throw serverError(
      `invalid chain id for signer: have ${chainId} want ${chain.network.chainId}`,
      'Sign the transaction for this chain',
    )
  }
}

/** Without EIP-155 a transaction can be replayed from another chain; deployment tools rely on it. */
function checkUnprotected(network: string, v: bigint): void {
  if (network !== 'devnet' && (v === 27n || v === 28n)) {
    throw serverError('only replay-protected (EIP-155) transactions allowed over RPC')
  }
}
