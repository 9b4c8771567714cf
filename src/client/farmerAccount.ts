import type { Signer } from 'ethers'
import type { MerkleProof } from '../crypto/merkle/proof.ts'
import { verifyMerkleProof } from '../crypto/merkle/proof.ts'
import type { SignedTrafficReceipt } from '../protocol/receipts.ts'
import { StorageError } from '../storage/errors.ts'
import { MAX_UNPAID_BYTES } from '../storage/shardProtocol/limits.ts'
import type { TrafficChannel } from '../storage/shardProtocol/openReadSession.ts'
import type { ReceiptChannel } from './receiptBook.ts'
import { signReceipt } from './signReceipt.ts'

/**
 * What this client owes one farmer, over all its sessions with it. Bytes count when they have been verified, and
 * once, whichever session's receipt comes first. What the farmer counts beyond that is paid as lost on the way, up to
 * 1 MiB more than was verified since: signing for more throws `StorageError` `OVERCHARGED`.
 */
export interface FarmerAccount {
  /** The account's side of one session. */
  openSession(): FarmerSession
}

export interface FarmerSession {
  readonly channel: TrafficChannel
  /** Verifies leaves and counts them as received. */
  verify(root: Uint8Array, proof: MerkleProof): void
  /** Says that the session is reading, or done with it. */
  setBusy(isBusy: boolean): void
}

export interface FarmerAccountOptions {
  signer: Signer
  chainId: bigint
  buyer: string
  farmer: string
  channel: ReceiptChannel
}

export function createFarmerAccount(options: FarmerAccountOptions): FarmerAccount {
  const { signer, chainId, buyer, farmer, channel } = options
  let latest: Promise<SignedTrafficReceipt> | undefined
  let latestBytes = -1n
  /** Bytes that may yet be paid without having come; verified ones fill it up again. */
  let lossAllowance = MAX_LOST_BYTES
  const busy = new Set<object>()
  /** Sessions that the farmer told to pay first, and that got nothing since. */
  const waiting = new Set<object>()

  const signTotal = (): Promise<SignedTrafficReceipt> => {
    const { cumulativeBytes } = channel
    if (latest === undefined || cumulativeBytes > latestBytes) {
      channel.commit()
      latestBytes = cumulativeBytes
      latest = signReceipt(signer, chainId, {
        buyer,
        farmer,
        channel: channel.channel,
        cumulativeBytes,
      })
    }
    return latest
  }

  return {
    openSession() {
      const self = {}
      /** Verified bytes that the session has not signed for itself yet. */
      let unsignedBytes = 0n
      return {
        channel: {
          /** Asked when the farmer waits for receipts. */
          get signedBytes() {
            waiting.add(self)
            // What others are just being sent is counted by the farmer and not lost: they will pay. Once all wait,
            // nothing is under way, and what the farmer counts beyond our total was lost in broken streams.
            const isUnderWay = [...busy].some((session) => !waiting.has(session))
            return isUnderWay ? MAX_UINT64 : channel.cumulativeBytes
          },
          async sign(moreBytes) {
            const lostBytes = moreBytes > unsignedBytes ? moreBytes - unsignedBytes : 0n
            unsignedBytes = 0n
            if (lostBytes > lossAllowance) throw overcharged(farmer, lostBytes)
            if (lostBytes > 0n) {
              lossAllowance -= lostBytes
              channel.add(Number(lostBytes))
              waiting.clear()
            }
            return await signTotal()
          },
        },
        verify(root, proof) {
          verifyMerkleProof(root, proof)
          waiting.delete(self)
          channel.add(proof.leaves.length)
          const bytes = BigInt(proof.leaves.length)
          unsignedBytes += bytes
          lossAllowance += bytes
          if (lossAllowance > MAX_LOST_BYTES) lossAllowance = MAX_LOST_BYTES
        },
        setBusy(isBusy) {
          waiting.delete(self)
          if (isBusy) busy.add(self)
          else busy.delete(self)
        },
      }
    },
  }
}

/** As much as a farmer sends ahead: what one broken stream can lose. */
const MAX_LOST_BYTES = BigInt(MAX_UNPAID_BYTES)

const overcharged = (farmer: string, lostBytes: bigint): StorageError =>
  new StorageError('OVERCHARGED', {
    message: `Farmer ${farmer} wants ${lostBytes} bytes more paid that never came`,
    hint: 'Read from another farmer.',
    facts: { farmer, lostBytes },
  })

const MAX_UINT64 = 2n ** 64n - 1n
