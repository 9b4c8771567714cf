import type { RPCSpecial, RPCTransactionFields } from '../../../api/rpc/results.ts'
import { decodeInspectionAnswer } from '../../../protocol/inspectionAnswer.ts'
import { NETWORK_KINDS } from '../../../protocol/networkKinds.ts'
import type { NetworkTransaction } from '../../../protocol/networkTransaction.ts'
import { toHex, toQuantity } from './hex.ts'

const NOTHING = '0x0'

/**
 * What a network transaction itself says. Gas, price and value are 0, and a derived one, which nobody signed, has a
 * signature of zeros: stock clients refuse a whole block for one field they miss.
 */
export function formatNetworkFields(
  transaction: NetworkTransaction,
): RPCTransactionFields & { hash: `0x${string}` } {
  const { type, kind, nonce, chainId, to, payload, v, r, s } = transaction
  return {
    hash: toHex(transaction.hash()),
    type: toQuantity(type),
    kind: toQuantity(kind),
    nonce: toQuantity(nonce),
    gas: NOTHING,
    gasPrice: NOTHING,
    to: toHex(to.bytes),
    value: NOTHING,
    input: toHex(payload),
    chainId: toQuantity(chainId),
    v: toQuantity(v),
    yParity: toQuantity(v),
    r: toQuantity(r),
    s: toQuantity(s),
  }
}

/** A network transaction as the call of its contract that it stands for. */
export function formatNetworkSpecial(transaction: NetworkTransaction): RPCSpecial {
  const { kind, name, contract } = transaction.special
  return { kind, name, contract, ...formatCall(transaction) }
}

function formatCall({
  kind,
  nonce,
  payload,
}: NetworkTransaction): Pick<RPCSpecial, 'method' | 'args'> {
  switch (kind) {
    case NETWORK_KINDS.inspectionAnswer.kind: {
      const { anchorNumber, anchorHash, proof } = decodeInspectionAnswer(payload)
      return {
        method: 'answer',
        args: {
          challengeId: toQuantity(nonce),
          anchorNumber: toQuantity(anchorNumber),
          anchorHash: toHex(anchorHash),
          proof: toHex(proof),
        },
      }
    }
    case NETWORK_KINDS.inspectionStep.kind:
      return { method: 'step', args: { laneFull: payload[0] === 1 } }
    default:
      return { method: 'sync', args: {} }
  }
}
