import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { Wallet } from 'ethers'
import { buyTraffic } from '../../src/api/actions/buyTraffic.ts'
import { listReplicasOfFile } from '../../src/api/actions/listReplicasOfFile.ts'
import { nameSteward } from '../../src/api/actions/nameSteward.ts'
import type { Client } from '../../src/client/createClient.ts'
import { createDevnetFarmers } from '../../src/protocol/devnetFarmers.ts'
import { hex, patternBytes } from './network.ts'
import { createRepairBench, startNewcomer } from './repairNetwork.ts'

const SHARD_BYTES = 65_536
const OTHER_SEED = new Uint8Array(32).fill(9)
describe('repair by a steward', () => {
  const bench = createRepairBench()
  let steward: Wallet
  let owner: Client
  before(async () => {
    const { network, bucketId } = bench
    steward = new Wallet(network.node.devnet!.accounts[3]!.privateKey, network.provider)
    await buyTraffic(steward, { trafficBytes: 10n ** 9n })
    await nameSteward(network.signer, { bucketId, steward: steward.address })
    owner = await network.client({ maxShardBytes: SHARD_BYTES })
  })

  const stewardClient = (): Promise<Client> =>
    bench.network.client({ signer: steward, masterSeed: OTHER_SEED })

  test('is found by readers on chain, and taken over into the manifest by the owner', async () => {
    const { network, bucketId, scope } = bench
    const bytes = patternBytes(7 * SHARD_BYTES + 5, 41)
    const { id } = await owner.upload({ bytes, name: 'in care' })
    const key = await (await stewardClient()).stewardKey()
    const grant = JSON.stringify(await owner.grantSteward(id, key))
    const lost = network.farmers.slice(0, 2)
    for (const [number, farmer] of lost.entries()) {
      await startNewcomer(scope, network, number + 1)
      await farmer.stop()
    }
    const caring = await stewardClient()
    const result = await caring.repairAsSteward(grant)
    assert.equal(result.isWhole, true)
    assert.equal(result.rebuiltCount, 4)
    assert.equal(result.manifestCount, 3)
    assert.equal((await caring.repairAsSteward(grant)).missing.length, 0)
    await assert.rejects(caring.download(id, join(network.directory(), 'x'), { bucketId }), {
      code: 'WRONG_SEED',
    })
    // With two more gone no segment is readable without what the steward made.
    await network.farmers[2]!.stop()
    await network.farmers[3]!.stop()
    const reader = await network.client()
    await bench.expectWhole(reader, id, bytes)
    for (const number of [3, 4]) await startNewcomer(scope, network, number)
    const repairing = await network.client()
    assert.equal((await repairing.repair(id)).isWhole, true)
    await bench.expectWhole(await network.client(), id, bytes)
    const replicas = await listReplicasOfFile(network.provider, { bucketId, fileId: id })
    assert.equal(replicas.length, 12 + 3)
  })

  test('is done by nobody the chain does not name, or for whom the grant is not', async () => {
    const { network } = bench
    const { id } = await owner.upload({ bytes: patternBytes(100), name: 'file' })
    const stranger = new Wallet(network.node.devnet!.accounts[4]!.privateKey, network.provider)
    const other = await network.client({ signer: stranger, masterSeed: OTHER_SEED })
    await assert.rejects(owner.grantSteward(id, await other.stewardKey()), { code: 'NOT_STEWARD' })
    const caring = await stewardClient()
    const key = await caring.stewardKey()
    await assert.rejects(owner.grantSteward(id, key.replace(/.$/, 'f').replace(/1[bc]$/, '00')), {
      code: 'BAD_GRANT',
    })
    const grant = await owner.grantSteward(id, key)
    await assert.rejects(other.repairAsSteward(JSON.stringify(grant)), { code: 'BAD_GRANT' })
    const forged = { ...grant, sealed: grant.sealed.replace(/..$/, '00') }
    for (const bad of ['', 'null', '{}', JSON.stringify(forged)]) {
      await assert.rejects(caring.repairAsSteward(bad), { code: 'BAD_GRANT' })
    }
    const reseeded = await network.client({ signer: steward })
    await assert.rejects(reseeded.repairAsSteward(JSON.stringify(grant)), { code: 'BAD_GRANT' })
  })

  test('is never done by a farmer of the file', async () => {
    const { network, bucketId } = bench
    // Six shards, for the six farmers that are left.
    await owner.upload({ bytes: patternBytes(4 * 65_520), name: 'file' })
    for (const { address } of createDevnetFarmers().slice(4)) {
      const naming = nameSteward(network.signer, { bucketId, steward: hex(address.bytes) })
      await assert.rejects(naming, /cannot both be steward of the bucket and hold replicas in it/)
    }
  })
})
