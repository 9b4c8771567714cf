import { type BaseContract, Contract, type ContractRunner } from 'ethers'
import type { Send, View } from '../../api/contractMethod.ts'
import { read } from '../../api/send.ts'
import { SYSTEM_CONTRACTS } from '../../protocol/addresses.ts'
import { systemContractInterface } from '../../protocol/systemContracts.ts'
import type { Reveal } from './sentinelGroups.ts'

/** What the chain keeps of owners' commitments to sentinel groups (SPEC 6). */
export interface SentinelGroupsContract extends BaseContract {
  commit: Send<[replicaId: string, groupsRoot: string, groupCount: number]>
  challenge: Send<[replicaId: string, reveal: Reveal]>
  settle: Send<[replicaId: string]>
  withdrawCredit: Send<[]>
  creditOf: View<[account: string], bigint>
  commitmentOf: View<[replicaId: string], [groupsRoot: string, groupCount: bigint]>
  isBurned: View<[replicaId: string, group: number], boolean>
}

export const sentinelGroupsContract = (runner: ContractRunner): SentinelGroupsContract =>
  new Contract(
    SYSTEM_CONTRACTS.SentinelGroups,
    systemContractInterface('SentinelGroups'),
    runner,
  ) as BaseContract as SentinelGroupsContract

/** What whoever challenges a replica sets at stake, in wei. Throws `ApiError`. */
export async function challengeBondWei(runner: ContractRunner): Promise<bigint> {
  const params = new Contract(SYSTEM_CONTRACTS.Params, systemContractInterface('Params'), runner)
  const [, , bondWei] = await read(() => params.getFunction('inspectionTerms')())
  return bondWei as bigint
}
