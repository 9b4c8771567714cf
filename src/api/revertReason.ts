import type { ErrorDescription } from 'ethers'
import { SYSTEM_CONTRACTS, type SystemContractName } from '../protocol/addresses.ts'
import { systemContractInterface } from '../protocol/systemContracts.ts'
import { REVERT_WORDS } from './revertWords.ts'

/** Why a contract reverted, in words. */
export interface RevertReason {
  /** The Solidity error's name; undefined when the contract gave none that is known. */
  name: string | undefined
  message: string
  hint: string | undefined
  /** The error's arguments by their names. */
  facts: Record<string, unknown>
}

/**
 * Reads the data of a revert as the custom errors of the system contract that was called. `to` decides, because two
 * contracts may give one error different meanings.
 */
export function describeRevert(
  to: string | undefined,
  data: string | undefined,
  reason: string | undefined,
): RevertReason {
  const contract = to === undefined ? undefined : systemContractAt(to)
  const error = contract && data ? parseError(contract, data) : undefined
  if (contract === undefined || error === undefined) {
    return {
      name: undefined,
      message: reason ? `The contract refused: ${reason}` : 'The contract refused without a reason',
      hint: undefined,
      facts: {},
    }
  }
  const facts = error.args.toObject() as Record<string, bigint & string>
  const words = REVERT_WORDS[contract]?.[error.name]?.(facts)
  return {
    name: error.name,
    message: words?.[0] ?? `${contract} refused: ${error.name}(${error.args.join(', ')})`,
    hint: words?.[1],
    facts,
  }
}

const systemContractAt = (address: string): SystemContractName | undefined =>
  (Object.keys(SYSTEM_CONTRACTS) as SystemContractName[]).find(
    (name) => SYSTEM_CONTRACTS[name] === address.toLowerCase(),
  )

function parseError(contract: SystemContractName, data: string): ErrorDescription | undefined {
  try {
    return systemContractInterface(contract).parseError(data) ?? undefined
  } catch {
    return undefined
  }
}
