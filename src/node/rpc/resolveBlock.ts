import type { Block } from '@ethereumjs/block'
import type { BlockReference, BlockTag } from '../../api/rpc/blockReference.ts'
import { serverError } from '../../api/rpc/errors.ts'
import type { WorldState } from '../../chain/state/worldState.ts'
import type { ChainNode } from '../node.ts'
import { toHex } from './format/hex.ts'

/** The block that is meant, or undefined when the chain has none such. */
export function findBlock(node: ChainNode, reference: BlockReference): Block | undefined {
  if ('tag' in reference) return blockByTag(node, reference.tag)
  if ('number' in reference) return node.chain.blockByNumber(reference.number)
  const block = node.chain.blockByHash(reference.hash)
  if (block && reference.requireCanonical && !node.chain.isCanonical(block)) {
    throw serverError(`hash ${toHex(reference.hash)} is not currently canonical`)
  }
  return block
}

function blockByTag(node: ChainNode, tag: BlockTag): Block {
  const { chain } = node
  switch (tag) {
    case 'latest':
      return chain.head
    case 'pending':
      return node.pendingBlock()
    case 'safe':
      return chain.safe
    case 'finalized':
      return chain.finalized
    case 'earliest':
      return chain.genesis
  }
}

/** The block that is meant; throws `RPCError` SERVER_ERROR when the chain has none such. */
export function requireBlock(node: ChainNode, reference: BlockReference): Block {
  const block = findBlock(node, reference)
  if (block === undefined) throw serverError(`header not found: no block ${describe(reference)}`)
  return block
}

/** The state after the block that is meant; `pending` has the head's, since no transaction is in it. */
export function requireState(node: ChainNode, reference: BlockReference): WorldState {
  return node.chain.stateOf(stateBlock(node, reference))
}

/** The block whose state a reference stands for. */
export const stateBlock = (node: ChainNode, reference: BlockReference): Block =>
  'tag' in reference && reference.tag === 'pending'
    ? node.chain.head
    : requireBlock(node, reference)

const describe = (reference: BlockReference): string =>
  'tag' in reference
    ? reference.tag
    : 'number' in reference
      ? reference.number.toString()
      : toHex(reference.hash)
