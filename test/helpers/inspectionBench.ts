import { Address, bytesToHex, hexToBytes, type PrefixedHexString } from '@ethereumjs/util'
import { replicaIdOf } from '../../src/protocol/replicaContract.ts'
import { beaconCurrentSlotKey, beaconRingKeys } from '../../src/protocol/slots.ts'
import { proveInspection, proveReplicaInspection } from '../../src/spor/proveInspection.ts'
import {
  EMPTY_TREE,
  growTo,
  heightOf,
  pathOfPlace,
  putEntry,
  takeEntry,
} from '../../src/spor/sumTree.ts'
import { firstEmptyPlace } from '../../src/spor/treeLookup.ts'
import {
  bytesNamed,
  memoryReader,
  replicaOfLeaves,
  type StoredReplica,
} from '../spor/inspectionBench.ts'
import { blockHashOf, type ContractBench, type Outcome, succeeded } from './contractBench.ts'
import { FARMERS, LEAF_BYTES, ReplicaBench } from './replicaBench.ts'

/** Who the protocol's own steps come from. */
export const SYSTEM = new Address(hexToBytes(`0x${'ff'.repeat(19)}fe`))

const SLOT_SECONDS = 2n
const STEP_GAS = 200_000_000n
const ANSWER_GAS = 10_000_000n

/** A replica with its bytes, where it stands and what its id is in hex. */
export interface JoinedReplica extends StoredReplica {
  id: string
  place: number
}

/** What `challengeOf` tells. */
export interface Challenge {
  node: bigint
  round: bigint
  replicaId: string
  seed: Uint8Array
  snapshotSlot: bigint
  deadlineSlot: bigint
}

/** Farmers with trees, and blocks that end with the schedule's step. */
export class InspectionBench {
  readonly replicas: ReplicaBench
  readonly bench: ContractBench
  slot = 1n
  /** Each farmer's tree as it keeps it itself, and its replicas by place. */
  readonly trees = FARMERS.map(() => EMPTY_TREE)
  readonly stored = FARMERS.map(() => new Map<number, JoinedReplica>())
  private names = 0

  private constructor(replicas: ReplicaBench) {
    this.replicas = replicas
    this.bench = replicas.bench
  }

  static async create(): Promise<InspectionBench> {
    const bench = new InspectionBench(await ReplicaBench.create())
    await bench.bench.setSlot(bench.slot)
    bench.bench.mix = blockHashOf(1_000_000n)
    return bench
  }

  call(method: string, args: readonly unknown[], from: Address, value = 0n): Promise<Outcome> {
    return this.bench.call('Inspections', method, args, { from, value, gasLimit: ANSWER_GAS })
  }

  view(method: string, ...args: unknown[]): Promise<unknown> {
    return this.bench.view('Inspections', method, ...args)
  }

  /** The step of the present block; one that did not act is undone. */
  async step(laneFull = false): Promise<Outcome & { acted: boolean }> {
    const { stateManager } = this.bench.evm
    await stateManager.checkpoint()
    const options = { from: SYSTEM, gasLimit: STEP_GAS }
    const outcome = succeeded(await this.bench.call('Inspections', 'step', [laneFull], options))
    const acted = outcome.result[0] === true
    await (acted ? stateManager.commit() : stateManager.revert())
    return { ...outcome, acted }
  }

  /** Goes on to the next block, `slots` later. */
  async nextBlock(slots = 1n): Promise<void> {
    const { bench } = this
    const keys = beaconRingKeys(this.slot)
    await bench.putSystemStorage('Beacon', keys.slot, this.slot)
    await bench.putSystemStorage('Beacon', keys.mix, BigInt(bytesToHex(bench.mix)))
    this.slot += slots
    bench.blockNumber++
    bench.time += slots * SLOT_SECONDS
    bench.mix = blockHashOf(1_000_000n + this.slot)
    await bench.putSystemStorage('Beacon', beaconCurrentSlotKey, this.slot)
  }

  /** Ends the present block with its step and begins the next. */
  async endBlock({ laneFull = false, slots = 1n } = {}): Promise<Outcome & { acted: boolean }> {
    const outcome = await this.step(laneFull)
    await this.nextBlock(slots)
    return outcome
  }

  async endBlocks(count: number): Promise<void> {
    for (let block = 0; block < count; block++) await this.endBlock()
  }

  /** Registers a replica of a node, with bytes that can be shown, above the floor price unless told otherwise. */
  async registered(node: number, leafCount: number, priceWei = 10n ** 14n): Promise<JoinedReplica> {
    const name = `replica ${++this.names} of ${node}`
    const stored = replicaOfLeaves(new Uint8Array(32), bytesNamed(name, leafCount * 1_024))
    const offer = this.replicas.offer({
      node: BigInt(node),
      leafCount: BigInt(leafCount),
      sizeBytes: BigInt(leafCount) * LEAF_BYTES,
      root: bytesToHex(stored.entry.root),
      priceWei,
    })
    succeeded(await this.replicas.register([offer]))
    const id = replicaIdOf(offer)
    const entry = { ...stored.entry, replicaId: hexToBytes(id as PrefixedHexString) }
    return { ...stored, entry, id, place: -1 }
  }

