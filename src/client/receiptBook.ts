import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { bytesToHex } from '@ethereumjs/util'
import { randomBytes } from '../crypto/keys.ts'
import { ClientError } from './errors.ts'
import { type Lock, takeLock } from './journal.ts'

/** One count of bytes with one farmer, which receipts are signed over. */
export interface ReceiptChannel {
  /** uint64, the reader's own number for the count. */
  readonly channel: bigint
  /** All bytes received on it so far, and paid or about to be. */
  readonly cumulativeBytes: bigint
  /** Counts more bytes. */
  add(bytes: number): void
  /** Writes the total down; only then may it be signed. */
  commit(): void
}

/**
 * What was signed for with each farmer. A total is written before it is signed, so that after a crash of the process
 * the count goes on where it was, and no receipt ever says less than one before it. Only a crash of
 * the whole machine may lose a few totals; the farmer's higher receipt stays true then.
 */
export interface ReceiptBook {
  /** The channel with a farmer's account, opened at the first call. */
  channelOf(farmer: string): ReceiptChannel
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
  const lock = directory === undefined ? undefined : await tryLock(directory)
  const channels = new Map<string, OpenChannel>()
  return {
    channelOf(farmer) {
      const key = farmer.toLowerCase()
      const known = channels.get(key)
      if (known !== undefined) return known
      const opened = openChannel(lock && openRecords(join(directory!, key)))
      channels.set(key, opened)
      return opened
    },
    async close() {
      for (const channel of channels.values()) channel.close()
      channels.clear()
      await lock?.release()
    },
  }
}

interface OpenChannel extends ReceiptChannel {
  close(): void
}

/** Half a record at the end would put every later one out of place: such a file begins anew. */
function openRecords(path: string): number {
  const file = openSync(path, 'a+', 0o600)
  if (fstatSync(file).size % RECORD_BYTES !== 0) ftruncateSync(file)
  return file
}

async function tryLock(directory: string): Promise<Lock | undefined> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  try {
    return await takeLock(join(directory, 'lock'))
  } catch (error) {
    if (error instanceof ClientError && error.code === 'BUSY') return undefined
    throw error
  }
}

/** Appends a record of 16 bytes for each total: the last whole one counts. */
function openChannel(file: number | undefined): OpenChannel {
  const kept = file === undefined ? undefined : lastRecord(readFileSync(file))
  const channel = kept?.channel ?? BigInt(bytesToHex(randomBytes(8)))
  let cumulativeBytes = kept?.cumulativeBytes ?? 0n
  let committedBytes = cumulativeBytes
  const commit = (): void => {
    if (file === undefined || (cumulativeBytes === committedBytes && kept !== undefined)) return
    writeSync(file, encodeRecord(channel, cumulativeBytes))
    committedBytes = cumulativeBytes
  }
  return {
    channel,
    get cumulativeBytes() {
      return cumulativeBytes
    },
    add(bytes) {
      cumulativeBytes += BigInt(bytes)
    },
    commit,
    close() {
      if (file === undefined) return
      commit()
      fsyncSync(file)
      closeSync(file)
    },
  }
}

const RECORD_BYTES = 16

function encodeRecord(channel: bigint, cumulativeBytes: bigint): Uint8Array {
  const record = new Uint8Array(RECORD_BYTES)
  const view = new DataView(record.buffer)
  view.setBigUint64(0, channel)
  view.setBigUint64(8, cumulativeBytes)
  return record
}

function lastRecord(bytes: Uint8Array): { channel: bigint; cumulativeBytes: bigint } | undefined {
  const whole = Math.floor(bytes.length / RECORD_BYTES)
  if (whole === 0) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset + (whole - 1) * RECORD_BYTES)
  return { channel: view.getBigUint64(0), cumulativeBytes: view.getBigUint64(8) }
}
