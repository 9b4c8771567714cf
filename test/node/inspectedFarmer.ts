import type { Block } from '@ethereumjs/block'
import { createFeeMarket1559Tx } from '@ethereumjs/tx'
import { bytesToHex, hexToBytes, type PrefixedHexString } from '@ethereumjs/util'
import { Wallet } from 'ethers'
import type { Chain } from '../../src/chain/chain.ts'
import { sign } from '../../src/crypto/secp256k1.ts'
import { readSystem, readSystemEvents } from '../../src/node/systemState.ts'
import { SYSTEM_CONTRACTS, type SystemContractName } from '../../src/protocol/addresses.ts'
import { createDevnetFarmers } from '../../src/protocol/devnetFarmers.ts'
import {
  asTypedTransaction,
  type NetworkTransaction,
} from '../../src/protocol/networkTransaction.ts'
import { createInspectionAnswer } from '../../src/protocol/networkTransactionCodec.ts'
import { GNX } from '../../src/protocol/params.ts'
import {
  type ReplicaOffer,
  replicaIdOf,
  signReplicaOffer,
} from '../../src/protocol/replicaContract.ts'
import { systemContractInterface } from '../../src/protocol/systemContracts.ts'
import { proveInspection } from '../../src/spor/proveInspection.ts'
import { EMPTY_TREE, growTo, heightOf, pathOfPlace, putEntry } from '../../src/spor/sumTree.ts'
import type { TestDevnet } from '../helpers/devnet.ts'
import { bytesNamed, memoryReader, replicaOfLeaves } from '../spor/inspectionBench.ts'

const TAG = `0x${'1a'.repeat(12)}`
const LEAVES = 64
const LEAF_BYTES = 1_024
const CHALLENGE_BLOCKS = 40

/** A devnet's farmer with one replica of 64 KiB in its tree, whose answers the test sends. */
export interface InspectedFarmer {
  readonly node: bigint
  readonly address: string
  readonly replicaId: string
  /** Mines until the node's next scheduled challenge is open; returns its id and the last slot to answer in. */
  openChallenge(): Promise<{ challengeId: bigint; deadlineSlot: bigint }>
  /** The right answer to an open challenge, bound to the head unless told to another block. */
  answer(challengeId: bigint, options?: AnswerOptions): Promise<NetworkTransaction>
}

export interface AnswerOptions {
  anchorNumber?: bigint
  chainId?: bigint
  privateKey?: Uint8Array
  proof?: Uint8Array
}

/** Calls a system contract from one of the devnet's accounts. */
export const sendTo = (
  devnet: TestDevnet,
  contract: SystemContractName,
  method: string,
  args: unknown[],
  value = 0n,
) =>
  devnet.send(0, {
    to: SYSTEM_CONTRACTS[contract],
    data: systemContractInterface(contract).encodeFunctionData(method, args),
    value,
    gasLimit: 5_000_000n,
  })

/** Buys space, registers a replica for one of the devnet's farmers and has it join the farmer's tree. */
export async function startInspectedFarmer(
  devnet: TestDevnet,
  index = 0,
): Promise<InspectedFarmer> {
  const farmer = createDevnetFarmers()[index]!
  const leaves = leavesOf(index)
  const offer = await registerReplica(devnet, index, leaves)
  const replicaId = replicaIdOf(offer)
  const replica = replicaOfLeaves(hexToBytes(replicaId as PrefixedHexString), leaves)
  const empty = growTo(EMPTY_TREE, heightOf(0))
  const tree = putEntry(EMPTY_TREE, 0, replica.entry)
  const change = [replicaId, offer.root, offer.leafCount, 0, bytesToHex(pathOfPlace(empty, 0))]
  await sendAsFarmer(devnet, index, 'join', [farmer.node, [change]])

  const { node } = devnet
  const seedOf = async (challengeId: bigint) =>
    hexToBytes(
      (
        await readSystem<{ seed: PrefixedHexString }>(
          node.chain,
          'Inspections',
          'challengeOf',
          challengeId,
        )
      ).seed,
    )
  const prove = async (challengeId: bigint) =>
    proveInspection({
      tree,
      seed: await seedOf(challengeId),
      isExcused: () => false,
      readLeaves: memoryReader([replica]),
    })

  return {
    node: farmer.node,
    address: farmer.address.toString(),
    replicaId,
    async openChallenge() {
      for (let mined = 0; mined < CHALLENGE_BLOCKS; mined++) {
        await devnet.control.mine()
        const id = await readSystem<bigint>(
          node.chain,
          'Inspections',
          'openChallengeOf',
          farmer.node,
        )
        if (id === 0n) continue
        const { deadlineSlot } = await readSystem<{ deadlineSlot: bigint }>(
          node.chain,
          'Inspections',
          'challengeOf',
          id,
        )
        if (deadlineSlot !== 0n) return { challengeId: id, deadlineSlot }
      }
      throw new Error(`no challenge was opened within ${CHALLENGE_BLOCKS} blocks`)
    },
    async answer(challengeId, options = {}) {
      const { chainId = 31_300n, privateKey = farmer.privateKey } = options
      const anchorNumber = options.anchorNumber ?? node.chain.head.header.number
      return createInspectionAnswer({
        ...{ chainId, challengeId, anchorNumber },
        anchorHash: node.chain.blockByNumber(anchorNumber)!.hash(),
        proof: options.proof ?? (await prove(challengeId)),
        sign: (hash) => sign(hash, privateKey),
      })
    },
  }
}

