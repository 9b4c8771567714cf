import { equalsBytes } from '@ethereumjs/util'
import { NotFoundError } from '@libp2p/interface'
import { BaseDatastore } from 'datastore-core'
import type { Datastore } from '../../p2p/datastore.ts'
import type { RecordRules } from '../../p2p/services.ts'
import { createMutex } from '../../util/mutex.ts'
import { DHTError } from './errors.ts'
import {
  decodeStored,
  encodeStored,
  RECORD_PREFIX,
  type StoredRecord,
  storedKey,
} from './kadInternals.ts'
import { readRecordHead } from './record.ts'

/** The records that this node holds for the DHT. */
export interface RecordStore {
  get(key: Uint8Array): Promise<StoredRecord | undefined>
  /** Keeps a valid record unless a newer one is there (`DHTError` `RECORD_STALE`) or all room is taken. */
  put(record: StoredRecord): Promise<void>
  /** All records that have not expired; those that have are dropped on the way. */
  entries(): AsyncIterable<StoredRecord>
}

export interface GuardedStore {
  /** What libp2p is given: whatever it stores or reads goes by the rules. */
  datastore: Datastore
  records: RecordStore
}

export interface GuardedStoreOptions {
  rules: RecordRules
  /** Milliseconds since the Unix epoch. */
  now: () => number
  /** Records held at most; of 1 KiB each. */
  maxRecords?: number
}

const DEFAULT_MAX_RECORDS = 65_536

type Key = Parameters<Datastore['get']>[0]

/**
 * Stands between libp2p and its datastore, since libp2p lets an older record overwrite a newer one, and keeps
 * expired ones. Everything that is no record passes through.
 */
export function guardRecords(
  inner: Datastore,
  { rules, now, maxRecords = DEFAULT_MAX_RECORDS }: GuardedStoreOptions,
): GuardedStore {
  const mutex = createMutex()
  let held: number | undefined

  const read = async (key: Key): Promise<StoredRecord | undefined> => {
    try {
      return decodeStored(await inner.get(key))
    } catch (error) {
      if (error instanceof Error && error.name === 'NotFoundError') return undefined
      throw error
    }
  }

  const isExpired = ({ key, value }: StoredRecord): boolean =>
    readRecordHead(key, value).expiry * 1_000n <= BigInt(Math.floor(now()))

  const drop = async (key: Key): Promise<void> => {
    await inner.delete(key)
    if (held !== undefined) held--
  }

  const readLive = async (key: Key): Promise<StoredRecord | undefined> => {
    const record = await read(key)
    if (record === undefined || !isExpired(record)) return record
    await mutex.run(() => dropIfExpired(key))
    return undefined
  }

  // Looked at again inside the mutex: a new record may have come meanwhile.
  const dropIfExpired = async (key: Key): Promise<void> => {
    const record = await read(key)
    if (record !== undefined && isExpired(record)) await drop(key)
  }

  const count = async (): Promise<number> => {
    let found = 0
    for await (const _ of inner.queryKeys({ prefix: RECORD_PREFIX })) found++
    return found
  }

  const store = (key: Key, record: StoredRecord): Promise<void> =>
    mutex.run(async () => {
      await dropIfExpired(key)
      const present = await read(key)
      if (present !== undefined) {
        await inner.put(key, encodeStored(better(rules, present, record)))
        return
      }
      held ??= await count()
      if (held >= maxRecords) throw full(maxRecords)
      await inner.put(key, encodeStored(record))
      held++
    })

  class GuardedDatastore extends BaseDatastore {
    override async put(key: Key, bytes: Uint8Array): Promise<Key> {
      if (isRecord(key)) await store(key, decodeStored(bytes))
      else await inner.put(key, bytes)
      return key
    }

    override async get(key: Key): Promise<Uint8Array> {
      if (!isRecord(key)) return inner.get(key)
      const record = await readLive(key)
      if (record === undefined) throw new NotFoundError()
      return encodeStored(record)
    }

    override has = async (key: Key): Promise<boolean> =>
      isRecord(key) ? (await readLive(key)) !== undefined : inner.has(key)

    override delete = async (key: Key): Promise<void> =>
      isRecord(key) ? mutex.run(() => drop(key)) : inner.delete(key)

    override query: Datastore['query'] = (query, options) => inner.query(query, options) as never

    override queryKeys: Datastore['queryKeys'] = (query, options) =>
      inner.queryKeys(query, options) as never
  }

  return {
    datastore: new GuardedDatastore(),
    records: {
      get: (key) => readLive(storedKey(key)),
      put: (record) => store(storedKey(record.key), record),
      async *entries() {
        for await (const key of inner.queryKeys({ prefix: RECORD_PREFIX })) {
          const record = await readLive(key)
          if (record !== undefined) yield record
        }
      },
    },
  }
}

const isRecord = (key: Key): boolean => key.toString().startsWith(RECORD_PREFIX)

/** The newer of two; of the same twice, the one that stays longer. */
function better(rules: RecordRules, present: StoredRecord, record: StoredRecord): StoredRecord {
  if (equalsBytes(present.value, record.value)) {
    return present.storedAt > record.storedAt ? present : record
  }
  if (rules.select(record.key, [present.value, record.value]) === 1) return record
  throw new DHTError('RECORD_STALE', {
    message: 'A newer record is already stored under the key',
    hint: 'Read the newer one, and publish with a higher sequence.',
    facts: { sequence: readRecordHead(present.key, present.value).sequence },
  })
}

const full = (maxRecords: number): DHTError =>
  new DHTError('RECORD_STORE_FULL', {
    message: `This node holds ${maxRecords} DHT records already`,
    hint: 'Other nodes near the key may still take it; try again once records have expired.',
    facts: { maxRecords },
  })
