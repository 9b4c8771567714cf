import type { BlockHeader, HeaderData } from '@ethereumjs/block'
import { equalsBytes, KECCAK256_RLP } from '@ethereumjs/util'
import { decodeHeaderExtra, encodeHeaderExtra } from '../../protocol/header.ts'
import type { Network } from '../../protocol/networks.ts'
import { mixReveal } from '../../protocol/seal.ts'
import { errorMessage } from '../../util/errors.ts'
import type { BlockPlan } from '../chain.ts'
import { ChainError } from '../errors.ts'

const ZERO_HASH = new Uint8Array(32)

/** The header fields that a plan and its parent decide; the rest, new inspections among it, follows from execution. */
export function planHeader({ parent, ...plan }: BlockPlan): HeaderData {
  const { totalInspections } = decodeHeaderExtra(parent.header.extraData)
  return {
    parentHash: parent.hash(),
    number: parent.header.number + 1n,
    coinbase: plan.coinbase,
    timestamp: plan.timestamp,
    gasLimit: parent.header.gasLimit,
    baseFeePerGas: parent.header.calcNextBaseFee(),
    extraData: encodeHeaderExtra({ slot: plan.slot, totalInspections }),
    mixHash: mixReveal(parent.header.mixHash, plan.reveal),
    excessBlobGas: 0n,
    parentBeaconBlockRoot: ZERO_HASH,
  }
}

/** Checks what Genaro asks of a header beyond Ethereum's rules (SPEC 5). */
export function checkGenaroHeader(
  network: Network,
  parent: BlockHeader,
  header: BlockHeader,
): void {
  const refuse = (reason: string): never => {
    throw new ChainError('INVALID_HEADER', {
      message: `Invalid header: ${reason}`,
      facts: { number: header.number },
    })
  }
  const extra = readExtra(header, refuse)
  const parentExtra = decodeHeaderExtra(parent.extraData)
  checkSlot(network, parentExtra.slot, extra.slot, header.timestamp, refuse)
  // That it is the right number shows when the block is executed.
  if (extra.totalInspections < parentExtra.totalInspections) {
    refuse(
      `its total of ${extra.totalInspections} inspections is below the parent's ${parentExtra.totalInspections}`,
    )
  }
  if (header.gasLimit !== parent.gasLimit)
    refuse(`gas limit ${header.gasLimit} changes the parent's`)
  if (header.blobGasUsed !== 0n) refuse('Genaro carries no blobs')
  if (!equalsBytes(header.parentBeaconBlockRoot ?? ZERO_HASH, ZERO_HASH)) {
    refuse('parentBeaconBlockRoot is not zero')
  }
  if (!equalsBytes(header.withdrawalsRoot ?? KECCAK256_RLP, KECCAK256_RLP)) {
    refuse('Genaro has no withdrawals')
  }
}

function readExtra(header: BlockHeader, refuse: (reason: string) => never) {
  try {
    return decodeHeaderExtra(header.extraData)
  } catch (error) {
    return refuse(errorMessage(error))
  }
}

/** Slots only go up; where they have a length, the time follows from the slot. */
function checkSlot(
  { slotSeconds, genesisTime }: Network,
  parentSlot: bigint,
  slot: bigint,
  timestamp: bigint,
  refuse: (reason: string) => never,
): void {
  if (slotSeconds === undefined) {
    if (slot !== parentSlot + 1n) refuse(`slot ${slot} does not follow ${parentSlot}`)
    return
  }
  if (slot <= parentSlot) refuse(`slot ${slot} is not after ${parentSlot}`)
  const expected = genesisTime + slot * slotSeconds
  if (timestamp !== expected) refuse(`slot ${slot} is at time ${expected}, not ${timestamp}`)
}
