import type { Common } from '@ethereumjs/common'
import {
  Capability,
  getCalldataFloorGas,
  TransactionType,
  type TypedTransaction,
} from '@ethereumjs/tx'
import { MAX_TRANSACTION_GAS } from '../../protocol/params.ts'
import { errorMessage } from '../../util/errors.ts'
import { createPoolEntry, feesOf, type PoolEntry } from './entry.ts'
import { PoolError } from './errors.ts'
import type { PoolLimits } from './limits.ts'

/** What a transaction is measured against before its sender's account is looked at. */
export interface ValidationRules {
  common: Common
  limits: PoolLimits
  blockGasLimit: bigint
  /** Whether transactions without a chain id (before EIP-155) are taken. */
  acceptUnprotected: boolean
}

/** Whether the pool handles this type at all; blob transactions (EIP-4844) are left out on purpose. */
export const isPoolType = ({ type }: TypedTransaction): boolean =>
  type === TransactionType.Legacy ||
  type === TransactionType.AccessListEIP2930 ||
  type === TransactionType.FeeMarketEIP1559 ||
  type === TransactionType.EOACodeEIP7702

/**
 * Checks all that follows from the transaction alone, cheapest first and the signature last, and
 * recovers its sender; throws `PoolError`.
 */
export function validateTransaction(
  transaction: TypedTransaction,
  arrival: number,
  rules: ValidationRules,
): PoolEntry {
  checkType(transaction)
  checkChain(transaction, rules)
  checkFees(transaction, rules.limits)
  checkGas(transaction, rules)
  checkInitCode(transaction, rules.common)
  const entry = recoverSender(transaction, arrival)
  checkSize(entry, rules.limits)
  return entry
}

/** A decoded transaction may lack its signature, and then has neither hash nor sender. */
export function requireSigned(transaction: TypedTransaction): void {
  if (transaction.isSigned()) return
  throw new PoolError('INVALID_SIGNATURE', {
    message: 'invalid sender: the transaction is not signed',
    hint: 'Sign it, or send it with eth_sendTransaction from an account the node has.',
  })
}

function checkType(transaction: TypedTransaction): void {
  if (transaction.type === TransactionType.BlobEIP4844) {
    throw new PoolError('BLOB_TRANSACTION', {
      message: 'transaction type not supported: blob transactions (type 3) are not accepted',
      hint: 'Genaro has no blobs: send the data as calldata, or keep it in a bucket.',
    })
  }
  if (!isPoolType(transaction)) {
    throw new PoolError('UNSUPPORTED_TYPE', {
      message: `transaction type not supported: type ${(transaction as TypedTransaction).type}`,
      hint: 'Send a transaction of type 0, 1, 2 or 4.',
    })
  }
}

function checkChain(transaction: TypedTransaction, rules: ValidationRules): void {
  const expected = rules.common.chainId()
  const actual = transaction.common.chainId()
  if (actual !== expected) {
    throw new PoolError('WRONG_CHAIN_ID', {
      message: `invalid chain id for signer: have ${actual} want ${expected}`,
      hint: `Sign for chain id ${expected}.`,
      facts: { actual, expected },
    })
  }
  const isUnprotected =
    transaction.type === TransactionType.Legacy &&
    !transaction.supports(Capability.EIP155ReplayProtection)
  if (isUnprotected && !rules.acceptUnprotected) {
    throw new PoolError('UNPROTECTED', {
      message: 'only replay-protected (EIP-155) transactions allowed over RPC',
      hint: `Sign the transaction with chain id ${expected}.`,
    })
  }
}

