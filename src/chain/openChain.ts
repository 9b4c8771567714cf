import { type Block, type BlockHeader, createBlockHeader } from '@ethereumjs/block'
import { Address, bytesToHex, equalsBytes, hexToBytes } from '@ethereumjs/util'
import { customCrypto } from '../crypto/customCrypto.ts'
import { createCommon } from '../protocol/common.ts'
import type { Genesis } from '../protocol/genesis.ts'
import { decodeHeaderExtra } from '../protocol/header.ts'
import type { Network } from '../protocol/networks.ts'
import type { Seal } from '../protocol/seal.ts'
import type { KeyValueStore } from '../util/keyValueStore.ts'
import type {
  BlockPlan,
  Chain,
  ExecutedBlock,
  HeadChange,
  LaneSource,
  TransactionSource,
} from './chain.ts'
import { checkGenaroHeader, planHeader } from './consensus/header.ts'
import { readPayee } from './consensus/payee.ts'
import { proposerOf } from './consensus/proposer.ts'
import { checkSeal } from './consensus/seal.ts'
import { ChainError } from './errors.ts'
import { executeBlock } from './execution/block.ts'
import { createExecutionRules } from './execution/rules.ts'
import { verifyBlock } from './execution/verifyBlock.ts'
import { createGenesisBlock } from './genesis.ts'
import type { BlockHashes } from './machine.ts'
import { createStateDatabase } from './state/stateDatabase.ts'
import type { StateDatabase } from './state/worldState.ts'
import type { ChainStore } from './store/chainStore.ts'
import { createChainStore } from './store/levelChainStore.ts'

export interface ChainOptions {
  network: Network
  genesis: Genesis
  /** Where the chain is kept; the chain closes it. */
  store: KeyValueStore
}

