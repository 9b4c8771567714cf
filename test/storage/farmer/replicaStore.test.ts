import assert from 'node:assert/strict'
import { rm, truncate, writeFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { hexToBytes } from '@ethereumjs/util'
import { proofPositions, verifyMerkleProof } from '../../../src/crypto/merkle/proof.ts'
import { dataFile, treeFile } from '../../../src/storage/farmer/replicaRecord.ts'
import { createStoreBench, fillingDisk, looseReplica, put, readAll, SIGNATURE } from './stores.ts'

const refusedAs = (code: string) => ({ name: 'StorageError', code })

describe('a replica in the store', () => {
  test('is given back byte for byte, with a tree that proves every leaf', async (t) => {
    const bench = await createStoreBench(t)
    const store = await bench.open()
    const replica = looseReplica(301)
    assert.equal(await put(store, replica), SIGNATURE)
    assert.deepEqual(await readAll(store, replica), replica.bytes)
    const { tree, close } = await store.openForReading(replica.id)
    const indices = [0, 7, 8, 150, 300]
    const leaves = Buffer.concat(
      indices.map((index) => replica.bytes.subarray(index * 1_024, (index + 1) * 1_024)),
    )
    verifyMerkleProof(hexToBytes(replica.offer.root as `0x${string}`), {
      leafCount: 301,
      indices,
      leaves,
      hashes: proofPositions(301, indices).map(tree.node),
    })
    await close()
  })

  test('of one leaf is its own tree', async (t) => {
    const bench = await createStoreBench(t)
    const store = await bench.open()
    const replica = looseReplica(1)
    await put(store, replica)
    await bench.close()
    assert.deepEqual(await readAll(await bench.open(), replica), replica.bytes)
  })

  test('is acknowledged with the same signature when it is offered again', async (t) => {
    const bench = await createStoreBench(t)
    const store = await bench.open()
    const replica = looseReplica()
    await put(store, replica)
    const again = await store.receive(replica.id, replica.offer)
    assert.equal(again.receivedBytes, replica.bytes.length)
    await assert.rejects(again.append(new Uint8Array(1_024)), refusedAs('SIZE_MISMATCH'))
    assert.equal(await again.finish(() => assert.fail('signed twice')), SIGNATURE)
    await again.end()
    assert.equal(store.usedBytes, replica.bytes.length)
  })

  test('is gone on with where it stopped, also after the process ended', async (t) => {
    const bench = await createStoreBench(t)
    const replica = looseReplica(300)
    const first = await (await bench.open()).receive(replica.id, replica.offer)
    await first.append(replica.bytes.subarray(0, 100 * 1_024))
    await first.end()
    const store = await bench.open()
    assert.equal(store.receivedBytes(replica.id), 100 * 1_024)
    await assert.rejects(store.openForReading(replica.id), refusedAs('NOT_READY'))
    const second = await store.receive(replica.id, replica.offer)
    assert.equal(second.receivedBytes, 100 * 1_024)
    await second.append(replica.bytes.subarray(100 * 1_024))
    await second.finish(async () => SIGNATURE)
    await second.end()
    assert.deepEqual(await readAll(store, replica), replica.bytes)
  })

  test('keeps only whole leaves of what a crash left', async (t) => {
    const bench = await createStoreBench(t)
    const replica = looseReplica(300)
    const first = await (await bench.open()).receive(replica.id, replica.offer)
    await first.append(replica.bytes.subarray(0, 100 * 1_024))
    await first.end()
    await truncate(`${bench.directory}/replicas/${dataFile(replica.id)}`, 99 * 1_024 + 500)
    const store = await bench.open()
    const second = await store.receive(replica.id, replica.offer)
    assert.equal(second.receivedBytes, 99 * 1_024)
    await second.end()
    await put(store, replica)
    assert.deepEqual(await readAll(store, replica), replica.bytes)
  })

  test('of other bytes than its root says is refused, and leaves nothing', async (t) => {
    const bench = await createStoreBench(t)
    const store = await bench.open()
    const replica = looseReplica()
    const forged = {
      ...replica,
      bytes: replica.bytes.map((byte, at) => (at === 777 ? ~byte : byte)),
    }
    await assert.rejects(put(store, forged), refusedAs('ROOT_MISMATCH'))
    assert.equal(store.usedBytes, 0)
    assert.deepEqual(await bench.disk.list(), [])
    await put(store, replica)
  })

  test('is not signed for a part of it, nor for more than all of it', async (t) => {
    const bench = await createStoreBench(t)
    const store = await bench.open()
    const replica = looseReplica(4)
    const receiving = await store.receive(replica.id, replica.offer)
    await receiving.append(replica.bytes.subarray(0, 3 * 1_024))
    await assert.rejects(
      receiving.finish(() => assert.fail()),
      refusedAs('SIZE_MISMATCH'),
    )
    await assert.rejects(receiving.append(new Uint8Array(2_048)), refusedAs('SIZE_MISMATCH'))
    await assert.rejects(receiving.append(new Uint8Array(1_000)), refusedAs('SIZE_MISMATCH'))
    await receiving.append(replica.bytes.subarray(3 * 1_024))
    await receiving.finish(async () => SIGNATURE)
    await receiving.end()
  })

  test('arrives over one stream at a time', async (t) => {
    const store = await (await createStoreBench(t)).open({ maxReceiving: 2 })
    const [one, two, three] = [looseReplica(), looseReplica(), looseReplica()]
    const first = await store.receive(one!.id, one!.offer)
    await assert.rejects(store.receive(one!.id, one!.offer), refusedAs('BUSY'))
    const second = await store.receive(two!.id, two!.offer)
    await assert.rejects(store.receive(three!.id, three!.offer), refusedAs('BUSY'))
    await Promise.all([first.end(), second.end()])
    await (await store.receive(three!.id, three!.offer)).end()
  })
})

describe('capacity', () => {
  test('counts replicas from their offer on, and is never exceeded', async (t) => {
    const bench = await createStoreBench(t)
    const store = await bench.open({ capacityBytes: 500 * 1_024 })
    const replica = looseReplica(300)
    const receiving = await store.receive(replica.id, replica.offer)
    assert.equal(store.usedBytes, 300 * 1_024)
    const second = looseReplica(300)
    await assert.rejects(store.receive(second.id, second.offer), refusedAs('NO_CAPACITY'))
    await receiving.end()
    assert.equal(store.usedBytes, 0)
    await put(store, second)
  })

  test('is not taken by an offer of which no byte came', async (t) => {
    const bench = await createStoreBench(t)
    const store = await bench.open()
    const replica = looseReplica()
    await (await store.receive(replica.id, replica.offer)).end()
    assert.equal(store.get(replica.id), undefined)
    assert.equal(store.usedBytes, 0)
    assert.deepEqual(await bench.disk.list(), [])
  })

  test('is asked about in the same breath as it is counted, also for the bucket', async (t) => {
    const store = await (await createStoreBench(t)).open()
    const [one, two] = [looseReplica(), looseReplica()]
    const bucketId = one!.offer.bucketId
    const expectAlone = (id: string) => (): void => {
      if (store.promisedTo(bucketId, id).bytes > 0n) throw new Error('promised to another')
    }
    const offer = { ...two!.offer, bucketId }
    const first = store.receive(one!.id, one!.offer, expectAlone(one!.id))
    await assert.rejects(store.receive(two!.id, offer, expectAlone(two!.id)), /to another/)
    await (await first).end()
    await (await store.receive(two!.id, offer, expectAlone(two!.id))).end()
  })

  test('counts how long a sender is away', async (t) => {
    let time = 1_000n
    const store = await (await createStoreBench(t)).open({ now: () => time })
    const replica = looseReplica()
    const receiving = await store.receive(replica.id, replica.offer)
    await receiving.append(replica.bytes.subarray(0, 1_024))
    time += 500n
    assert.equal(store.idleSeconds(replica.id), 0n)
    await receiving.end()
    time += 70n
    assert.equal(store.idleSeconds(replica.id), 70n)
    await put(store, replica)
    assert.equal(store.idleSeconds(replica.id), 0n)
  })
})

describe('a full disk', () => {
  test('refuses the replica, keeps those acknowledged and takes others once there is room', async (t) => {
    const bench = await createStoreBench(t)
    const left = { value: 500_000 }
    const store = await bench.open({ disk: fillingDisk(bench.disk, left) })
    const kept = looseReplica(300)
    await put(store, kept)
    const refused = looseReplica(300)
    await assert.rejects(put(store, refused), refusedAs('DISK_FULL'))
    assert.equal(store.get(refused.id), undefined)
    assert.equal(store.usedBytes, kept.bytes.length)
    assert.deepEqual(await readAll(store, kept), kept.bytes)
    left.value = 1_000_000
    await put(store, refused)
    assert.deepEqual(await readAll(await bench.open(), refused), refused.bytes)
  })

  test('that takes the bytes but not the tree acknowledges nothing', async (t) => {
    const bench = await createStoreBench(t)
    const replica = looseReplica(300)
    const left = { value: replica.bytes.length + 100 }
    const store = await bench.open({ disk: fillingDisk(bench.disk, left) })
    await assert.rejects(put(store, replica), refusedAs('DISK_FULL'))
    assert.deepEqual(await bench.disk.list(), [])
  })

  test('is told before a byte is sent when the file system says so', async (t) => {
    const bench = await createStoreBench(t)
    const disk = { ...bench.disk, freeBytes: async () => 1_000_000n }
    const store = await bench.open({ disk })
    const replica = looseReplica()
    await assert.rejects(store.receive(replica.id, replica.offer), refusedAs('DISK_FULL'))
    assert.equal(store.usedBytes, 0)
  })
})

describe('a start', () => {
  test('finds every replica in the state it had', async (t) => {
    const bench = await createStoreBench(t)
    const store = await bench.open()
    const replicas = [looseReplica(10), looseReplica(11), looseReplica(12)]
    for (const replica of replicas) await put(store, replica)
    await store.setState([replicas[1]!.id], 'registered')
    const again = await bench.open()
    assert.deepEqual(
      replicas.map(({ id }) => again.get(id)?.state),
      ['acknowledged', 'registered', 'acknowledged'],
    )
    assert.equal(again.get(replicas[0]!.id)?.signature, SIGNATURE)
    assert.equal(again.usedBytes, store.usedBytes)
  })

  test('removes files that no record names', async (t) => {
    const bench = await createStoreBench(t)
    const stray = looseReplica()
    await writeFile(`${bench.directory}/replicas/${dataFile(stray.id)}`, 'left behind')
    await writeFile(`${bench.directory}/replicas/README`, 'not ours')
    await bench.open()
    assert.deepEqual(await bench.disk.list(), ['README'])
  })

  test('makes a lost tree again, and tells of lost bytes instead of serving them', async (t) => {
    const bench = await createStoreBench(t)
    const [treeless, cut, gone] = [looseReplica(50), looseReplica(51), looseReplica(52)]
    const store = await bench.open()
    for (const replica of [treeless!, cut!, gone!]) await put(store, replica)
    await rm(`${bench.directory}/replicas/${treeFile(treeless!.id)}`)
    await truncate(`${bench.directory}/replicas/${dataFile(cut!.id)}`, 1_024)
    await rm(`${bench.directory}/replicas/${dataFile(gone!.id)}`)
    const again = await bench.open()
    assert.deepEqual(await readAll(again, treeless!), treeless!.bytes)
    for (const { id } of [cut!, gone!]) {
      assert.ok(again.isDamaged(id))
      await assert.rejects(again.openForReading(id), refusedAs('REPLICA_DAMAGED'))
    }
  })

  test('takes a damaged replica anew, and nothing but its bytes', async (t) => {
    const bench = await createStoreBench(t)
    const replica = looseReplica(50)
    const store = await bench.open()
    await put(store, replica)
    await store.setState([replica.id], 'registered')
    await truncate(`${bench.directory}/replicas/${dataFile(replica.id)}`, 1_024)
    const again = await bench.open()
    const other = { ...replica, bytes: looseReplica(50).bytes }
    await assert.rejects(put(again, other), refusedAs('ROOT_MISMATCH'))
    assert.ok(again.isDamaged(replica.id))
    assert.equal(await put(again, replica), SIGNATURE)
    assert.ok(!again.isDamaged(replica.id))
    assert.equal(again.get(replica.id)?.state, 'registered')
    assert.equal(again.usedBytes, replica.bytes.length)
    assert.deepEqual(await readAll(again, replica), replica.bytes)
    assert.ok(!(await bench.open()).isDamaged(replica.id))
  })
})
