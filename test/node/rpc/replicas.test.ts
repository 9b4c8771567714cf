import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesToHex } from '@ethereumjs/util'
import { Wallet } from 'ethers'
import type { Hex } from '../../../src/api/rpc/values.ts'
import { SYSTEM_CONTRACTS, type SystemContractName } from '../../../src/protocol/addresses.ts'
import { createDevnetFarmers } from '../../../src/protocol/devnetFarmers.ts'
import { GNX } from '../../../src/protocol/params.ts'
import {
  type ReplicaOffer,
  replicaIdOf,
  signReplicaOffer,
} from '../../../src/protocol/replicaContract.ts'
import { systemContractInterface } from '../../../src/protocol/systemContracts.ts'
import { startTestRPC, type TestRPC } from '../../helpers/rpc.ts'

const TAG = `0x${'07'.repeat(12)}` as Hex
const FILE = `0x${'f1'.repeat(32)}` as Hex
const OTHER = `0x${'f2'.repeat(32)}` as Hex
const farmers = createDevnetFarmers()

const sendTo = (
  rpc: TestRPC,
  contract: SystemContractName,
  method: string,
  args: unknown[],
  value = 0n,
) =>
  rpc.send(0, {
    to: SYSTEM_CONTRACTS[contract],
    data: systemContractInterface(contract).encodeFunctionData(method, args),
    value,
    gasLimit: 5_000_000n,
  })

/** Buys 1 GB for ten days and registers replicas in it, shard by shard on node after node. */
async function registerReplicas(rpc: TestRPC, count: number): Promise<ReplicaOffer[]> {
  const owner = rpc.control.accounts[0]!.address.toLowerCase() as Hex
  const id = `${owner}${TAG.slice(2)}` as Hex
  await sendTo(rpc, 'StorageMarket', 'buySpace', [TAG, 10n ** 9n, 864_000n, 1, 0], GNX)
  const bucket = await rpc.request('genaro_getBucket', [id])
  const offers = Array.from({ length: count }, (_, shard) => ({
    bucketId: id as string,
    fileId: FILE,
    shardIndex: BigInt(shard),
    node: BigInt(shard % farmers.length),
    root: `0x${'0d'.repeat(32)}`,
    leafCount: 3n,
    sizeBytes: 3_072n,
    priceWei: 1_000n,
    endTime: BigInt(bucket!.endTime),
    salt: FILE,
    expiry: BigInt(bucket!.endTime),
  }))
  const signatures = await Promise.all(
    offers.map((offer) =>
      signReplicaOffer(
        new Wallet(bytesToHex(farmers[Number(offer.node)]!.privateKey)),
        31_300n,
        offer,
      ),
    ),
  )
  await sendTo(rpc, 'Replicas', 'register', [offers, signatures])
  return offers
}

test('replicas are told by id, by file and by node, at the block that is asked for', async () => {
  await using rpc = await startTestRPC()
  const offers = await registerReplicas(rpc, 8)
  const ids = offers.map((offer) => replicaIdOf(offer) as Hex)
  const bucketId = offers[0]!.bucketId as Hex
  const replica = await rpc.request('genaro_getReplica', [ids[6]!])
  assert.deepEqual(
    [replica?.id, replica?.fileId, replica?.shardIndex, replica?.node, replica?.sizeBytes],
    [ids[6], FILE, '0x6', '0x0', '0xc00'],
  )
  assert.equal(replica?.earnedWei, '0x0')
  const ofFile = await rpc.request('genaro_getReplicas', [{ bucketId, fileId: FILE }])
  assert.deepEqual(
    ofFile.map(({ id }) => id),
    ids,
  )
  const ofNode = await rpc.request('genaro_getReplicas', [{ node: '0x0' }])
  assert.deepEqual(
    ofNode.map(({ id }) => id),
    [ids[0], ids[6]],
  )
  const page = { offset: '0x1', limit: '0x2' } as const
  const paged = await rpc.request('genaro_getReplicas', [
    { bucketId, fileId: FILE },
    'latest',
    page,
  ])
  assert.deepEqual(paged, ofFile.slice(1, 3))
  assert.deepEqual(await rpc.request('genaro_getReplicas', [{ bucketId, fileId: OTHER }]), [])
  assert.deepEqual(await rpc.request('genaro_getReplicas', [{ node: '0x0' }, '0x1']), [])
  assert.equal(await rpc.request('genaro_getReplica', [ids[0]!, '0x1']), null)
  assert.equal(await rpc.request('genaro_getReplica', [OTHER]), null)
  assert.equal((await rpc.request('genaro_getNetwork')).replicaCount, '0x8')
  await sendTo(rpc, 'Replicas', 'release', [[ids[0]]])
  assert.equal(await rpc.request('genaro_getReplica', [ids[0]!]), null)
})

test('the active nodes of all accounts are told, or those of one by its address', async () => {
  await using rpc = await startTestRPC()
  const all = await rpc.request('genaro_getNodes')
  assert.deepEqual(
    all.map(({ node, owner, peerId }) => [node, owner, peerId]),
    farmers.map(({ node, address, peerId }) => [
      `0x${node.toString(16)}`,
      address.toString(),
      bytesToHex(peerId),
    ]),
  )
  const mine = await rpc.request('genaro_getNodes', [farmers[3]!.address.toString()])
  assert.deepEqual(mine, [all[3]])
  assert.deepEqual([mine[0]?.usedBytes, mine[0]?.replicaCount], ['0x0', '0x0'])
})

test('a filter that names neither file nor node, or both, is refused', async () => {
  await using rpc = await startTestRPC()
  const hash = FILE
  for (const filter of [
    {},
    null,
    'x',
    { fileId: hash },
    { node: '0x0', fileId: hash },
    { node: 0 },
  ]) {
    await assert.rejects(rpc.request('genaro_getReplicas', [filter as never]), {
      code: 'INVALID_PARAMS',
    })
  }
})

test('a registration shows its offers field by field under `special`', async () => {
  await using rpc = await startTestRPC()
  const [offer] = await registerReplicas(rpc, 1)
  const block = await rpc.request('eth_getBlockByNumber', ['latest', true])
  const [transaction] = block!.transactions
  assert.ok(typeof transaction === 'object')
  const { kind, name, method, args } = transaction.special!
  assert.deepEqual([kind, name, method], [9, 'registerReplicas', 'register'])
  const [shown] = args.offers as Record<string, Hex>[]
  assert.deepEqual(
    [shown?.fileId, shown?.leafCount, shown?.endTime],
    [FILE, '0x3', `0x${offer!.endTime.toString(16)}`],
  )
})
