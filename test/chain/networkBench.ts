import { readFileSync } from 'node:fs'
import { Block, createBlockHeader } from '@ethereumjs/block'
import { createFeeMarket1559Tx, type TypedTransaction } from '@ethereumjs/tx'
import {
  Address,
  bytesToBigInt,
  bytesToHex,
  hexToBytes,
  type PrefixedHexString,
} from '@ethereumjs/util'
import { compileSolidity } from '../../scripts/compileContracts.ts'
import type { Chain, ExecutedBlock } from '../../src/chain/chain.ts'
import { openChain } from '../../src/chain/openChain.ts'
import { deriveRoot } from '../../src/chain/state/deriveRoot.ts'
import { publicKeyToAddress, recoverPublicKey, sign } from '../../src/crypto/secp256k1.ts'
import { createDevnetAccounts } from '../../src/node/devnet/accounts.ts'
import { devnetGenesis, devnetNetwork } from '../../src/node/devnet/genesis.ts'
import { createDevnetValidatorKeys } from '../../src/node/devnet/validator.ts'
import { SYSTEM_CONTRACTS, type SystemContractName } from '../../src/protocol/addresses.ts'
import type { Genesis } from '../../src/protocol/genesis.ts'
import { decodeHeaderExtra } from '../../src/protocol/header.ts'
import type { NetworkTransaction } from '../../src/protocol/networkTransaction.ts'
import { createInspectionAnswer } from '../../src/protocol/networkTransactionCodec.ts'
import { challengeKeys } from '../../src/protocol/slots.ts'
import { createMemoryStore, type KeyValueStore } from '../../src/util/keyValueStore.ts'

const FIXTURES = ['InspectionsStandIn', 'HeftStandIn'] as const
const CONTRACTS = compileSolidity(
  Object.fromEntries(
    FIXTURES.map((name) => {
      const url = new URL(`fixtures/${name}.sol`, import.meta.url)
      return [`test/${name}.sol`, readFileSync(url, 'utf8')]
    }),
  ),
)

export const FARMER_KEY = new Uint8Array(32).fill(0x44)
export const STRANGER_KEY = new Uint8Array(32).fill(0x55)
export const FARMER = addressOf(FARMER_KEY)
const accounts = createDevnetAccounts(1)
const network = devnetNetwork()

export function addressOf(key: Uint8Array): Address {
  const hash = new Uint8Array(32).fill(1)
  const signature = sign(hash, key)
  const publicKey = recoverPublicKey(hash, signature.subarray(0, 64), signature[64]!)
  return new Address(publicKeyToAddress(publicKey))
}

/** What the stand-ins begin with. */
export interface StandInOptions {
  /** What the guard reads; 1 by default, so that the step is tried in every block. */
  pendingWork?: bigint
  stepMode?: 'act after answers' | 'act always' | 'fail'
  /** Total heft; 0 by default, so that heft is renewed only while there is work. */
  totalHeft?: bigint
  /** The epoch heft was renewed in last; never again in a test, by default. */
  syncedEpoch?: bigint
  /** Further blocks a renewal of heft takes. */
  visits?: bigint
  /** The challenges that somebody paid for. */
  extras?: readonly bigint[]
}

const STEP_MODES = ['act after answers', 'act always', 'fail']

function standInGenesis(options: StandInOptions): Genesis {
  const { pendingWork = 1n, stepMode = 'act after answers' } = options
  const { totalHeft = 0n, syncedEpoch = 1_000n, visits = 0n, extras = [] } = options
  const genesis = devnetGenesis(network, accounts)
  place(genesis, 'Inspections', 'InspectionsStandIn', [
    pendingWork << 128n,
    BigInt(FARMER.toString()),
    BigInt(STEP_MODES.indexOf(stepMode)),
  ])
  const { storage } = genesis.alloc[SYSTEM_CONTRACTS.Inspections]!
  for (const id of extras) storage![bytesToHex(challengeKeys(id).replicaId)] = word(1n)
  place(genesis, 'Heft', 'HeftStandIn', [0n, totalHeft, syncedEpoch | (visits << 128n)])
  return genesis
}

function place(
  { alloc }: Genesis,
  name: SystemContractName,
  fixture: (typeof FIXTURES)[number],
  words: bigint[],
): void {
  const entries = words.map((value, slot) => [word(BigInt(slot)), word(value)] as const)
  alloc[SYSTEM_CONTRACTS[name]] = {
    balance: 0n,
    nonce: 1n,
    code: CONTRACTS.get(fixture)!.runtimeBytecode as PrefixedHexString,
    storage: Object.fromEntries(entries.filter(([, value]) => BigInt(value) !== 0n)),
  }
}

export const word = (value: bigint): PrefixedHexString =>
  `0x${value.toString(16).padStart(64, '0')}`

export interface AnswerRequest {
  /** 100 bytes by default. */
  proof?: Uint8Array
  proofBytes?: number
  key?: Uint8Array
  anchorHash?: Uint8Array
  chainId?: bigint
}

