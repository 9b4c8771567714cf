import { SYSTEM_CONTRACTS } from './addresses.ts'
import { createSignedStruct, type RecoverAddress, type TypedDataSigner } from './typedData.ts'

/** What a buyer signs while it downloads (SPEC 7): all the bytes a farmer ever sent it on a channel. */
export interface TrafficReceipt {
  /** Accounts, 20 bytes in hex. Whose traffic it is, and who is paid. */
  buyer: string
  farmer: string
  /** The buyer's own number for one count with one farmer, 64 bits. */
  channel: bigint
  /** 64 bits. A later receipt of a channel replaces an earlier one. */
  cumulativeBytes: bigint
}

/** A receipt with the buyer's EIP-712 signature: r, s and v, 65 bytes in hex. */
export interface SignedTrafficReceipt extends TrafficReceipt {
  signature: string
}

/** The receipt as EIP-712 data of the StorageMarket contract (SPEC 4, kind 4). */
export const trafficReceiptData = createSignedStruct<TrafficReceipt>({
  name: 'Genaro Traffic',
  contract: SYSTEM_CONTRACTS.StorageMarket,
  primaryType: 'TrafficReceipt',
  fields: [
    { name: 'buyer', type: 'address' },
    { name: 'farmer', type: 'address' },
    { name: 'channel', type: 'uint64' },
    { name: 'cumulativeBytes', type: 'uint64' },
  ],
})

/** Signs a receipt as its buyer. */
export const signTrafficReceipt = async (
  buyer: TypedDataSigner,
  chainId: bigint,
  receipt: TrafficReceipt,
): Promise<SignedTrafficReceipt> => ({
  ...receipt,
  signature: await trafficReceiptData.sign(buyer, chainId, receipt),
})

/**
 * Whether the chain would take the receipt for its buyer's; false for anything malformed. A farmer meets many, so it
 * hands in a native `recover`.
 */
export const verifyTrafficReceipt = (
  chainId: bigint,
  { signature, ...receipt }: SignedTrafficReceipt,
  recover?: RecoverAddress,
): boolean => trafficReceiptData.isSignedBy(receipt.buyer, chainId, receipt, signature, recover)
