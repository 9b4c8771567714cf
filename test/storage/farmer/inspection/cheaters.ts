import assert from 'node:assert/strict'
import { open, readdir } from 'node:fs/promises'
import type { TestContext } from 'node:test'
import { bytesToHex, hexToBytes } from '@ethereumjs/util'
import { type ClusterFarmer, startCluster, stopCluster } from '../../../../scripts/startCluster.ts'
import { getChallenge } from '../../../../src/api/actions/getChallenge.ts'
import { getNode } from '../../../../src/api/actions/getNode.ts'
import { getNodeTree } from '../../../../src/api/actions/getNodeTree.ts'
import { listChallengesOfNode } from '../../../../src/api/actions/listChallengesOfNode.ts'
import { inspectionsContract } from '../../../../src/api/contracts.ts'
import { sign } from '../../../../src/crypto/secp256k1.ts'
import { createDevnetFarmers } from '../../../../src/protocol/devnetFarmers.ts'
import { decodeInspectionAnswer } from '../../../../src/protocol/inspectionAnswer.ts'
import { asNetworkTransaction } from '../../../../src/protocol/networkTransaction.ts'
import { createInspectionAnswer } from '../../../../src/protocol/networkTransactionCodec.ts'
import {
  makeReplica,
  register,
  type StorageNetwork,
  startNetwork,
  store,
  temporaryDirectory,
} from '../network.ts'

const LEAVES = 400
const REPLICAS = 2
const MAX_BLOCKS = 900

interface Player {
  process: ClusterFarmer
  node: bigint
}

async function startPlayers(network: StorageNetwork, directory: string): Promise<Player[]> {
  const farmers = await startCluster({ rpcURL: network.url, directory, count: 5 })
  network.cleanUp.add(() => stopCluster(farmers, 'SIGKILL'))
  const players = farmers.map((process) => ({ process, node: BigInt(process.node) }))
  for (const { process, node } of players) {
    const { peerId, addresses } = process
    const target = { peerId, addresses: () => addresses }
    for (let count = 0; count < REPLICAS; count++) {
      const replica = makeReplica(network, { node }, { leaves: LEAVES })
      await register(network, replica, await store(network, target, replica))
    }
  }
  const isJoined = async ({ node }: Player): Promise<boolean> =>
    (await getNodeTree(network.provider, { node })).totalLeaves === BigInt(REPLICAS * LEAVES)
  for (const player of players) await until(() => isJoined(player))
  return players
}

