import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { memory } from '@libp2p/memory'
import { plaintext } from '@libp2p/plaintext'
import { publicKeyOf, publicKeyToAddress } from '../../../src/crypto/secp256k1.ts'
import { createHost, type HostOptions } from '../../../src/p2p/createHost.ts'
import type { Datastore } from '../../../src/p2p/datastore.ts'
import type { Host } from '../../../src/p2p/host.ts'
import type { DHT } from '../../../src/storage/dht/dht.ts'
import {
  decodeStored,
  openRoutingTable,
  type RoutingTable,
  type StoredRecord,
  storedKey,
} from '../../../src/storage/dht/kadInternals.ts'
import { type DHTSettings, prepareDHT } from '../../../src/storage/dht/prepareDHT.ts'
import type { DHTRecord } from '../../../src/storage/dht/record.ts'
import { signReplicaLocation } from '../../../src/storage/dht/replicaLocation.ts'
import { kadId, nearest } from '../../../src/storage/dht/xor.ts'

export const chain = { chainId: 31_300n, genesisHash: new Uint8Array(32).fill(7) }
export const accountKey = new Uint8Array(32).fill(17)
export const account = publicKeyToAddress(publicKeyOf(accountKey))

/** A node of an in-process network: memory streams without encryption, so that fifty fit on one core. */
export interface TestNode {
  host: Host
  dht: DHT
  table: RoutingTable
  address: string
  /** What libp2p stores, without the guard. */
  datastore: Datastore
  stop(): Promise<void>
}

let lastName = 0

export interface TestNodeOptions extends Partial<DHTSettings> {
  bootstrap?: readonly TestNode[]
  host?: HostOptions
}

export async function startNode({
  bootstrap = [],
  host: hostOptions = {},
  ...settings
}: TestNodeOptions = {}): Promise<TestNode> {
  const prepared = prepareDHT({ chain, firstSelfLookupMs: 20, runsDuties: false, ...settings })
  let datastore: Datastore | undefined
  const guardDatastore = (inner: Datastore): Datastore => {
    datastore = inner
    return prepared.hostOptions.guardDatastore!(inner)
  }
  const host = await createHost({
    nodeKey: await generateKeyPair('Ed25519'),
    listen: [`/memory/node-${lastName++}`],
    stack: { transports: [memory()], connectionEncrypters: [plaintext()] },
    dht: { ...prepared.hostOptions, guardDatastore },
    bootstrap: bootstrap.map(({ address }) => address),
    ...hostOptions,
  })
  const dht = await prepared.start(host)
  return {
    host,
    dht,
    table: openRoutingTable(host.libp2p.services.dht),
    address: host.addresses()[0] ?? '',
    datastore: datastore!,
    async stop() {
      await dht.stop()
      await host.stop()
    },
  }
}

/** Nodes that joined one after another through the first, and end with the test. */
export async function startNetwork(
  t: TestContext,
  size: number,
  options: TestNodeOptions = {},
): Promise<TestNode[]> {
  const nodes: TestNode[] = []
  t.after(() => Promise.all(nodes.map((node) => node.stop())))
  for (let i = 0; i < size; i++) {
    const node = await startNode({ bootstrap: nodes.slice(0, 1), ...options })
    nodes.push(node)
    if (i > 0) await until(() => hasContact(node))
  }
  for (const node of nodes) await node.dht.duties.handOver()
  return nodes
}

async function hasContact({ dht }: TestNode): Promise<boolean> {
  await dht.duties.offer()
  return dht.contacts().length > 0
}

/** What a node holds under a key, whatever its age. */
export async function heldBy(
  node: TestNode,
  { key }: Pick<DHTRecord, 'key'>,
): Promise<StoredRecord | undefined> {
  const at = storedKey(key)
  return (await node.datastore.has(at)) ? decodeStored(await node.datastore.get(at)) : undefined
}

export const placeOf = (node: TestNode): Uint8Array =>
  kadId(node.host.libp2p.peerId.toMultihash().bytes)

/** The nodes that are truly nearest to a key. */
export const nearestTo = (key: Uint8Array, nodes: readonly TestNode[], count: number): TestNode[] =>
  nearest(
    kadId(key),
    nodes.map((node) => ({ node, kadId: placeOf(node) })),
    count,
  ).map(({ node }) => node)

/** Waits for what must come; a minute without it is a failure, however slow the machine. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`it never came that ${condition}`)
    await sleep(20)
  }
}

/** A record that says the account's replica of this number is at a node. */
export function location(
  number: number,
  peerId: string,
  { sequence = 1n, expiry = inSeconds(86_400) }: { sequence?: bigint; expiry?: bigint } = {},
): DHTRecord {
  const root = new Uint8Array(32)
  new DataView(root.buffer).setUint32(28, number)
  return signReplicaLocation(chain, { root, farmer: account, peerId, sequence, expiry }, accountKey)
}

export const inSeconds = (seconds: number): bigint =>
  BigInt(Math.floor(Date.now() / 1_000) + seconds)

/** A clock that starts now and is moved by hand. */
export function createClock() {
  const clock = { ms: Date.now(), now: () => clock.ms, pass: (ms: number) => (clock.ms += ms) }
  return clock
}

/** A node that ends with the test. */
export async function addNode(t: TestContext, options: TestNodeOptions): Promise<TestNode> {
  const node = await startNode(options)
  t.after(() => node.stop())
  return node
}

/** A node that has come to know its neighbours. */
export async function addJoined(t: TestContext, options: TestNodeOptions): Promise<TestNode> {
  const node = await addNode(t, options)
  await until(() => hasContact(node))
  await node.dht.duties.handOver()
  return node
}

/** So many records, each about one of the nodes in turn. */
export const locations = (nodes: readonly TestNode[], count: number): DHTRecord[] =>
  Array.from({ length: count }, (_, i) => location(i, nodes[i % nodes.length]!.host.peerId))
