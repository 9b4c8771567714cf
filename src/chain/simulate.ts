import { type Block, type BlockHeader, createBlock } from '@ethereumjs/block'
import {
  type AccessList,
  createEOACode7702Tx,
  createFeeMarket1559Tx,
  type TypedTransaction,
} from '@ethereumjs/tx'
import {
  Account,
  type Address,
  type EOACode7702AuthorizationList,
  equalsBytes,
} from '@ethereumjs/util'
import { runTx } from '@ethereumjs/vm'
import { errorMessage, GenaroError } from '../util/errors.ts'
import type { Chain, Log } from './chain.ts'
import {
  requireFunds,
  requirePossible,
  requireRepresentable,
  SimulationError,
} from './checkMessage.ts'
import { toLogs } from './execution/transaction.ts'
import type { Machine } from './machine.ts'
import type { WorldState } from './state/worldState.ts'

/** A message to try out: a transaction without nonce and signature. */
export interface Message {
  from: Address
  to: Address | undefined
  value: bigint
  data: Uint8Array
  gasLimit: bigint
  /** Absent: the call is free, and the BASEFEE opcode reads 0, as in other nodes. */
  fees?: { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint }
  accessList?: AccessList
  authorizationList?: EOACode7702AuthorizationList
}

export interface Simulation {
  /** All gas used, intrinsic gas included, refunds taken off. */
  gasUsed: bigint
  returnValue: Uint8Array
  /** Undefined when it succeeded; 'revert' when the contract reverted, else the exception's name. */
  failure: string | undefined
  logs: Log[]
  createdAddress: Address | undefined
  /** Slots and addresses touched (EIP-2930 form), without the sender, the target and precompiles. */
  accessList: AccessList
}

/** Where a message is tried: on which state, and as if in the block with which header. */
export interface SimulationContext {
  chain: Chain
  /** Takes the message's effects, so that several can follow each other; open one of your own. */
  state: WorldState
  header: BlockHeader
  /**
   * When to give up with `ExecutionError` EXECUTION_TIMEOUT, on the clock of `performance.now()`; undefined for
   * code that is known to end soon.
   */
  deadline?: number | undefined
}

/** Tries a message and says what came of it; the chain is not changed. */
export async function simulate(context: SimulationContext, message: Message): Promise<Simulation> {
  const { chain, state, header } = context
  const sender = (await state.getAccount(message.from)) ?? new Account()
  requireFunds(message, sender.balance)
  const block = blockFor(context, message)
  const transaction = toTransaction(chain, message, sender.nonce)
  requirePossible(message, transaction, block.header.baseFeePerGas ?? 0n)
  if (sender.isContract() && !(await isDelegated(state, message.from))) {
    takeForDelegated(state, message.from)
  }
  const workplace = {
    state,
    blockHashes: chain.ancestorHashes(header),
    deadline: context.deadline,
  }
  return chain.rules.machines.use(workplace, (machine) => run(machine, block, message, transaction))
}

/** The block a message is tried in; a free call sees a base fee of 0, as it pays none. */
function blockFor({ chain, header }: SimulationContext, { fees }: Message): Block {
  const fields = fees === undefined ? { ...headerFields(header), baseFeePerGas: 0n } : header
  return createBlock({ header: fields }, { common: chain.common })
}

const headerFields = (header: BlockHeader) => ({
  parentHash: header.parentHash,
  number: header.number,
  coinbase: header.coinbase,
  timestamp: header.timestamp,
  gasLimit: header.gasLimit,
  mixHash: header.mixHash,
  extraData: header.extraData,
  excessBlobGas: header.excessBlobGas,
})

function toTransaction({ common }: Chain, message: Message, nonce: bigint): TypedTransaction {
  const { from, to, value, data, gasLimit, accessList = [], authorizationList } = message
  const fees = message.fees ?? { maxFeePerGas: 0n, maxPriorityFeePerGas: 0n }
  const fields = { nonce, to, value, data, gasLimit, accessList, ...fees }
  requireRepresentable(common, message, nonce)
  try {
    const options = { common, freeze: false }
    const transaction =
      authorizationList === undefined
        ? createFeeMarket1559Tx(fields, options)
        : createEOACode7702Tx({ ...fields, to: to!, authorizationList }, options)
    transaction.getSenderAddress = () => from
    return transaction
  } catch (cause) {
    return refuse(cause)
  }
}

const DELEGATION_PREFIX = Uint8Array.of(0xef, 0x01, 0x00)

/** Whether an account with code is one whose owner delegated it, and may still send (EIP-7702). */
const isDelegated = async (state: WorldState, address: Address): Promise<boolean> =>
  equalsBytes((await state.getCode(address)).subarray(0, 3), DELEGATION_PREFIX)

/**
 * No transaction can come from a contract (EIP-3607), but wallets and tests ask what it would see, and other nodes
 * answer. The check lets pass an account that its owner delegated, so once, when it looks, the code reads so.
 */
function takeForDelegated(state: WorldState, sender: Address): void {
  const { getCode } = state
  state.getCode = async (address) => {
    if (!address.equals(sender)) return getCode.call(state, address)
    state.getCode = getCode
    return DELEGATION_PREFIX
  }
}

async function run(
  machine: Machine,
  block: Block,
  message: Message,
  transaction: TypedTransaction,
): Promise<Simulation> {
  const result = await runTx(machine, {
    tx: transaction,
    block,
    skipBalance: true,
    skipBlockGasLimitValidation: true,
    reportAccessList: true,
  }).catch(refuse)
  const { execResult } = result
  return {
    gasUsed: result.totalGasSpent,
    returnValue: execResult.returnValue,
    failure: execResult.exceptionError?.error,
    logs: toLogs(execResult.logs),
    createdAddress: result.createdAddress,
    accessList: withoutWarm(machine, message, result.accessList ?? []),
  }
}

/** What the checks before did not foresee; the library's words are for the log. */
function refuse(cause: unknown): never {
  if (cause instanceof GenaroError) throw cause
  throw new SimulationError('INVALID_MESSAGE', {
    message: 'no block could hold this call as a transaction',
    hint: 'Check its fields.',
    facts: { reason: errorMessage(cause) },
    cause,
  })
}

function withoutWarm(machine: Machine, { from, to }: Message, accessList: AccessList): AccessList {
  const warm = new Set([from.toString(), to?.toString()])
  return accessList.filter(
    ({ address, storageKeys }) =>
      storageKeys.length > 0 ||
      !(warm.has(address) || machine.evm.precompiles.has(address.slice(2))),
  )
}
