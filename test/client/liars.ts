import { bytesToHex } from '@ethereumjs/util'
import { createHost } from '../../src/p2p/createHost.ts'
import type { Host, StreamServer } from '../../src/p2p/host.ts'
import { createDevnetFarmers } from '../../src/protocol/devnetFarmers.ts'
import { DEFAULT_FARMER_PRICE_WEI, MAX_OFFER_SECONDS } from '../../src/protocol/storageParams.ts'
import { farmerInfoProtocol } from '../../src/storage/shardProtocol/farmerInfo.ts'
import { READ_PROTOCOL, STORE_PROTOCOL } from '../../src/storage/shardProtocol/limits.ts'

/** What a farmer that means harm does in place of the protocols. */
export interface Lies {
  read?: StreamServer
  store?: StreamServer
  /** What it says it would still take. */
  freeBytes?: bigint
}

/** Starts a host under the node key of one of the devnet's farmers that answers as it is told. */
export async function startLiar(
  index: number,
  { read, store, freeBytes = 10n ** 12n }: Lies,
): Promise<Host> {
  const { nodeKey, address, node } = createDevnetFarmers()[index]!
  const host = await createHost({ nodeKey })
  await farmerInfoProtocol.handle(host, () => ({
    account: bytesToHex(address.bytes),
    node,
    capacityBytes: 10n ** 12n,
    freeBytes,
    priceWeiPerGBDay: DEFAULT_FARMER_PRICE_WEI,
    minTermSeconds: 0n,
    maxTermSeconds: 10n ** 10n,
    maxOfferSeconds: MAX_OFFER_SECONDS,
    version: 'liar',
  }))
  const frames = { maxFrameBytes: 2 ** 20, maxSentFrameBytes: 2 ** 20 }
  if (read !== undefined) await host.handle(READ_PROTOCOL, read, frames)
  if (store !== undefined) await host.handle(STORE_PROTOCOL, store, frames)
  return host
}
