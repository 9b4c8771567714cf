import { Address, hexToBytes, type PrefixedHexString } from '@ethereumjs/util'
import { Wallet } from 'ethers'
import { signTrafficReceipt } from '../../src/protocol/receipts.ts'
import { checksum } from './contractBench.ts'
import type { ReplicaBench } from './replicaBench.ts'

const buyer = new Wallet(`0x${'b2'.repeat(32)}`)

/** Whoever buys traffic and signs receipts for it. */
export const BUYER = new Address(hexToBytes(buyer.address.toLowerCase() as PrefixedHexString))

/** Hands in the buyer's receipt for so many bytes from a farmer, all together. */
export async function redeem(
  replicas: ReplicaBench,
  farmer: Address,
  bytes: bigint,
): Promise<void> {
  const terms = { buyer: buyer.address, farmer: checksum(farmer), channel: 0n }
  const receipt = { ...terms, cumulativeBytes: bytes }
  const { signature } = await signTrafficReceipt(buyer, replicas.bench.genesis.chainId, receipt)
  await replicas.bench.call('StorageMarket', 'redeemTraffic', [receipt, signature])
}
