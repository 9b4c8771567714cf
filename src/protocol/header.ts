import { bigIntToBytes, bytesToBigInt, concatBytes, setLengthLeft } from '@ethereumjs/util'
import { ProtocolError } from './errors.ts'

/** What the 32 bytes of `extraData` say (SPEC 5): 1 version, 7 zero, 8 slot, 16 total inspections. */
export interface HeaderExtra {
  slot: bigint
  /** Inspections verified on this chain up to and including this block; decides fork choice. */
  totalInspections: bigint
}

export const EXTRA_DATA_BYTES = 32
const EXTRA_DATA_VERSION = 1
const SLOT_AT = 8
const INSPECTIONS_AT = 16

export const encodeHeaderExtra = ({ slot, totalInspections }: HeaderExtra): Uint8Array =>
  concatBytes(
    setLengthRightZero(EXTRA_DATA_VERSION),
    setLengthLeft(bigIntToBytes(slot), INSPECTIONS_AT - SLOT_AT),
    setLengthLeft(bigIntToBytes(totalInspections), EXTRA_DATA_BYTES - INSPECTIONS_AT),
  )

const setLengthRightZero = (version: number): Uint8Array => {
  const head = new Uint8Array(SLOT_AT)
  head[0] = version
  return head
}

/** Reads `extraData`; refuses every encoding but the one `encodeHeaderExtra` makes. */
export function decodeHeaderExtra(extraData: Uint8Array): HeaderExtra {
  if (extraData.length !== EXTRA_DATA_BYTES) {
    throw new ProtocolError('BAD_EXTRA_DATA', {
      message: `extraData must be ${EXTRA_DATA_BYTES} bytes, got ${extraData.length}`,
    })
  }
  if (extraData[0] !== EXTRA_DATA_VERSION || extraData.subarray(1, SLOT_AT).some((b) => b !== 0)) {
    throw new ProtocolError('BAD_EXTRA_DATA', {
      message: `extraData must begin with version ${EXTRA_DATA_VERSION} and seven zero bytes`,
    })
  }
  return {
    slot: bytesToBigInt(extraData.subarray(SLOT_AT, INSPECTIONS_AT)),
    totalInspections: bytesToBigInt(extraData.subarray(INSPECTIONS_AT)),
  }
}
