import type { Block } from '@ethereumjs/block'
import type { Common } from '@ethereumjs/common'
import { RLP } from '@ethereumjs/rlp'
import {
  bigIntToBytes,
  bytesToBigInt,
  bytesToHex,
  bytesToUnprefixedHex,
  concatBytes,
  equalsBytes,
  setLengthLeft,
  utf8ToBytes,
} from '@ethereumjs/util'
import { decodeSeal, encodeSeal } from '../../protocol/seal.ts'
import { createBoundedCache } from '../../util/boundedCache.ts'
import type { KeyValueStore, StoreChange } from '../../util/keyValueStore.ts'
import { decodeBlock } from '../blockCodec.ts'
import type { Receipt, TransactionPlace } from '../chain.ts'
import { DATABASE_KEYS, databaseKey } from '../databaseKeys.ts'
import { ChainError } from '../errors.ts'
import type { ChainStore } from './chainStore.ts'
import { decodeReceipts, encodeReceipts } from './receiptCodec.ts'

/** What decoded blocks, and receipts, may take of memory: this much each, by a rough count. */
const CACHED_BYTES = 64_000_000
/** The objects around a block, a transaction, a receipt or a log take about as much as this many bytes of data. */
const OBJECT_BYTES = 1_000
const HEAD_KEY = databaseKey(DATABASE_KEYS.head)

/** The chain store over any key-value store. */
export function createChainStore(
  store: KeyValueStore,
  common: Common,
  cachedBytes = CACHED_BYTES,
): ChainStore {
  const blocks = createBoundedCache({ maxWeight: cachedBytes, weigh: weighBlock })
  const receiptLists = createBoundedCache({ maxWeight: cachedBytes, weigh: weighReceipts })
  let headHash = store.get(HEAD_KEY)

  return {
    get headHash() {
      return headHash
    },
    block(hash) {
      const key = bytesToUnprefixedHex(hash)
      const cached = blocks.get(key)
      if (cached !== undefined) return cached
      const bytes = store.get(databaseKey(DATABASE_KEYS.block, hash))
      if (bytes === undefined) return undefined
      const block = decodeStored('block', hash, () => decodeBlock(bytes, common))
      if (!equalsBytes(block.hash(), hash)) throw damaged('block', hash)
      blocks.set(key, block)
      return block
    },
    seal(hash) {
      const bytes = store.get(databaseKey(DATABASE_KEYS.seal, hash))
      return bytes && decodeSeal(bytes)
    },
    receipts(hash) {
      const key = bytesToUnprefixedHex(hash)
      const cached = receiptLists.get(key)
      if (cached !== undefined) return cached
      const bytes = store.get(databaseKey(DATABASE_KEYS.receipts, hash))
      if (bytes === undefined) return undefined
      const receipts = decodeStored('receipts of block', hash, () => decodeReceipts(bytes))
      receiptLists.set(key, receipts)
      return receipts
    },
    canonicalHash: (number) => store.get(numberKey(number)),
    transactionPlace(hash) {
      const bytes = store.get(databaseKey(DATABASE_KEYS.transaction, hash))
      return bytes && decodePlace(bytes)
    },
    note: (name) => store.get(noteKey(name)),
    async append({ block, seal, receipts }, stateChanges) {
      const hash = block.hash()
      await store.write([
        ...stateChanges,
        { key: databaseKey(DATABASE_KEYS.block, hash), value: block.serialize() },
        { key: databaseKey(DATABASE_KEYS.receipts, hash), value: encodeReceipts(receipts) },
        ...(seal ? [{ key: databaseKey(DATABASE_KEYS.seal, hash), value: encodeSeal(seal) }] : []),
        ...indexEntries(block, true),
        { key: HEAD_KEY, value: hash },
      ])
      headHash = hash
      const key = bytesToUnprefixedHex(hash)
      blocks.set(key, block)
      receiptLists.set(key, [...receipts])
    },
    async truncate(removed, head) {
      const hash = head.hash()
      await store.write([
        ...removed.flatMap((block) => indexEntries(block, false)),
        { key: HEAD_KEY, value: hash },
      ])
      headHash = hash
    },
    putNote: (name, value) => store.write([{ key: noteKey(name), value }]),
  }
}

/** Decodes what was stored; bytes that do not decode are damage, not a caller's fault. */
function decodeStored<Value>(what: string, hash: Uint8Array, decode: () => Value): Value {
  try {
    return decode()
  } catch (cause) {
    throw damaged(what, hash, cause)
  }
}

const damaged = (what: string, hash: Uint8Array, cause?: unknown): ChainError =>
  new ChainError('CORRUPT_DATABASE', {
    message: `The database is damaged: the ${what} ${bytesToHex(hash)} is not what was stored`,
    hint: 'Restore the data directory from a copy, or begin anew with another --data-dir.',
    facts: { hash: bytesToHex(hash) },
    cause,
  })

const weighBlock = ({ transactions }: Block): number =>
  transactions.reduce((sum, { data }) => sum + data.length + OBJECT_BYTES, OBJECT_BYTES)

const weighReceipts = (receipts: Receipt[]): number =>
  receipts
    .flatMap(({ logs }) => logs)
    .reduce(
      (sum, { data }) => sum + data.length + OBJECT_BYTES,
      OBJECT_BYTES * (receipts.length + 1),
    )

const numberKey = (number: bigint): Uint8Array =>
  databaseKey(DATABASE_KEYS.canonical, setLengthLeft(bigIntToBytes(number), 8))

const noteKey = (name: string): Uint8Array => databaseKey(DATABASE_KEYS.note, utf8ToBytes(name))

/** The entries by which a canonical block and its transactions are found. */
const indexEntries = (block: Block, isCanonical: boolean): StoreChange[] => [
  { key: numberKey(block.header.number), value: isCanonical ? block.hash() : undefined },
  ...block.transactions.map((transaction, index) => ({
    key: databaseKey(DATABASE_KEYS.transaction, transaction.hash()),
    value: isCanonical ? encodePlace({ blockHash: block.hash(), index }) : undefined,
  })),
]

const encodePlace = ({ blockHash, index }: TransactionPlace): Uint8Array =>
  concatBytes(blockHash, RLP.encode(index))

const decodePlace = (bytes: Uint8Array): TransactionPlace => ({
  blockHash: bytes.slice(0, 32),
  index: Number(bytesToBigInt(RLP.decode(bytes.subarray(32)) as Uint8Array)),
})
