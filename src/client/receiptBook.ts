import { bytesToHex, hexToBytes, utf8ToBytes } from '@ethereumjs/util'
import { randomBytes } from '../crypto/keys.ts'
import { createMemoryStore, type KeyValueStore } from '../util/keyValueStore.ts'
import { openLevelStore, StoreError } from '../util/levelStore.ts'

/** One count of bytes with one farmer, which receipts are signed over. */
export interface ReceiptChannel {
  /** uint64, the reader's own number for the count. */
  readonly channel: bigint
  /** All bytes signed for on it so far. */
  readonly cumulativeBytes: bigint
  /** Counts more bytes as received and returns the new total, which is the only one to sign from now on. */
  add(bytes: number): bigint
}

/**
 * What was signed for with each farmer. A total is never signed twice with different meanings nor after a higher one:
 * while a channel is in use the disk says so, and one whose user crashed is never used again. So no
 * receipt waits for the disk.
 */
export interface ReceiptBook {
  /** The channel with a farmer's account, opened at the first call. */
  channelOf(farmer: string): Promise<ReceiptChannel>
  /** Writes down every total. */
  close(): Promise<void>
}

/**
 * Opens the book of one buyer on one chain. While another process has it, or without a directory, channels are new
 * ones and are forgotten at the end, which costs the farmers a redemption each.
 */
export async function openReceiptBook({
  directory,
}: {
  directory: string | undefined
}): Promise<ReceiptBook> {
  const store = directory === undefined ? createMemoryStore() : await openStore(directory)
  const channels = new Map<string, Promise<OpenChannel>>()

  return {
    channelOf(farmer) {
      const key = farmer.toLowerCase()
      const known = channels.get(key)
      if (known !== undefined) return known
      const opened = openChannel(store, key)
      channels.set(key, opened)
      opened.catch(() => channels.delete(key))
      return opened
    },
    async close() {
      const open = await Promise.all(
        [...channels].map(async ([farmer, channel]) => change(farmer, await channel, false)),
      )
      channels.clear()
      if (open.length > 0) await store.write(open)
      await store.close()
    },
  }
}

interface OpenChannel extends ReceiptChannel {
  readonly cumulativeBytes: bigint
}

async function openStore(directory: string): Promise<KeyValueStore> {
  try {
    return await openLevelStore(directory)
  } catch (error) {
    if (error instanceof StoreError && error.code === 'STORE_LOCKED') return createMemoryStore()
    throw error
  }
}

async function openChannel(store: KeyValueStore, farmer: string): Promise<OpenChannel> {
  const kept = decodeEntry(store.get(utf8ToBytes(farmer)))
  let cumulativeBytes = kept?.cumulativeBytes ?? 0n
  const channel = {
    channel: kept?.channel ?? randomChannel(),
    get cumulativeBytes() {
      return cumulativeBytes
    },
    add(bytes: number) {
      cumulativeBytes += BigInt(bytes)
      return cumulativeBytes
    },
  }
  await store.write([change(farmer, channel, true)])
  return channel
}

const randomChannel = (): bigint => BigInt(bytesToHex(randomBytes(8)))

const change = (farmer: string, { channel, cumulativeBytes }: OpenChannel, isInUse: boolean) => ({
  key: utf8ToBytes(farmer),
  value: encodeEntry({ channel, cumulativeBytes, isInUse }),
})

interface Entry {
  channel: bigint
  cumulativeBytes: bigint
  isInUse: boolean
}

const ENTRY_BYTES = 17

function encodeEntry({ channel, cumulativeBytes, isInUse }: Entry): Uint8Array {
  const hex = (value: bigint): string => value.toString(16).padStart(16, '0')
  return hexToBytes(`0x${hex(channel)}${hex(cumulativeBytes)}${isInUse ? '01' : '00'}`)
}

/** A channel that may be gone on with: none for what is unreadable or was in use at a crash. */
function decodeEntry(bytes: Uint8Array | undefined): Entry | undefined {
  if (bytes === undefined || bytes.length !== ENTRY_BYTES || bytes[16] !== 0) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return {
    channel: view.getBigUint64(0),
    cumulativeBytes: view.getBigUint64(8),
    isInUse: false,
  }
}