/** A chain on which challenges can be answered, and its one validator. */
export class NetworkBench {
  readonly chain: Chain
  /** Transactions that the builder refused, with the reasons. */
  readonly rejected: { transaction: NetworkTransaction; error: Error }[] = []

  /** Transactions that the builder left for a later block. */
  readonly deferred: NetworkTransaction[] = []

  private constructor(chain: Chain) {
    this.chain = chain
  }

  static create(options: StandInOptions = {}, store?: KeyValueStore): Promise<NetworkBench> {
    return NetworkBench.open(standInGenesis(options), store)
  }

  static async open(genesis: Genesis, store = createMemoryStore()): Promise<NetworkBench> {
    return new NetworkBench(await openChain({ network, genesis, store }))
  }

  /** An answer of the farmer to a challenge, bound to the head. */
  answer(challengeId: bigint, request: AnswerRequest = {}): NetworkTransaction {
    const { proofBytes = 100, key = FARMER_KEY, chainId = network.chainId } = request
    const { head } = this.chain
    return createInspectionAnswer({
      chainId,
      challengeId,
      anchorNumber: head.header.number,
      anchorHash: request.anchorHash ?? head.hash(),
      proof: request.proof ?? new Uint8Array(proofBytes).fill(7),
      sign: (hash) => sign(hash, key),
    })
  }

  /** A transfer of the funded account. */
  transfer(nonce: bigint): TypedTransaction {
    const fees = { maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 1n, gasLimit: 21_000n }
    return createFeeMarket1559Tx(
      { ...fees, nonce, to: FARMER.toString(), value: 0n },
      { common: this.chain.common },
    ).sign(hexToBytes(accounts[0]!.privateKey as PrefixedHexString))
  }

  build(
    answers: readonly NetworkTransaction[] = [],
    ordinary: readonly TypedTransaction[] = [],
  ): Promise<ExecutedBlock> {
    const [lane, source] = [[...answers], [...ordinary]]
    return this.chain.build(
      this.plan(),
      { next: () => source.shift(), reject: (_, error) => Promise.reject(error) },
      {
        next: () => lane.shift(),
        reject: (transaction, error) => this.rejected.push({ transaction, error }),
        defer: (transaction) => this.deferred.push(transaction),
      },
    )
  }

  async mine(
    answers: readonly NetworkTransaction[] = [],
    ordinary: readonly TypedTransaction[] = [],
  ): Promise<Block> {
    const executed = await this.build(answers, ordinary)
    await this.chain.commit(executed, this.seal(executed.block))
    return executed.block
  }

  /** The block with other transactions in its body, which its header commits to, sealed by the validator. */
  async verifyWith(
    block: Block,
    transactions: readonly TypedTransaction[],
  ): Promise<ExecutedBlock> {
    const { common } = this.chain
    const transactionsTrie = deriveRoot(transactions.map((transaction) => transaction.serialize()))
    const header = createBlockHeader({ ...block.header, transactionsTrie }, { common })
    const forged = new Block(header, [...transactions], [], [], { common })
    return this.chain.verify(forged, this.seal(forged))
  }

  /** Makes another chain's block the head, once it is verified. */
  async adopt(block: Block): Promise<void> {
    await this.chain.commit(await this.verify(block), this.seal(block))
  }

  verify(block: Block): Promise<ExecutedBlock> {
    return this.chain.verify(block, this.seal(block))
  }

  /** A slot of a system contract after a block. */
  async slot(name: SystemContractName, slot: bigint, block = this.chain.head): Promise<bigint> {
    const at = new Address(hexToBytes(SYSTEM_CONTRACTS[name]))
    const state = this.chain.stateOf(block)
    return bytesToBigInt(await state.getStorage(at, hexToBytes(word(slot))))
  }

  private get keys() {
    return createDevnetValidatorKeys(network, this.chain.genesis.hash())
  }

  private plan() {
    const { head } = this.chain
    const slot = decodeHeaderExtra(head.header.extraData).slot + 1n
    return {
      parent: head,
      slot,
      timestamp: head.header.timestamp + 1n,
      coinbase: this.keys.address,
      reveal: this.keys.reveal(slot),
    }
  }

  private seal(block: Block) {
    const { slot } = decodeHeaderExtra(block.header.extraData)
    return { signature: this.keys.sealBlock(block.hash()), reveal: this.keys.reveal(slot) }
  }
}

export const totalOf = ({ header }: Block): bigint =>
  decodeHeaderExtra(header.extraData).totalInspections

/** What stands in a block, in short: 'transfer', 'answer 5', 'step', 'sync'. */
export const namesOf = ({ transactions }: Block): string[] =>
  transactions.map((transaction) => {
    const { kind, nonce } = transaction as unknown as Partial<NetworkTransaction>
    if (kind === undefined) return 'transfer'
    return kind === 10 ? `answer ${nonce}` : kind === 17 ? 'step' : 'sync'
  })
