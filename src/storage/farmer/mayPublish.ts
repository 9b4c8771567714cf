import { bytesToHex } from '@ethereumjs/util'
import type { JsonRpcApiProvider } from 'ethers'
import { stakingContract } from '../../api/contracts.ts'
import { read } from '../../api/send.ts'
import { createBoundedCache } from '../../util/boundedCache.ts'
import type { RecordKey } from '../dht/recordKey.ts'

const MAX_ACCOUNTS = 10_000
const MAX_AGE_MS = 10 * 60_000
/** An account that stakes a moment after it was asked for should not wait as long. */
const MAX_AGE_OF_NO_MS = 10_000

/**
 * Who may put records into the DHT that this node holds: contacts and replica locations only who has stake on
 * chain (SPEC 7), so that filling it costs something. While the chain does not answer nobody new may.
 */
export function createStakeRule(
  provider: JsonRpcApiProvider,
): (key: Pick<RecordKey, 'kind' | 'account'>) => Promise<boolean> {
  const staking = stakingContract(provider)
  const known = createBoundedCache<{ hasStake: boolean; askedAt: number }>({
    maxWeight: MAX_ACCOUNTS,
  })
  return async ({ kind, account }) => {
    if (kind === 'stream') return true
    const address = bytesToHex(account)
    const last = known.get(address)
    const ageMs = performance.now() - (last?.askedAt ?? Number.NEGATIVE_INFINITY)
    if (last !== undefined && ageMs < (last.hasStake ? MAX_AGE_MS : MAX_AGE_OF_NO_MS)) {
      return last.hasStake
    }
    const hasStake = (await read(() => staking.stakeOf(address))) > 0n
    known.set(address, { hasStake, askedAt: performance.now() })
    return hasStake
  }
}
