import type { Block } from '@ethereumjs/block'
import type { ExecResult } from '@ethereumjs/evm'
import type { PrefixedHexString } from '@ethereumjs/util'
import { hexToBytes } from '@ethereumjs/util'
import { decodeInspectionAnswer } from '../../protocol/inspectionAnswer.ts'
import { NETWORK_KINDS } from '../../protocol/networkKinds.ts'
import type { NetworkTransaction } from '../../protocol/networkTransaction.ts'
import { systemContractInterface } from '../../protocol/systemContracts.ts'
import { ChainError } from '../errors.ts'
import type { Machine } from '../machine.ts'
import { runOrUndo } from './transaction.ts'

/** What an answer may use, which is no part of the block's gas. */
const ANSWER_GAS = 10_000_000n
/** What a derived step may use; the work of one is bounded by its contract. */
const DERIVED_GAS = 200_000_000n

/**
 * Carries out a network transaction by the contract of its kind: as a call of its sender, without fee, value or nonce.
 * Its effects stay where `keep` says so of the result, and are undone otherwise.
 */
export const runNetworkCall = (
  machine: Machine,
  block: Block,
  transaction: NetworkTransaction,
  keep: (result: ExecResult) => boolean,
): Promise<ExecResult> =>
  runOrUndo(machine, async () => {
    const { evm, stateManager: state } = machine
    const { to, isDerived } = transaction
    const caller = transaction.getSenderAddress()
    if ((await state.getCodeSize(to)) === 0) refuseMissing(transaction)
    await evm.journal.cleanup()
    await evm.journal.checkpoint()
    const { execResult } = await evm.runCall({
      block,
      caller,
      origin: caller,
      to,
      data: networkCallData(transaction),
      gasLimit: isDerived ? DERIVED_GAS : ANSWER_GAS,
      skipNonceIncrement: true,
    })
    if (keep(execResult)) await evm.journal.commit()
    else await evm.journal.revert()
    // Takes off the account of a sender that has nothing: the call touched it.
    await evm.journal.cleanup()
    evm.transientStorage.clear()
    state.originalStorageCache.clear()
    return execResult
  })

/** A call to no contract succeeds and does nothing. */
function refuseMissing({ special, to }: NetworkTransaction): never {
  throw new ChainError('INVALID_TRANSACTION', {
    message: `There is no ${special.contract} contract at ${to} on this chain`,
    facts: { contract: special.contract },
  })
}

function networkCallData(transaction: NetworkTransaction): Uint8Array {
  switch (transaction.kind) {
    case NETWORK_KINDS.inspectionAnswer.kind:
      return answerCallData(transaction)
    case NETWORK_KINDS.inspectionStep.kind:
      return encodeCall('Inspections', 'step', [transaction.payload[0] === 1])
    default:
      return encodeCall('Heft', 'sync', [])
  }
}

function answerCallData({ nonce: challengeId, payload }: NetworkTransaction): Uint8Array {
  const { anchorNumber, anchorHash, proof } = decodeInspectionAnswer(payload)
  return encodeCall('Inspections', 'answer', [challengeId, anchorNumber, anchorHash, proof])
}

const encodeCall = (
  contract: 'Inspections' | 'Heft',
  method: string,
  args: readonly unknown[],
): Uint8Array =>
  hexToBytes(
    systemContractInterface(contract).encodeFunctionData(method, args) as PrefixedHexString,
  )