  /** The change that puts a replica at a place of its node's tree as the tree is. */
  changeFor(node: number, { entry, id }: JoinedReplica, place: number) {
    const tree = growTo(this.trees[node]!, heightOf(place))
    const siblings = bytesToHex(pathOfPlace(tree, place))
    return {
      replicaId: id,
      root: bytesToHex(entry.root),
      leafCount: entry.leafCount,
      place,
      siblings,
    }
  }

  /** Registers and joins a replica of a node. */
  async joined(node: number, leafCount: number, priceWei?: bigint): Promise<JoinedReplica> {
    const replica = await this.registered(node, leafCount, priceWei)
    return this.join(node, replica)
  }

  async join(node: number, replica: JoinedReplica, at?: number): Promise<JoinedReplica> {
    const place = at ?? firstEmptyPlace(this.trees[node]!)
    const change = this.changeFor(node, replica, place)
    succeeded(await this.call('join', [node, [change]], FARMERS[node]!.address))
    this.trees[node] = putEntry(this.trees[node]!, place, replica.entry)
    const joined = { ...replica, place }
    this.stored[node]!.set(place, joined)
    return joined
  }

  async drop(node: number, replica: JoinedReplica): Promise<Outcome> {
    const change = this.changeFor(node, replica, replica.place)
    const outcome = await this.call('drop', [node, [change]], FARMERS[node]!.address)
    if (outcome.failure === undefined) {
      this.trees[node] = takeEntry(this.trees[node]!, replica.place)
    }
    return outcome
  }

  /** Ends blocks until the node has a scheduled challenge with a seed, and gives its id. */
  async challenged(node: number): Promise<bigint> {
    for (let block = 0; block < 40; block++) {
      const id = (await this.view('openChallengeOf', node)) as bigint
      if (id !== 0n && (await this.challenge(id)).deadlineSlot !== 0n) return id
      await this.endBlock()
    }
    throw new Error(`node ${node} was not challenged in 40 blocks`)
  }

  async challenge(id: bigint): Promise<Challenge> {
    const fields = (await this.view('challengeOf', id)) as [bigint, bigint, string, ...unknown[]]
    const [node, round, replicaId] = fields
    const seed = hexToBytes(fields[6] as PrefixedHexString)
    const [snapshotSlot, deadlineSlot] = [fields[7] as bigint, fields[9] as bigint]
    return { node, round, replicaId, seed, snapshotSlot, deadlineSlot }
  }

  /** The right proof of a challenge by the node it asks. */
  async prove(id: bigint, excused: readonly string[] = []): Promise<Uint8Array> {
    const { node, replicaId, seed } = await this.challenge(id)
    const stored = [...this.stored[Number(node)]!.values()]
    const readLeaves = memoryReader(stored)
    if (!/^0x0+$/.test(replicaId)) {
      const { entry } = stored.find((one) => one.id === replicaId)!
      return proveReplicaInspection({ entry, seed, readLeaves })
    }
    const isExcused = (one: Uint8Array) => excused.includes(bytesToHex(one))
    return proveInspection({ tree: this.trees[Number(node)]!, seed, isExcused, readLeaves })
  }

  /** Answers with a proof, anchored at the block before, as the node's owner unless told otherwise. */
  async answer(
    id: bigint,
    proof: Uint8Array,
    from?: Address,
    anchor = this.bench.blockNumber - 1n,
  ) {
    const sender = from ?? FARMERS[Number((await this.challenge(id)).node)]!.address
    return this.call('answer', [id, anchor, blockHashOf(anchor), proof], sender)
  }

  /** Answers the node's next scheduled challenge rightly. */
  async passed(node: number): Promise<Outcome> {
    const id = await this.challenged(node)
    return succeeded(await this.answer(id, await this.prove(id)))
  }

  /** Lets the node's next scheduled challenge run out, and gives what its step told. */
  async missed(node: number): Promise<Outcome> {
    await this.challenged(node)
    for (let block = 0; block < 40; block++) {
      const outcome = await this.endBlock()
      if ((await this.view('openChallengeOf', node)) === 0n) return outcome
    }
    throw new Error(`the challenge of node ${node} did not end in 40 blocks`)
  }

  /** What `treeOf` tells, by name. */
  async tree(node: number) {
    const fields = (await this.view('treeOf', node)) as [string, ...bigint[]]
    const [root, totalLeaves, height, paidLeaves, deadLeaves, strikes, proven, settled, frozenBy] =
      fields
    return { root, totalLeaves, height, paidLeaves, deadLeaves, strikes, proven, settled, frozenBy }
  }
}
