import { storageMarketContract } from '../api/contracts.ts'
import { read } from '../api/send.ts'
import type { ClientContext } from './context.ts'
import { noTraffic } from './readFailure.ts'

/** Throws `ClientError` `NO_TRAFFIC` when the signer's traffic on chain does not cover so many bytes. */
export async function expectTraffic(
  { provider, account }: ClientContext,
  neededBytes: number,
): Promise<void> {
  if (neededBytes === 0) return
  const leftBytes = await read(() => storageMarketContract(provider).trafficOf(account))
  if (leftBytes < BigInt(neededBytes)) throw noTraffic({ leftBytes, neededBytes })
}
