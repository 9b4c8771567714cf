import { type BaseContract, Contract, type ContractRunner } from 'ethers'
import type { View } from '../../api/contractMethod.ts'
import { sentinelGroupsContract } from '../../api/contracts.ts'
import type { SentinelGroupsContract } from '../../api/inspectionContracts.ts'
import { read } from '../../api/send.ts'
import { SYSTEM_CONTRACTS } from '../../protocol/addresses.ts'
import { systemContractInterface } from '../../protocol/systemContracts.ts'

/** The owner's view of its commitments to sentinel groups (SPEC 6). */
export interface OwnerGroupsContract extends SentinelGroupsContract {
  /** Zeros for none; a commitment that was shown to be false has root 0 and a count. */
  commitmentOf: View<[replicaId: string], [groupsRoot: string, groupCount: bigint]>
  isBurned: View<[replicaId: string, group: number], boolean>
}

export const ownerGroupsContract = (runner: ContractRunner): OwnerGroupsContract =>
  sentinelGroupsContract(runner) as BaseContract as OwnerGroupsContract

/** What whoever challenges a replica sets at stake, in wei. Throws `ApiError`. */
export async function challengeBondWei(runner: ContractRunner): Promise<bigint> {
  const params = new Contract(SYSTEM_CONTRACTS.Params, systemContractInterface('Params'), runner)
  const [, , bondWei] = await read(() => params.getFunction('inspectionTerms')())
  return bondWei as bigint
}