const leavesOf = (index: number): Uint8Array => bytesNamed(`replica ${index}`, LEAVES * LEAF_BYTES)

/** The names of a system contract's events in a block. */
export const eventsOf = (chain: Chain, block: Block, contract: SystemContractName): string[] =>
  readSystemEvents(chain, block, contract).map(({ name }) => name)

/** Submits an answer as `eth_sendRawTransaction` does. */
export const submitAnswer = ({ node }: TestDevnet, answer: NetworkTransaction) =>
  node.submit(asTypedTransaction(answer))

/** Registers a replica for one of the devnet's farmers in a bucket of the first account. */
export async function registerReplica(
  devnet: TestDevnet,
  index: number,
  leaves = leavesOf(index),
): Promise<ReplicaOffer> {
  const owner = devnet.control.accounts[0]!.address.toLowerCase()
  const bucketId = `${owner}${TAG.slice(2)}`
  const { privateKey, node } = createDevnetFarmers()[index]!
  const { chain } = devnet.node
  if ((await readSystem<bigint>(chain, 'StorageMarket', 'bucketCount')) === 0n) {
    await sendTo(devnet, 'StorageMarket', 'buySpace', [TAG, 10n ** 9n, 864_000n, 1, 0], GNX)
  }
  const { root } = replicaOfLeaves(new Uint8Array(32), leaves).entry
  const endTime = chain.head.header.timestamp + 800_000n
  const offer: ReplicaOffer = {
    bucketId,
    fileId: `0x${'f1'.repeat(32)}`,
    shardIndex: BigInt(index),
    node,
    root: bytesToHex(root),
    leafCount: BigInt(LEAVES),
    sizeBytes: BigInt(leaves.length),
    priceWei: GNX / 10_000n,
    endTime,
    salt: `0x${'5a'.repeat(32)}`,
    expiry: endTime,
  }
  const wallet = new Wallet(bytesToHex(privateKey))
  const signature = await signReplicaOffer(wallet, chain.network.chainId, offer)
  await sendTo(devnet, 'Replicas', 'register', [[offer], [signature]])
  return offer
}

async function sendAsFarmer(
  devnet: TestDevnet,
  index: number,
  method: string,
  args: unknown[],
): Promise<void> {
  const { node } = devnet
  const { privateKey, address } = createDevnetFarmers()[index]!
  const data = systemContractInterface('Inspections').encodeFunctionData(method, args)
  const transaction = createFeeMarket1559Tx(
    {
      nonce: await node.pool.nextNonce(address),
      to: SYSTEM_CONTRACTS.Inspections,
      data: data as PrefixedHexString,
      gasLimit: 5_000_000n,
      maxFeePerGas: GNX / 10_000_000n,
    },
    { common: node.chain.common },
  ).sign(privateKey)
  const receipt = devnet.receiptOf(await node.submit(transaction))
  if (receipt?.status !== 1) throw new Error(`${method} was not carried out`)
}