async function until(isSo: () => Promise<boolean>, timeoutMs = 20_000): Promise<void> {
  const end = performance.now() + timeoutMs
  while (!(await isSo())) {
    assert.ok(performance.now() < end, 'it did not come to that in time')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Writes zeros over every n-th leaf of all its replicas, behind the running farmer's back. */
async function loseLeaves({ process: { dataDirectory } }: Player, every: number): Promise<void> {
  const directory = `${dataDirectory}/replicas`
  const names = (await readdir(directory)).filter((name) => name.endsWith('.replica'))
  assert.equal(names.length, REPLICAS)
  for (const name of names) {
    const file = await open(`${directory}/${name}`, 'r+')
    for (let leaf = 0; leaf < LEAVES; leaf += every) {
      await file.write(new Uint8Array(1_024), 0, 1_024, leaf * 1_024)
    }
    await file.close()
  }
}

/** The challenge a node has to answer now; undefined while there is none, or its leaves are not known. */
async function openChallengeOf({ provider }: StorageNetwork, { node }: Player) {
  const [id] = await listChallengesOfNode(provider, { node })
  const challenge = id === undefined ? undefined : await getChallenge(provider, { id })
  return challenge?.seed === undefined ? undefined : challenge
}

/** The proof that the chain took last. */
function lastProof({ node }: StorageNetwork): Uint8Array | undefined {
  for (let number = node.chain.head.header.number; number > 0n; number--) {
    for (const transaction of node.chain.blockByNumber(number)!.transactions) {
      const found = asNetworkTransaction(transaction)
      if (found?.kind === 10) return decodeInspectionAnswer(found.payload).proof
    }
  }
  return undefined
}

/** Answers in a farmer's name with somebody else's true answer. Returns what the node says to that. */
async function copyAnswer(
  network: StorageNetwork,
  player: Player,
  index: number,
): Promise<string | undefined> {
  const challenge = await openChallengeOf(network, player)
  const proof = lastProof(network)
  if (challenge === undefined || proof === undefined) return undefined
  const head = (await network.provider.getBlock('latest'))!
  const { privateKey } = createDevnetFarmers()[index]!
  const transaction = createInspectionAnswer({
    chainId: network.chainId,
    challengeId: challenge.id,
    anchorNumber: BigInt(head.number),
    anchorHash: hexToBytes(head.hash as `0x${string}`),
    proof,
    sign: (hash) => sign(hash, privateKey),
  })
  const serialized = bytesToHex(transaction.serialize())
  return await network.provider.send('eth_sendRawTransaction', [serialized]).then(
    () => 'taken',
    (error: { error?: { message?: string } }) => `refused: ${error.error?.message}`,
  )
}

async function outcomesOf({ provider }: StorageNetwork, { node }: Player) {
  const contract = inspectionsContract(provider)
  const count = async (name: string): Promise<number> =>
    (await contract.queryFilter(contract.getEvent(name)(node), 0)).length
  return { passed: await count('Passed'), struck: await count('Struck') }
}

/**
 * Five farmer processes hold replicas; then one loses one leaf in so many, one stops, and in the name of one others'
 * answers are sent. All three are discharged, while the other two prove themselves for so many rounds.
 */
export async function catchCheaters(
  t: TestContext,
  { rounds, lostLeafOf }: { rounds: number; lostLeafOf: number },
): Promise<void> {
  const network = await startNetwork(t)
  const players = await startPlayers(network, temporaryDirectory(t))
  const [first, second, leaky, gone, copier] = players as [Player, Player, Player, Player, Player]
  await loseLeaves(leaky, lostLeafOf)
  await stopCluster([gone.process, copier.process], 'SIGKILL')
  const before = await Promise.all(players.map((player) => outcomesOf(network, player)))

  const { provider, node } = network
  const isDischarged = async (player: Player): Promise<boolean> =>
    (await getNode(provider, player)).dischargedTime !== undefined
  const said: string[] = []
  let hasEnded = false
  for (let blocks = 0; blocks < MAX_BLOCKS && !hasEnded; blocks++) {
    await node.devnet!.mine()
    const answer = await copyAnswer(network, copier, 4)
    if (answer !== undefined) said.push(answer)
    for (const honest of [first, second]) {
      await until(async () => (await openChallengeOf(network, honest)) === undefined)
    }
    if (blocks % 10 === 0) {
      const ended = await Promise.all([leaky, gone, copier].map(isDischarged))
      const { passed } = await outcomesOf(network, first)
      hasEnded = passed >= rounds && ended.every((each) => each)
    }
  }

  assert.ok(hasEnded, 'all cheaters are discharged')
  const after = await Promise.all(players.map((player) => outcomesOf(network, player)))
  for (const honest of [0, 1]) {
    assert.equal(after[honest]!.struck, 0)
    assert.ok(after[honest]!.passed >= rounds, `${after[honest]!.passed} passes`)
    assert.equal(await isDischarged(players[honest]!), false)
  }
  for (const absent of [3, 4]) {
    assert.equal(after[absent]!.struck, 3, 'three failures in a row, no more, no less')
    assert.equal(after[absent]!.passed, before[absent]!.passed)
  }
  assert.ok(after[2]!.struck >= 3)
  assert.ok(said.length >= 3)
  assert.ok(
    said.every((answer) => answer.startsWith('refused')),
    said.find((answer) => !answer.startsWith('refused')),
  )
  const told = await fetch(leaky.process.metricsURL.replace('/metrics', '/status'))
  const { inspections } = (await told.json()) as { inspections: { isDischarged: boolean } }
  assert.ok(inspections.isDischarged, 'the farmer itself says so')
  t.diagnostic(`lost leaves: ${after[2]!.passed} passed, ${after[2]!.struck} failed`)
}
