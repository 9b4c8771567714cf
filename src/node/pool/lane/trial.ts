import { bytesToHex, hexToBytes, type PrefixedHexString } from '@ethereumjs/util'
import { systemContractAddress } from '../../../protocol/addresses.ts'
import { decodeInspectionAnswer } from '../../../protocol/inspectionAnswer.ts'
import { MAX_TRANSACTION_GAS } from '../../../protocol/params.ts'
import { systemContractInterface } from '../../../protocol/systemContracts.ts'
import { requireSuccess, type Trial } from '../special.ts'
import type { LaneEntry } from './entry.ts'

/** Tries an answer on the head; throws `PoolError` SPECIAL_REVERTED when the contract refuses it. */
export type AnswerTrial = (entry: LaneEntry) => Promise<void>

/** Tries answers as messages to the Inspections contract. */
export const createAnswerTrial =
  (trial: Trial): AnswerTrial =>
  async ({ signer, challengeId, transaction }) => {
    const to = systemContractAddress('Inspections')
    const { anchorNumber, anchorHash, proof } = decodeInspectionAnswer(transaction.payload)
    const data = systemContractInterface('Inspections').encodeFunctionData('answer', [
      challengeId,
      anchorNumber,
      bytesToHex(anchorHash),
      bytesToHex(proof),
    ])
    const simulation = await trial({
      from: signer,
      to,
      value: 0n,
      data: hexToBytes(data as PrefixedHexString),
      gasLimit: MAX_TRANSACTION_GAS,
    })
    requireSuccess(simulation, to)
  }
