import { utf8ToBytes } from '@ethereumjs/util'
import { defineProtocol } from '../../p2p/requestResponse.ts'
import { FARMER_PROTOCOL } from './limits.ts'
import { badMessage, bytesOfHex, decodeFields, encodeFields, readHex, readUint } from './wire.ts'

/** What a farmer says about itself. Only the chain says whether it is true. */
export interface FarmerInfo {
  /** The account that signs its offers and is paid, 20 bytes in hex. */
  account: string
  /** Its node's index on chain. */
  node: bigint
  capacityBytes: bigint
  /** Bytes it would still take. */
  freeBytes: bigint
  /** Its lowest price, per GB (1e9 bytes) of replica and day. */
  priceWeiPerGBDay: bigint
  minTermSeconds: bigint
  maxTermSeconds: bigint
  /** How far in the future an offer's expiry may lie. */
  maxOfferSeconds: bigint
  /** Name and version of its software, at most 64 characters. */
  version: string
}

/** Asks a farmer about itself. */
export const farmerInfoProtocol = defineProtocol<Record<string, never>, FarmerInfo>({
  name: FARMER_PROTOCOL,
  request: { encode: () => encodeFields([]), decode: decodeNothing },
  response: { encode: encodeFarmerInfo, decode: decodeFarmerInfo },
  limits: { maxRequestBytes: 16, maxResponseBytes: 512, rate: { perSecond: 50, burst: 500 } },
})

function decodeNothing(bytes: Uint8Array): Record<string, never> {
  return decodeFields(
    'question',
    bytes,
    0,
    () => ({}),
    () => encodeFields([]),
  )
}

const MAX_VERSION_BYTES = 64

export function encodeFarmerInfo(info: FarmerInfo): Uint8Array {
  return encodeFields([
    bytesOfHex(info.account, 'account', 20),
    info.node,
    info.capacityBytes,
    info.freeBytes,
    info.priceWeiPerGBDay,
    info.minTermSeconds,
    info.maxTermSeconds,
    info.maxOfferSeconds,
    utf8ToBytes(info.version).subarray(0, MAX_VERSION_BYTES),
  ])
}

/** Throws `StorageError` `BAD_MESSAGE`. */
export function decodeFarmerInfo(bytes: Uint8Array): FarmerInfo {
  return decodeFields(
    'farmer info',
    bytes,
    9,
    (fields) => ({
      account: readHex(fields[0], 'account', 20),
      node: readUint(fields[1], 'node index', 64),
      capacityBytes: readUint(fields[2], 'capacity', 64),
      freeBytes: readUint(fields[3], 'free space', 64),
      priceWeiPerGBDay: readUint(fields[4], 'price', 112),
      minTermSeconds: readUint(fields[5], 'shortest term', 48),
      maxTermSeconds: readUint(fields[6], 'longest term', 48),
      maxOfferSeconds: readUint(fields[7], 'longest offer', 48),
      version: readVersion(fields[8]),
    }),
    encodeFarmerInfo,
  )
}

function readVersion(field: unknown): string {
  if (field instanceof Uint8Array && field.length <= MAX_VERSION_BYTES) {
    const text = new TextDecoder().decode(field)
    // Shown on terminals, so nothing may be in it that moves a cursor.
    if (!/\p{C}/u.test(text)) return text
  }
  throw badMessage('version', `it must be at most ${MAX_VERSION_BYTES} bytes of plain text`)
}
