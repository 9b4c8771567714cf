import {
  Block,
  type BlockHeader,
  createBlockHeader,
  genRequestsRoot,
  type HeaderData,
} from '@ethereumjs/block'
import { RLP } from '@ethereumjs/rlp'
import type { TypedTransaction } from '@ethereumjs/tx'
import type { Withdrawal } from '@ethereumjs/util'
import { sha256 } from '@noble/hashes/sha2.js'
import { decodeHeaderExtra, encodeHeaderExtra } from '../../protocol/header.ts'
import { GenaroError } from '../../util/errors.ts'
import type { LaneSource, Receipt, TransactionSource } from '../chain.ts'
import type { BlockHashes, Machine } from '../machine.ts'
import { deriveRoot } from '../state/deriveRoot.ts'
import type { WorldState } from '../state/worldState.ts'
import { applyAnswers } from './answerLane.ts'
import { addToBody, createBody, type ExecutedBody } from './body.ts'
import { readTotalInspections } from './derivedGuards.ts'
import { applyDerivedSteps } from './derivedSteps.ts'
import { checkHeader } from './header.ts'
import { gatherRequests } from './requests.ts'
import type { ExecutionRules } from './rules.ts'
import { writeBlockStart } from './systemWrites.ts'
import { applyTransaction } from './transaction.ts'
import { creditWithdrawals } from './withdrawals.ts'

/** What a block is executed from: everything in it that does not follow from executing it. */
export interface BlockInputs {
  parent: Block
  /** The header fields that whoever makes the block decides. */
  header: HeaderData
  withdrawals: readonly Withdrawal[]
  source: TransactionSource
  /** Signed network transactions; none on Ethereum's fixtures. */
  lane?: LaneSource | undefined
  /** The state after the parent; it ends as the state after the block. */
  state: WorldState
  blockHashes: BlockHashes
}

export interface BlockOutcome {
  block: Block
  receipts: Receipt[]
}

/**
 * The one path from inputs to block. Building takes the transactions from the pool, verifying takes them
 * from the block in question; either way the header is held to Ethereum's rules, and the block that comes out
 * is the only right one.
 */
export const executeBlock = (rules: ExecutionRules, inputs: BlockInputs): Promise<BlockOutcome> =>
  rules.machines.use(inputs, async (machine) => {
    const { parent, header, state, withdrawals } = inputs
    const draft = makeBlock(rules, createBlockHeader(header, { common: rules.common }), [], [])
    await checkHeader(rules.common, parent.header, draft.header)
    await writeBlockStart(rules, state, parent.header, draft.header)
    await machine.evm.journal.cleanup()
    const body = createBody()
    await applyTransactions(machine, draft, inputs.source, body)
    await applyNetworkTransactions(rules, machine, draft, inputs.lane, body)
    await creditWithdrawals(machine, withdrawals)
    const requestsHash = await hashRequests(rules, machine, draft, body.receipts)
    const finished = createBlockHeader(
      {
        ...header,
        ...(rules.inspections && { extraData: await countInspections(draft.header, state) }),
        transactionsTrie: deriveRoot(body.transactions.map((tx) => tx.serialize())),
        receiptTrie: deriveRoot(body.encodedReceipts),
        logsBloom: body.logsBloom,
        gasUsed: body.gasUsed,
        ...(rules.common.isActivatedEIP(4844) && { blobGasUsed: body.blobGasUsed }),
        ...(rules.common.isActivatedEIP(4895) && { withdrawalsRoot: withdrawalsRoot(withdrawals) }),
        ...(requestsHash !== undefined && { requestsHash }),
        stateRoot: state.root(),
      },
      { common: rules.common },
    )
    return {
      block: makeBlock(rules, finished, body.transactions, withdrawals),
      receipts: body.receipts,
    }
  })

/**
 * The constructor keeps the transactions as they are; `createBlock` would make each of them again, without
 * the hash and sender that are already known.
 */
const makeBlock = (
  { common }: ExecutionRules,
  header: BlockHeader,
  transactions: TypedTransaction[],
  withdrawals: readonly Withdrawal[],
): Block =>
  new Block(header, transactions, [], common.isActivatedEIP(4895) ? [...withdrawals] : undefined, {
    common,
  })

async function applyTransactions(
  machine: Machine,
  block: Block,
  source: TransactionSource,
  body: ExecutedBody,
): Promise<void> {
  for (;;) {
    const transaction = source.next(block.header.gasLimit - body.gasUsed)
    if (transaction === undefined) return
    try {
      addToBody(
        body,
        transaction,
        await applyTransaction(machine, block, transaction, body.gasUsed),
      )
    } catch (error) {
      // Ours mean that the database or the source failed; the rest, that the transaction does not fit.
      if (error instanceof GenaroError) throw error
      source.reject(transaction, error as Error)
    }
  }
}

const EMPTY_LANE: LaneSource = { next: () => undefined, reject: () => {}, defer: () => {} }

/** After the ordinary ones: answers in their own room, then what follows from the block by itself. */
async function applyNetworkTransactions(
  { inspections }: ExecutionRules,
  machine: Machine,
  block: Block,
  lane: LaneSource | undefined,
  body: ExecutedBody,
): Promise<void> {
  if (inspections === undefined) return
  const isLaneFull = await applyAnswers(machine, block, lane ?? EMPTY_LANE, body)
  await applyDerivedSteps(inspections, machine, block, isLaneFull, body)
}

/** extraData with the inspections that the chain counts after the block. */
async function countInspections({ extraData }: BlockHeader, state: WorldState) {
  const { slot } = decodeHeaderExtra(extraData)
  return encodeHeaderExtra({ slot, totalInspections: await readTotalInspections(state) })
}

const withdrawalsRoot = (withdrawals: readonly Withdrawal[]): Uint8Array =>
  deriveRoot(withdrawals.map((withdrawal) => RLP.encode(withdrawal.raw())))

async function hashRequests(
  rules: ExecutionRules,
  machine: Machine,
  block: Block,
  receipts: readonly Receipt[],
): Promise<Uint8Array | undefined> {
  if (!rules.common.isActivatedEIP(7685)) return undefined
  const requests = rules.requests ? await gatherRequests(machine, block, receipts) : []
  return genRequestsRoot(requests, sha256)
}
