import { hexToBytes, utf8ToBytes } from '@ethereumjs/util'
import { TypedDataEncoder } from 'ethers'
import { keccak256 } from '../../crypto/keccak.ts'
import { type TrafficReceipt, trafficReceiptData } from '../../protocol/receipts.ts'
import { badMessage, bytesOfHex } from './wire.ts'

const WORD_BYTES = 32

/**
 * The 32 bytes that a buyer signs of a receipt: those of `trafficReceiptData.digest`, without the cost of a general
 * encoder, since there is one for every half megabyte. Throws `StorageError` `BAD_MESSAGE` for values out of range.
 */
export function receiptDigest(chainId: bigint, receipt: TrafficReceipt): Uint8Array {
  const struct = new Uint8Array(5 * WORD_BYTES)
  struct.set(typeHash())
  struct.set(bytesOfHex(receipt.buyer, 'buyer', 20), 2 * WORD_BYTES - 20)
  struct.set(bytesOfHex(receipt.farmer, 'farmer', 20), 3 * WORD_BYTES - 20)
  const view = new DataView(struct.buffer)
  view.setBigUint64(4 * WORD_BYTES - 8, uint64(receipt.channel, 'channel'))
  view.setBigUint64(5 * WORD_BYTES - 8, uint64(receipt.cumulativeBytes, 'byte count'))
  const signed = new Uint8Array(2 + 2 * WORD_BYTES)
  signed.set(PREFIX)
  signed.set(separatorOf(chainId), PREFIX.length)
  signed.set(keccak256(struct), PREFIX.length + WORD_BYTES)
  return keccak256(signed)
}

/** EIP-191, version 1. */
const PREFIX = [0x19, 0x01]

/** The hash of `TrafficReceipt(address buyer,address farmer,uint64 channel,uint64 cumulativeBytes)`. */
const typeHash = (): Uint8Array => {
  knownTypeHash ??= keccak256(
    utf8ToBytes(TypedDataEncoder.from(trafficReceiptData.types).encodeType('TrafficReceipt')),
  )
  return knownTypeHash
}

let knownTypeHash: Uint8Array | undefined

/** A process meets one chain, or few. */
function separatorOf(chainId: bigint): Uint8Array {
  if (knownSeparator?.chainId !== chainId) {
    const hash = TypedDataEncoder.hashDomain(trafficReceiptData.domain(chainId))
    knownSeparator = { chainId, separator: hexToBytes(hash as `0x${string}`) }
  }
  return knownSeparator.separator
}

let knownSeparator: { chainId: bigint; separator: Uint8Array } | undefined

function uint64(value: bigint, name: string): bigint {
  if (value >= 0n && value < 1n << 64n) return value
  throw badMessage(name, 'it must be a whole number of 64 bits')
}
