import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MemoryDatastore } from 'datastore-core'
import { DHTError } from '../../../src/storage/dht/errors.ts'
import { encodeStored, storedKey } from '../../../src/storage/dht/kadInternals.ts'
import { createRecordRules } from '../../../src/storage/dht/recordRules.ts'
import { guardRecords } from '../../../src/storage/dht/recordStore.ts'
import { chain, inSeconds, location } from './network.ts'

const PEER = '12D3KooWSKTPBjQ6MjUGVq6PbifvWShnHxyMeKoJ3kVXSNgNPPgD'

function openStore(maxRecords = 100) {
  let time = Date.now()
  const now = (): number => time
  const rules = createRecordRules({ chain, now })
  const guarded = guardRecords(new MemoryDatastore(), { rules, now, maxRecords })
  return { ...guarded, now, pass: (ms: number) => (time += ms) }
}

const code = (expected: string) => (error: unknown) =>
  error instanceof DHTError && error.code === expected

async function count(items: Iterable<unknown> | AsyncIterable<unknown>): Promise<number> {
  let counted = 0
  for await (const _ of items) counted++
  return counted
}

describe('the record store', () => {
  test('keeps the newest of any order of STOREs, also those libp2p itself makes', async () => {
    const { datastore, records, now } = openStore()
    const [old, young] = [1n, 2n].map((sequence) => location(1, PEER, { sequence }))
    await records.put({ ...young!, storedAt: now() })
    await assert.rejects(records.put({ ...old!, storedAt: now() }), code('RECORD_STALE'))
    const bytes = encodeStored({ ...old!, storedAt: now() })
    await assert.rejects(
      async () => datastore.put(storedKey(old!.key), bytes),
      code('RECORD_STALE'),
    )
    assert.deepEqual((await records.get(old!.key))?.value, young!.value)
  })

  test('lets one of two STOREs at the same time win by its sequence alone', async () => {
    const { records, now } = openStore()
    const all = Array.from({ length: 20 }, (_, i) => location(1, PEER, { sequence: BigInt(i) }))
    const shuffled = all.toSorted((a, b) =>
      Buffer.compare(a.value.subarray(-8), b.value.subarray(-8)),
    )
    await Promise.allSettled(shuffled.map((record) => records.put({ ...record, storedAt: now() })))
    assert.deepEqual((await records.get(all[0]!.key))?.value, all[19]!.value)
  })

  test('forgets a record at its expiry, and takes a new one in its place', async () => {
    const { datastore, records, now, pass } = openStore()
    const short = location(1, PEER, { sequence: 9n, expiry: inSeconds(60) })
    await records.put({ ...short, storedAt: now() })
    pass(61_000)
    assert.equal(await records.get(short.key), undefined)
    await assert.rejects(async () => datastore.get(storedKey(short.key)), { name: 'NotFoundError' })
    const next = location(1, PEER, { sequence: 1n })
    await records.put({ ...next, storedAt: now() })
    assert.deepEqual((await records.get(short.key))?.value, next.value)
  })

  test('does not let a cached copy shorten the life of a full one', async () => {
    const { records, now } = openStore()
    const record = location(1, PEER)
    await records.put({ ...record, storedAt: now() })
    await records.put({ ...record, storedAt: now() - 40 * 3_600_000 })
    assert.equal((await records.get(record.key))?.storedAt, now())
  })

  test('holds so many records and no more, and has room again when some expire', async () => {
    const { records, now, pass } = openStore(3)
    for (const i of [0, 1, 2]) {
      const expiry = inSeconds(i === 0 ? 60 : 86_400)
      await records.put({ ...location(i, PEER, { expiry }), storedAt: now() })
    }
    const fourth = { ...location(3, PEER), storedAt: now() }
    await assert.rejects(records.put(fourth), code('RECORD_STORE_FULL'))
    await records.put({ ...location(2, PEER, { sequence: 2n }), storedAt: now() })
    pass(61_000)
    assert.equal(await count(records.entries()), 2)
    await records.put(fourth)
    await assert.rejects(
      records.put({ ...location(4, PEER), storedAt: now() }),
      code('RECORD_STORE_FULL'),
    )
  })

  test('passes everything else through', async () => {
    const { datastore } = openStore()
    const key = new (storedKey(new Uint8Array()).constructor as new (text: string) => never)(
      '/peers/x',
    )
    await datastore.put(key, Uint8Array.of(1))
    assert.equal(await datastore.has(key), true)
    assert.deepEqual(await datastore.get(key), Uint8Array.of(1))
    assert.equal(await count(datastore.query({ prefix: '/peers' })), 1)
    await datastore.delete(key)
    assert.equal(await datastore.has(key), false)
  })
})
