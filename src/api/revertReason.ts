import type { ErrorDescription } from 'ethers'
import { SYSTEM_CONTRACTS, type SystemContractName } from '../protocol/addresses.ts'
import { systemContractInterface } from '../protocol/systemContracts.ts'
import { REVERT_WORDS } from './revertWords.ts'

/** The contracts whose refusals reach a user through another. */
const CALLEES: Partial<Record<SystemContractName, readonly SystemContractName[]>> = {
  Replicas: ['StorageMarket', 'Nodes'],
  Inspections: ['Replicas', 'Nodes'],
  SentinelGroups: ['Replicas'],
}

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
 * Reads the data of a revert as the custom errors of the system contract that was called, or of one that it called in
 * turn. `to` goes first, because two contracts may give one error different meanings.
 */
export function describeRevert(
  to: string | undefined,
  data: string | undefined,
  reason: string | undefined,
): RevertReason {
  const called = to === undefined ? undefined : systemContractAt(to)
  const [contract, error] = (called && data && findError(called, data)) || []
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

/** The contract that has the error, the called one before those it calls. */
function findError(
  called: SystemContractName,
  data: string,
): [SystemContractName, ErrorDescription] | undefined {
  for (const contract of [called, ...(CALLEES[called] ?? [])]) {
    const error = parseError(contract, data)
    if (error !== undefined) return [contract, error]
  }
  return undefined
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
