import type { SystemContractName } from './addresses.ts'
import { checkAnswerPayload } from './inspectionAnswer.ts'
import { refuseNetworkTransaction } from './networkTransactionErrors.ts'

/** A kind of special transaction that the network itself begins (SPEC 4). */
export interface NetworkKind {
  kind: number
  name: string
  /** The contract that carries it out. */
  contract: SystemContractName
  /** Whether every node makes it by itself at the end of a block; else somebody signs it. */
  isDerived: boolean
  /** Throws `NetworkTransactionError` BAD_PAYLOAD for a payload that is not of the kind's form. */
  checkPayload(payload: Uint8Array): void
}

/** The payload of an inspection step: one byte, 1 where the lane of answers was full. */
function checkStepPayload(payload: Uint8Array): void {
  if (payload.length === 1 && payload[0]! <= 1) return
  refuseNetworkTransaction('BAD_PAYLOAD', 'an inspection step carries one byte, 0 or 1')
}

function checkEmptyPayload(payload: Uint8Array): void {
  if (payload.length === 0) return
  refuseNetworkTransaction('BAD_PAYLOAD', `a heft sync carries no payload, got ${payload.length}`)
}

/** The network-initiated kinds by name. */
export const NETWORK_KINDS = {
  heftSync: {
    kind: 2,
    name: 'heftSync',
    contract: 'Heft',
    isDerived: true,
    checkPayload: checkEmptyPayload,
  },
  inspectionAnswer: {
    kind: 10,
    name: 'inspectionAnswer',
    contract: 'Inspections',
    isDerived: false,
    checkPayload: checkAnswerPayload,
  },
  inspectionStep: {
    kind: 17,
    name: 'inspectionStep',
    contract: 'Inspections',
    isDerived: true,
    checkPayload: checkStepPayload,
  },
} as const satisfies Record<string, NetworkKind>

const BY_NUMBER = new Map<number, NetworkKind>(
  Object.values(NETWORK_KINDS).map((entry) => [entry.kind, entry]),
)

/** The kind with a number; throws `NetworkTransactionError` UNKNOWN_KIND for any other number. */
export const networkKind = (kind: number): NetworkKind =>
  BY_NUMBER.get(kind) ??
  refuseNetworkTransaction('UNKNOWN_KIND', `there is no network-initiated kind ${kind}`)
