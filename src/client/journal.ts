import { type FileHandle, link, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createMutex } from '../util/mutex.ts'
import { ClientError } from './errors.ts'

/** An operation's diary on disk: what it says survives a crash at any instant, and is read again after it. */
export interface Journal<Entry extends object> {
  /** What earlier runs wrote, in order. */
  readonly entries: readonly Entry[]
  /** Appends entries; once it resolves they are on the disk. */
  append(...entries: Entry[]): Promise<void>
  /** Closes the file and leaves it. */
  close(): Promise<void>
  /** Closes the file and removes it: the operation is done. */
  discard(): Promise<void>
}

export interface JournalOptions<Entry> {
  file: string
  /** The entry of a line read back, or undefined for one that this version does not know. */
  decode: (line: unknown) => Entry | undefined
  /** What is written as JSON for an entry; itself by default. */
  encode?: (entry: Entry) => unknown
}

/** No operation writes more than this; a longer file was not written by us. */
const MAX_JOURNAL_BYTES = 256 << 20

/**
 * Opens a journal, or starts one. One process at a time: throws `ClientError` `BUSY` while another that lives has it.
 * A last line that a crash cut short is dropped. Throws `JOURNAL_DAMAGED` for any other line that is not
 * understood: what follows it would be lost. Secrets must be wrapped before they are written.
 */
export async function openJournal<Entry extends object>({
  file,
  decode,
  encode = (entry) => entry,
}: JournalOptions<Entry>): Promise<Journal<Entry>> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const lock = await takeLock(`${file}.lock`)
  let handle: FileHandle | undefined
  try {
    const { entries, keptBytes } = await readEntries(file, decode)
    handle = await open(file, 'a+', 0o600)
    await handle.truncate(keptBytes)
    return createWriter({ file, entries, handle, lock, encode })
  } catch (error) {
    await handle?.close()
    await lock.release()
    throw error
  }
}

interface OpenedJournal<Entry> {
  file: string
  entries: readonly Entry[]
  handle: FileHandle
  lock: Lock
  encode: (entry: Entry) => unknown
}

function createWriter<Entry extends object>({
  file,
  entries,
  handle,
  lock,
  encode,
}: OpenedJournal<Entry>): Journal<Entry> {
  const writes = createMutex()
  let isClosed = false
  const close = async (): Promise<void> => {
    if (isClosed) return
    isClosed = true
    await handle.close()
    await lock.release()
  }
  return {
    entries,
    append: (...added) =>
      writes.run(async () => {
        if (isClosed) throw new ClientError('CLOSED', { message: 'The journal is closed' })
        await handle.appendFile(added.map((entry) => `${JSON.stringify(encode(entry))}\n`).join(''))
        await handle.datasync()
      }),
    close: () => writes.run(close),
    discard: () =>
      writes.run(async () => {
        await rm(file, { force: true })
        await close()
      }),
  }
}

async function readEntries<Entry>(
  file: string,
  decode: (line: unknown) => Entry | undefined,
): Promise<{ entries: Entry[]; keptBytes: number }> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0)
    throw error
  })
  if (bytes.length > MAX_JOURNAL_BYTES) throw damaged(file, `it has ${bytes.length} bytes`)
  const entries: Entry[] = []
  let from = 0
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
    const entry = parseLine(bytes.toString('utf8', from, end), decode)
    if (entry === undefined) throw damaged(file, `line ${entries.length + 1} is not understood`)
    entries.push(entry)
    from = end + 1
  }
  return { entries, keptBytes: from }
}

const NEWLINE = 0x0a

const damaged = (file: string, reason: string): ClientError =>
  new ClientError('JOURNAL_DAMAGED', {
    message: `The journal ${file} cannot be gone on with: ${reason}`,
    hint: 'Was it written by a newer version? Use that one; or remove the file, and the operation begins anew.',
    facts: { file },
  })

function parseLine<Entry>(
  line: string,
  decode: (line: unknown) => Entry | undefined,
): Entry | undefined {
  try {
    return decode(JSON.parse(line))
  } catch {
    return undefined
  }
}

/** Held until it is let go of, or its process ends. */
export interface Lock {
  release(): Promise<void>
}

/** A file with our process id in it. A lock whose process is gone was left by a crash. */
export async function takeLock(file: string): Promise<Lock> {
  if (held.has(file)) throw busy(file)
  held.add(file)
  // Made whole under another name first: nobody ever sees a lock without its process in it.
  const draft = `${file}.${process.pid}`
  try {
    await writeFile(draft, String(process.pid), { mode: 0o600 })
    if (!(await tryLink(draft, file))) {
      if (await isHeld(file)) throw busy(file)
      await rm(file, { force: true })
      if (!(await tryLink(draft, file))) throw busy(file)
    }
  } catch (error) {
    held.delete(file)
    throw error
  } finally {
    await rm(draft, { force: true })
  }
  return {
    async release() {
      await rm(file, { force: true })
      held.delete(file)
    },
  }
}

async function tryLink(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file)
    return true
  } catch (error) {
    if ((error as { code?: string }).code === 'EEXIST') return false
    throw error
  }
}

const busy = (file: string): ClientError =>
  new ClientError('BUSY', {
    message: `Another process works on the same: ${file} is locked`,
    hint: 'Wait until it is done, or end it; then run this again to go on from there.',
    facts: { file },
  })

/** Locks of this process, which its own id cannot tell apart from those of a crash. */
const held = new Set<string>()

async function isHeld(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const pid = Number(text)
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM'
  }
}