function checkFees(transaction: TypedTransaction, { minimumFeePerGasWei }: PoolLimits): void {
  const { maxFeePerGas, maxPriorityFeePerGas } = feesOf(transaction)
  if (maxPriorityFeePerGas > maxFeePerGas) {
    throw new PoolError('TIP_ABOVE_FEE_CAP', {
      message: `max priority fee per gas higher than max fee per gas: maxPriorityFeePerGas: ${maxPriorityFeePerGas}, maxFeePerGas: ${maxFeePerGas}`,
      hint: 'Raise maxFeePerGas to at least maxPriorityFeePerGas.',
    })
  }
  if (maxFeePerGas < minimumFeePerGasWei) {
    throw new PoolError('FEE_TOO_LOW', {
      message: `transaction underpriced: fee cap ${maxFeePerGas}, minimum needed ${minimumFeePerGasWei}`,
      hint: `Offer at least ${minimumFeePerGasWei} wei per gas.`,
      facts: { maxFeePerGas, minimumFeePerGasWei },
    })
  }
}

function checkGas(transaction: TypedTransaction, { common, blockGasLimit }: ValidationRules): void {
  const { gasLimit } = transaction
  if (gasLimit > MAX_TRANSACTION_GAS) {
    throw new PoolError('GAS_ABOVE_CAP', {
      message: `transaction gas limit too high (cap: ${MAX_TRANSACTION_GAS}, tx: ${gasLimit})`,
      hint: 'Split the work into several transactions (EIP-7825).',
      facts: { gasLimit, cap: MAX_TRANSACTION_GAS },
    })
  }
  if (gasLimit > blockGasLimit) {
    throw new PoolError('GAS_ABOVE_BLOCK_LIMIT', {
      message: `exceeds block gas limit: have ${gasLimit}, block ${blockGasLimit}`,
      hint: `Ask for at most ${blockGasLimit} gas.`,
      facts: { gasLimit, blockGasLimit },
    })
  }
  const intrinsicGas = transaction.getIntrinsicGas()
  if (gasLimit < intrinsicGas) {
    throw new PoolError('INTRINSIC_GAS', {
      message: `intrinsic gas too low: gas ${gasLimit}, minimum needed ${intrinsicGas}`,
      hint: `Give it at least ${intrinsicGas} gas.`,
      facts: { gasLimit, needed: intrinsicGas },
    })
  }
  const floorGas = common.isActivatedEIP(7623) ? getCalldataFloorGas(transaction) : 0n
  if (gasLimit < floorGas) {
    throw new PoolError('FLOOR_GAS', {
      message: `insufficient gas for floor data gas cost: gas ${gasLimit}, minimum needed ${floorGas}`,
      hint: `Give it at least ${floorGas} gas: its calldata costs that much (EIP-7623).`,
      facts: { gasLimit, needed: floorGas },
    })
  }
}

function checkInitCode(transaction: TypedTransaction, common: Common): void {
  const limit = Number(common.param('maxInitCodeSize'))
  if (transaction.to === undefined && transaction.data.length > limit) {
    throw new PoolError('INIT_CODE_TOO_LARGE', {
      message: `max initcode size exceeded: code size ${transaction.data.length}, limit ${limit}`,
      hint: 'Split the contract, or turn the optimizer on (EIP-3860).',
      facts: { sizeBytes: transaction.data.length, limit },
    })
  }
}

function recoverSender(transaction: TypedTransaction, arrival: number): PoolEntry {
  try {
    return createPoolEntry(transaction, arrival)
  } catch (error) {
    throw new PoolError('INVALID_SIGNATURE', {
      message: `invalid sender: ${errorMessage(error)}`,
      hint: 'Sign the transaction again; its signature belongs to no account.',
      cause: error,
    })
  }
}

function checkSize({ sizeBytes }: PoolEntry, { transactionSizeBytes }: PoolLimits): void {
  if (sizeBytes > transactionSizeBytes) {
    throw new PoolError('OVERSIZED', {
      message: `oversized data: transaction size ${sizeBytes}, limit ${transactionSizeBytes}`,
      hint: `A transaction has at most ${transactionSizeBytes} bytes.`,
      facts: { sizeBytes, limit: transactionSizeBytes },
    })
  }
}
