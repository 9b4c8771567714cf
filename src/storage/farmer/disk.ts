import { type FileHandle, mkdir, open, readdir, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'

/** The files of a farmer: flat names in one directory. Errors are the system's own. */
export interface Disk {
  /** Opens a file for writing by position, and makes it if there is none. */
  openForWriting(name: string): Promise<WritableFile>
  openForReading(name: string): Promise<ReadableFile>
  /** Bytes of a file; undefined when there is none. */
  sizeOf(name: string): Promise<number | undefined>
  /** Removes a file, if there is one. */
  remove(name: string): Promise<void>
  list(): Promise<string[]>
  /** Makes new and removed names last beyond a crash. */
  sync(): Promise<void>
  /** Bytes the file system would still take. */
  freeBytes(): Promise<bigint>
}

export interface WritableFile {
  write(bytes: Uint8Array, position: number): Promise<void>
  /** Cuts the file or fills it with zeros to a length. */
  truncate(sizeBytes: number): Promise<void>
  /** Returns once everything written would survive a crash. */
  sync(): Promise<void>
  close(): Promise<void>
}

export interface ReadableFile {
  /** Exactly so many bytes, or an error. */
  read(position: number, lengthBytes: number): Promise<Uint8Array>
  close(): Promise<void>
}

export interface DiskOptions {
  directory: string
  /** False where nothing has to outlive the process, so that nothing waits for the disk. */
  isDurable: boolean
}

/** A disk in a directory, which is made if there is none. */
export async function openDisk({ directory, isDurable }: DiskOptions): Promise<Disk> {
  await mkdir(directory, { recursive: true })
  const pathOf = (name: string): string => join(directory, name)
  return {
    async openForWriting(name) {
      // Not in append mode, which would ignore the positions.
      const handle = await open(pathOf(name), 'r+').catch((error) => {
        if (codeOf(error) !== 'ENOENT') throw error
        return open(pathOf(name), 'wx+')
      })
      return writable(handle, isDurable)
    },
    openForReading: async (name) => readable(await open(pathOf(name), 'r')),
    async sizeOf(name) {
      const found = await stat(pathOf(name)).catch((error) => {
        if (codeOf(error) !== 'ENOENT') throw error
      })
      return found?.size
    },
    remove: (name) => rm(pathOf(name), { force: true }),
    list: () => readdir(directory),
    async sync() {
      if (!isDurable) return
      const handle = await open(directory, 'r')
      try {
        await handle.sync()
      } finally {
        await handle.close()
      }
    },
    async freeBytes() {
      const { bavail, bsize } = await statfs(directory, { bigint: true })
      return bavail * bsize
    },
  }
}

function writable(handle: FileHandle, isDurable: boolean): WritableFile {
  return {
    async write(bytes, position) {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await handle.write(
          bytes,
          done,
          bytes.length - done,
          position + done,
        )
        done += bytesWritten
      }
    },
    truncate: (sizeBytes) => handle.truncate(sizeBytes),
    sync: async () => (isDurable ? await handle.datasync() : undefined),
    close: () => handle.close(),
  }
}

function readable(handle: FileHandle): ReadableFile {
  return {
    async read(position, lengthBytes) {
      const bytes = new Uint8Array(lengthBytes)
      for (let done = 0; done < lengthBytes; ) {
        const { bytesRead } = await handle.read(bytes, done, lengthBytes - done, position + done)
        if (bytesRead === 0) throw new Error(`The file ends before byte ${position + lengthBytes}`)
        done += bytesRead
      }
      return bytes
    },
    close: () => handle.close(),
  }
}

const codeOf = (error: unknown): string | undefined => (error as { code?: string } | null)?.code

/** Errors by which a file system says that it takes no more. */
const FULL_CODES: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** Whether an error, or what caused it, says that the disk is full. */
export function isDiskFull(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    // LevelDB passes on the system's words only.
    if (FULL_CODES.has(codeOf(cause)) || /no space left/i.test(cause.message)) return true
  }
  return false
}
