import type { BlockHeader } from '@ethereumjs/block'
import type { TypedTransaction } from '@ethereumjs/tx'
import type { Chain } from '../../chain/chain.ts'
import { simulate } from '../../chain/simulate.ts'
import { asNetworkTransaction, asTypedTransaction } from '../../protocol/networkTransaction.ts'
import { type Logger, silentLogger } from '../../util/logger.ts'
import { admit } from './admission.ts'
import { createPoolContents } from './contents.ts'
import { bytesToKey, createPoolEntry, type PoolEntry } from './entry.ts'
import { PoolError } from './errors.ts'
import { applyHeadChange } from './headChange.ts'
import { createAnswerLane } from './lane/createAnswerLane.ts'
import { createAnswerTrial } from './lane/trial.ts'
import { DEFAULT_POOL_LIMITS, type PoolLimits } from './limits.ts'
import type { PoolContent, TransactionPool } from './pool.ts'
import { createRefresher } from './refresh.ts'
import { readSenderAccount, type SenderAccount } from './senderAccount.ts'
import { createPoolSource } from './source.ts'
import { isSpecial, type Trial, trySpecial } from './special.ts'
import { requireSigned, validateTransaction } from './validate.ts'
import { firstFreeNonce } from './waitingAccount.ts'

export interface TransactionPoolOptions {
  /** Read for its head and states only; whoever makes the pool passes head changes on to it. */
  chain: Chain
  /** Whether transactions without a chain id (before EIP-155) are taken. */
  acceptUnprotected: boolean
  limits?: Partial<PoolLimits>
  /** The header of the block that would be built next, for trying special transactions; default the head's. */
  pendingHeader?: () => BlockHeader
  /** How special transactions are tried; default `simulate` on the head under `pendingHeader`. */
  trial?: Trial
  logger?: Logger
}

/** How often a special transaction is tried anew because the head moved meanwhile. */
const MAX_TRIALS = 4

/** An empty pool over a chain. */
export function createTransactionPool(options: TransactionPoolOptions): TransactionPool {
  const { chain, acceptUnprotected, logger = silentLogger } = options
  const limits: PoolLimits = { ...DEFAULT_POOL_LIMITS, ...options.limits }
  const pendingHeader = options.pendingHeader ?? (() => chain.head.header)
  const trial: Trial =
    options.trial ??
    ((message) =>
      simulate({ chain, state: chain.stateOf(chain.head), header: pendingHeader() }, message))
  const contents = createPoolContents(limits)
  const answerTrial = createAnswerTrial(chain, pendingHeader)
  const lane = createAnswerLane({ chain, limits, trial: answerTrial, logger })
  const refresher = createRefresher(chain, contents)
  const listeners = new Set<(transaction: TypedTransaction) => void>()
  let arrivals = 0
  const nextArrival = (): number => arrivals++

  const refuseKnown = ({ hashKey }: { hashKey: string }): void => {
    if (!contents.byHash.has(hashKey)) return
    throw new PoolError('ALREADY_KNOWN', {
      message: 'already known: this transaction is waiting in the pool',
      hint: 'It needs no sending again; wait for its receipt.',
    })
  }

  /** Checks and inserts without a pause between, so that nothing else changes the pool meanwhile. */
  const enter = (entry: PoolEntry, sender: SenderAccount): void => {
    refuseKnown(entry)
    refresher.apply(entry.senderKey, sender)
    const { replaced, isPending } = admit(entry, sender, contents, limits)
    if (!contents.makeRoom(entry, isPending, replaced)) {
      throw new PoolError('POOL_FULL', {
        message: `txpool is full: ${contents.byHash.size} transactions wait, and all offer more`,
        hint: 'Offer a higher fee, or send again later.',
      })
    }
    contents.insert(entry, sender.nonce)
    if (sender.code === 'delegated') contents.delegated.add(entry.senderKey)
  }

  /** True when the entry was taken; false when the head moved and all must be looked at again. */
  const attempt = async (entry: PoolEntry, withTrial: boolean): Promise<boolean> => {
    await refresher.settled()
    const { head } = chain
    const sender = await readSenderAccount(chain.stateOf(head), entry.sender)
    if (withTrial && entry.nonce === sender.nonce) {
      admit(entry, sender, contents, limits)
      await trySpecial(entry, trial)
    }
    if (chain.head !== head) return false
    enter(entry, sender)
    return true
  }

  const addOrdinary = async (transaction: TypedTransaction): Promise<void> => {
    requireSigned(transaction)
    refuseKnown({ hashKey: bytesToKey(transaction.hash()) })
    const rules = {
      common: chain.common,
      limits,
      blockGasLimit: chain.head.header.gasLimit,
      acceptUnprotected,
    }
    const entry = validateTransaction(transaction, nextArrival(), rules)
    let trialsLeft = isSpecial(transaction) ? MAX_TRIALS : 0
    while (!(await attempt(entry, trialsLeft > 0))) trialsLeft--
  }

  return {
    lane,
    async add(transaction) {
      const network = asNetworkTransaction(transaction)
      await (network === undefined ? addOrdinary(transaction) : lane.add(network))
      for (const listener of listeners) listener(transaction)
    },
    get(transactionHash) {
      const ordinary = contents.byHash.get(bytesToKey(transactionHash))?.transaction
      const network = ordinary === undefined ? lane.get(transactionHash) : undefined
      return network === undefined ? ordinary : asTypedTransaction(network)
    },
    async nextNonce(address) {
      await refresher.settled()
      const account = contents.accounts.get(bytesToKey(address.bytes))
      const waiting = account === undefined ? undefined : firstFreeNonce(account)
      return waiting ?? (await readSenderAccount(chain.stateOf(chain.head), address)).nonce
    },
    content(): PoolContent {
      const content: PoolContent = { pending: [], queued: [] }
      for (const { entries } of contents.accounts.values()) {
        for (const { isPending, transaction } of entries) {
          content[isPending ? 'pending' : 'queued'].push(transaction)
        }
      }
      return content
    },
    get pendingCount() {
      return contents.pendingCount
    },
    get queuedCount() {
      return contents.queuedCount
    },
    source: (baseFeePerGas) =>
      createPoolSource({
        contents,
        baseFeePerGas,
        onRejected: ({ transaction }, error) =>
          logger.debug('dropped transaction', { nonce: transaction.nonce, reason: error.message }),
      }),
    onHeadChange(change) {
      lane.onHeadChange(change)
      refresher.mark(applyHeadChange(change, { contents, nextArrival }))
      void refresher.settled().catch((error) => logger.warn('pool not refreshed', { error }))
    },
    onAdded(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    snapshot: () => [
      ...[...contents.byHash.values()]
        .sort((a, b) => a.arrival - b.arrival)
        .map(({ transaction }) => transaction),
      ...lane.content().map(asTypedTransaction),
    ],
    async restore(transactions) {
      contents.clear()
      const network = transactions.map(asNetworkTransaction)
      for (const [index, transaction] of transactions.entries()) {
        if (network[index] !== undefined) continue
        // Without a nonce from the head it is queued, so nothing is drawn before it was read.
        contents.insert(createPoolEntry(transaction, nextArrival()), undefined)
      }
      refresher.mark(contents.accounts.keys())
      await refresher.settled()
      await lane.restore(network.filter((transaction) => transaction !== undefined))
    },
  }
}
