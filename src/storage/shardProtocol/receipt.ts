import type { SignedTrafficReceipt } from '../../protocol/receipts.ts'
import { bytesOfHex, decodeFields, encodeFields, readHex, readUint } from './wire.ts'

const SIGNATURE_BYTES = 65

/** A receipt as it travels. */
export const encodeReceipt = (receipt: SignedTrafficReceipt): Uint8Array =>
  encodeFields([
    bytesOfHex(receipt.buyer, 'buyer', 20),
    bytesOfHex(receipt.farmer, 'farmer', 20),
    receipt.channel,
    receipt.cumulativeBytes,
    bytesOfHex(receipt.signature, 'signature', SIGNATURE_BYTES),
  ])

/** Throws `StorageError` `BAD_MESSAGE`. Addresses come out in lower case. */
export const decodeReceipt = (bytes: Uint8Array): SignedTrafficReceipt =>
  decodeFields(
    'receipt',
    bytes,
    5,
    (fields) => ({
      buyer: readHex(fields[0], 'buyer', 20),
      farmer: readHex(fields[1], 'farmer', 20),
      channel: readUint(fields[2], 'channel', 64),
      cumulativeBytes: readUint(fields[3], 'byte count', 64),
      signature: readHex(fields[4], 'signature', SIGNATURE_BYTES),
    }),
    encodeReceipt,
  )
