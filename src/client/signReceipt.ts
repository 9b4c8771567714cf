import { bytesToHex, hexToBytes } from '@ethereumjs/util'
import { BaseWallet, type Signer } from 'ethers'
import { sign } from '../crypto/secp256k1.ts'
import {
  type SignedTrafficReceipt,
  signTrafficReceipt,
  type TrafficReceipt,
} from '../protocol/receipts.ts'
import { receiptDigest } from '../storage/shardProtocol/receiptDigest.ts'

/**
 * Signs a receipt as its buyer. A wallet whose key is at hand signs thirty times as fast as ethers does; any other signer
 * is asked.
 */
export async function signReceipt(
  signer: Signer,
  chainId: bigint,
  receipt: TrafficReceipt,
): Promise<SignedTrafficReceipt> {
  if (!(signer instanceof BaseWallet)) return await signTrafficReceipt(signer, chainId, receipt)
  const key = hexToBytes(signer.privateKey as `0x${string}`)
  const signature = sign(receiptDigest(chainId, receipt), key)
  // The contracts take v as 27 or 28.
  signature[64]! += 27
  return { ...receipt, signature: bytesToHex(signature) }
}
