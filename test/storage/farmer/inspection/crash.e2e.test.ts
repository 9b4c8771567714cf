import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startOne, stopCluster } from '../../../../scripts/startCluster.ts'
import { getInspectionRecord } from '../../../../src/api/actions/getInspectionRecord.ts'
import { getNodeTree } from '../../../../src/api/actions/getNodeTree.ts'
import { createDevnetFarmers } from '../../../../src/protocol/devnetFarmers.ts'
import { makeReplica, register, startNetwork, store, temporaryDirectory } from '../network.ts'

const { privateKey, nodeKey, node } = createDevnetFarmers()[0]!
const KEYS = { accountKey: privateKey, nodeKey }

test('a farmer killed as it joins, and again as it is asked, knows its tree and answers', async (t) => {
  const network = await startNetwork(t)
  const options = { rpcURL: network.url, directory: temporaryDirectory(t), count: 1 }
  const start = async () => {
    const farmer = await startOne(options, KEYS, 0)
    network.cleanUp.add(() => stopCluster([farmer], 'SIGKILL'))
    return farmer
  }
  const tree = () => getNodeTree(network.provider, { node })
  const until = async (isSo: () => Promise<boolean>, act = async (): Promise<void> => {}) => {
    for (let tries = 0; !(await isSo()); tries++) {
      assert.ok(tries < 300, 'it did not come to that')
      await act()
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  const first = await start()
  const target = { peerId: first.peerId, addresses: () => first.addresses }
  for (const leaves of [30, 500]) {
    const replica = makeReplica(network, { node }, { leaves })
    await register(network, replica, await store(network, target, replica))
  }
  await until(async () => (await tree()).totalLeaves > 0n)
  await stopCluster([first], 'SIGKILL')

  const second = await start()
  await until(async () => (await tree()).totalLeaves === 530n)
  const mine = (): Promise<void> => network.node.devnet!.mine()
  await until(async () => (await tree()).frozenBy !== undefined, mine)
  await stopCluster([second], 'SIGKILL')

  await start()
  const record = () => getInspectionRecord(network.provider, { node })
  const { passes } = await record()
  await until(async () => (await record()).passes > passes, mine)
  assert.equal((await record()).strikes, 0)
})