/** Opens the chain in a store, or begins one there. Throws `OTHER_CHAIN` when the store holds another. */
export async function openChain({ network, genesis, store }: ChainOptions): Promise<Chain> {
  const common = createCommon({ chainId: network.chainId, customCrypto })
  const rules = createExecutionRules({ common, inspections: network })
  const states = createStateDatabase({ store })
  const blocks = createChainStore(store, common)
  const genesisBlock = await beginOrCheck(blocks, () =>
    createGenesisBlock({ genesis, common, states }),
  )
  const signingChain = { chainId: network.chainId, genesisHash: genesisBlock.hash() }
  const listeners = new Set<(change: HeadChange) => void>()
  let head = headOf(blocks, states)

  const stateOf = (block: Block) => states.open(block.header.stateRoot)

  const moveHead = (to: Block, change: HeadChange): void => {
    head = to
    for (const listener of listeners) listener(change)
  }

  const parentOf = (block: Block): Block =>
    blocks.block(block.header.parentHash) ??
    refuseUnknownParent(block.header.number, block.header.parentHash)

  return {
    network,
    common,
    rules,
    genesis: genesisBlock,
    get head() {
      return head
    },
    // The devnet's one validator holds every seat, so what it seals is justified and final at once.
    get safe() {
      return head
    },
    get finalized() {
      return head
    },
    blockByHash: (hash) => blocks.block(hash),
    blockByNumber(number) {
      const hash = blocks.canonicalHash(number)
      return hash && blocks.block(hash)
    },
    isCanonical: (block) => isCanonical(blocks, block.header),
    sealOf: (hash) => blocks.seal(hash),
    receiptsOf: (hash) => blocks.receipts(hash),
    findTransaction: (hash) => blocks.transactionPlace(hash),
    stateOf,
    ancestorHashes: (header) => ancestorHashes(blocks, header),

    async build(
      plan: BlockPlan,
      source: TransactionSource,
      lane?: LaneSource,
    ): Promise<ExecutedBlock> {
      const state = stateOf(plan.parent)
      const header = planHeader(plan)
      checkGenaroHeader(network, plan.parent.header, createBlockHeader(header, { common }))
      const outcome = await executeBlock(rules, {
        parent: plan.parent,
        header,
        withdrawals: [],
        source,
        lane,
        state,
        blockHashes: hashesFrom(blocks, plan.parent),
      })
      return { ...outcome, state }
    },

    async verify(block: Block, seal: Seal): Promise<ExecutedBlock> {
      const parent = parentOf(block)
      checkGenaroHeader(network, parent.header, block.header)
      const state = stateOf(parent)
      const proposer = proposerOf(
        genesis.validators,
        decodeHeaderExtra(block.header.extraData).slot,
      )
      const payee = await readPayee(state, new Address(hexToBytes(proposer.address)))
      checkSeal({ network, signingChain, parent: parent.header, proposer, payee }, block, seal)
      const blockHashes = hashesFrom(blocks, parent)
      const outcome = await verifyBlock(rules, { parent, block, state, blockHashes })
      return { ...outcome, state }
    },

    async commit({ block, receipts, state }: ExecutedBlock, seal: Seal): Promise<void> {
      if (!equalsBytes(block.header.parentHash, head.hash())) {
        throw new ChainError('NOT_NEXT', {
          message: `Block ${block.header.number} does not follow the head, block ${head.header.number}`,
          facts: { number: block.header.number, head: bytesToHex(head.hash()) },
        })
      }
      await blocks.append({ block, seal, receipts }, state.changes())
      moveHead(block, { removed: [], added: [block] })
    },

    async rewind(to: Block): Promise<void> {
      if (!isCanonical(blocks, to.header)) {
        throw new ChainError('NOT_AN_ANCESTOR', {
          message: `Block ${to.header.number} is not an ancestor of the head`,
          facts: { number: to.header.number, hash: bytesToHex(to.hash()) },
        })
      }
      const removed: Block[] = []
      for (let block = head; block.header.number > to.header.number; block = parentOf(block)) {
        removed.push(block)
      }
      if (removed.length === 0) return
      await blocks.truncate(removed, to)
      moveHead(to, { removed, added: [] })
    },

    note: (name) => blocks.note(name),
    putNote: (name, value) => blocks.putNote(name, value),
    onHead(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => store.close(),
  }
}

/** The genesis block of a store; an empty store gets it, another chain's is refused. */
async function beginOrCheck(
  blocks: ChainStore,
  createGenesis: () => Promise<ExecutedBlock>,
): Promise<Block> {
  const { block, state } = await createGenesis()
  const stored = blocks.canonicalHash(0n)
  if (stored === undefined && blocks.headHash === undefined) {
    await blocks.append({ block, seal: undefined, receipts: [] }, state.changes())
  } else if (stored === undefined) {
    throw corrupt('it has a head block but no genesis')
  } else if (!equalsBytes(stored, block.hash())) {
    throw new ChainError('OTHER_CHAIN', {
      message: `The database holds a chain with genesis ${bytesToHex(stored)}, not ${bytesToHex(block.hash())}`,
      hint: 'Use the chain id and accounts it was begun with, or another --data-dir.',
      facts: { stored: bytesToHex(stored), expected: bytesToHex(block.hash()) },
    })
  }
  return block
}

/** The head block; the head, the index of numbers and the state it leaves must agree. */
function headOf(blocks: ChainStore, states: StateDatabase): Block {
  const head = blocks.headHash && blocks.block(blocks.headHash)
  if (head === undefined) throw corrupt('it names no head block')
  if (!isCanonical(blocks, head.header)) throw corrupt('its head is not in the index of numbers')
  if (!states.has(head.header.stateRoot)) throw corrupt('the state of its head is missing')
  return head
}

const corrupt = (what: string): ChainError =>
  new ChainError('CORRUPT_DATABASE', {
    message: `The database is damaged: ${what}`,
    hint: 'Restore the data directory from a copy, or begin anew with another --data-dir.',
  })

const refuseUnknownParent = (number: bigint, parentHash: Uint8Array): never => {
  throw new ChainError('UNKNOWN_PARENT', {
    message: `The parent ${bytesToHex(parentHash)} of block ${number} is not known`,
    facts: { number, parentHash: bytesToHex(parentHash) },
  })
}

function isCanonical(blocks: ChainStore, header: BlockHeader): boolean {
  const hash = blocks.canonicalHash(header.number)
  return hash !== undefined && equalsBytes(hash, header.hash())
}

/** The hashes of a block and its ancestors; the canonical index serves from where the branch joins it. */
function hashesFrom(blocks: ChainStore, tip: Block): BlockHashes {
  const walked = new Map<bigint, Uint8Array>()
  let lowest: Block | undefined = tip
  return (number) => {
    while (lowest !== undefined && lowest.header.number >= number) {
      if (isCanonical(blocks, lowest.header)) break
      walked.set(lowest.header.number, lowest.hash())
      lowest = blocks.block(lowest.header.parentHash)
    }
    if (number < 0n || number > tip.header.number) return undefined
    return walked.get(number) ?? blocks.canonicalHash(number)
  }
}

function ancestorHashes(blocks: ChainStore, header: BlockHeader): BlockHashes {
  const parent = blocks.block(header.parentHash)
  return parent === undefined ? () => undefined : hashesFrom(blocks, parent)
}
