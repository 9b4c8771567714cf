import type { BaseContract } from 'ethers'
import type { Send, View } from '../../api/contractMethod.ts'
import { read, requireBalance, sendCall } from '../../api/send.ts'
import type { ClientContext } from '../context.ts'
import type { ChallengedReplica } from './challengeRounds.ts'
import { challengeBondWei } from './contract.ts'

/** What came of paid challenges. */
export interface ChallengeReport {
  /** What each of them put at stake, in wei. */
  bondWei: bigint
  replicas: ChallengedReplica[]
  /** Bonds that came back and were paid out, in wei; older ones that lay with the contract included. */
  returnedWei: bigint
}

/** A contract that keeps the bonds that came back. */
interface BondKeeper extends BaseContract {
  creditOf: View<[account: string], bigint>
  withdrawCredit: Send<[]>
}

/**
 * Runs challenges that each cost a bond, and takes out what came back. Throws `ApiError` `INSUFFICIENT_FUNDS` before any
 * of them when not all can be paid.
 */
export async function withBonds(
  { provider, signer, account }: Pick<ClientContext, 'provider' | 'signer' | 'account'>,
  keeper: BondKeeper,
  count: number,
  run: (bondWei: bigint) => Promise<ChallengedReplica[]>,
): Promise<ChallengeReport> {
  const bondWei = await challengeBondWei(provider)
  await requireBalance(signer, bondWei * BigInt(count))
  const replicas = await run(bondWei)
  const returnedWei = await read(() => keeper.creditOf(account))
  if (returnedWei > 0n) await sendCall(() => keeper.withdrawCredit())
  return { bondWei, replicas, returnedWei }
}
