import { bigIntToBytes, bytesToBigInt, setLengthLeft } from '@ethereumjs/util'
import { serverError } from '../../../api/rpc/errors.ts'
import type { RPCProof } from '../../../api/rpc/results.ts'
import type { Decoded } from '../../../api/rpc/schema.ts'
import type { ChainNode } from '../../node.ts'
import { toHex, toQuantity, toWord } from '../format/hex.ts'
import type { Handlers } from '../handler.ts'
import { requireState } from '../resolveBlock.ts'

type Names =
  | 'eth_getBalance'
  | 'eth_getCode'
  | 'eth_getStorageAt'
  | 'eth_getTransactionCount'
  | 'eth_getProof'

const slotBytes = (slot: bigint): Uint8Array => setLengthLeft(bigIntToBytes(slot), 32)

/** Accounts, code and storage after any block. */
export function createStateHandlers(node: ChainNode): Handlers<Names> {
  return {
    eth_getBalance: async ([address, block]) => {
      const account = await requireState(node, block).getAccount(address)
      return toQuantity(account?.balance ?? 0n)
    },
    eth_getCode: async ([address, block]) =>
      toHex(await requireState(node, block).getCode(address)),
    eth_getStorageAt: async ([address, slot, block]) => {
      const value = await requireState(node, block).getStorage(address, slotBytes(slot))
      return toWord(value.length === 0 ? 0n : bytesToBigInt(value))
    },
    eth_getTransactionCount: async ([address, block]) => {
      if ('tag' in block && block.tag === 'pending') {
        return toQuantity(await node.pool.nextNonce(address))
      }
      const account = await requireState(node, block).getAccount(address)
      return toQuantity(account?.nonce ?? 0n)
    },
    eth_getProof: (parameters) => prove(node, parameters),
  }
}

/** Repeats each slot in the form it was asked for, as geth does and the specification allows. */
function prove(node: ChainNode, [address, slots, block]: Decoded<'eth_getProof'>): RPCProof {
  const state = requireState(node, block)
  if (slots.some(({ key }) => key === '0x')) throw serverError('a storage slot cannot be empty')
  const proof = state.prove(
    address,
    slots.map(({ slot }) => slotBytes(slot)),
  )
  return {
    ...proof,
    storageProof: proof.storageProof.map((entry, index) => ({
      ...entry,
      key: slots[index]!.key,
      value: toQuantity(BigInt(entry.value === '0x' ? 0 : entry.value)),
    })),
  }
}
