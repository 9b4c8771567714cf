import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createMutex } from '../../util/mutex.ts'
import type { ClientContext } from '../context.ts'

/**
 * Which sentinels of a file's replicas were asked for. Once asked for, a farmer knows where one is and could keep it
 * alone, so the next audit asks for others. The book is a help and no proof: on another machine it is empty.
 */
export interface SentinelBook {
  /** Numbers that were asked for of a replica. */
  asked(replicaId: string): ReadonlySet<number>
  /** Notes more of them. */
  note(replicaId: string, numbers: readonly number[]): void
  /** Takes back what no farmer heard of. */
  forget(replicaId: string, numbers: readonly number[]): void
  /** Writes what was noted. */
  save(): Promise<void>
}

/** Opens the book of a file; an unreadable one counts as empty. */
export async function openSentinelBook(
  { directory }: Pick<ClientContext, 'directory'>,
  fileId: string,
): Promise<SentinelBook> {
  const file = join(directory, 'audits', `${fileId}.json`)
  const pages = await readPages(file)
  const writing = createMutex()
  const write = async (): Promise<void> => {
    const text = JSON.stringify(Object.fromEntries([...pages].map(([id, set]) => [id, [...set]])))
    const draft = `${file}.${process.pid}`
    try {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 })
      await writeFile(draft, text, { mode: 0o600 })
      await rename(draft, file)
    } catch {
      // A machine that cannot keep it may ask for some of them again.
    }
  }
  return {
    asked: (replicaId) => pages.get(replicaId) ?? new Set(),
    note(replicaId, numbers) {
      pages.set(replicaId, new Set([...(pages.get(replicaId) ?? []), ...numbers]))
    },
    forget(replicaId, numbers) {
      for (const number of numbers) pages.get(replicaId)?.delete(number)
    },
    save: () => writing.run(write),
  }
}

async function readPages(file: string): Promise<Map<string, Set<number>>> {
  try {
    const pages: unknown = JSON.parse(await readFile(file, 'utf8'))
    if (typeof pages !== 'object' || pages === null) return new Map()
    return new Map(Object.entries(pages).map(([id, page]) => [id, new Set(readNumbers(page))]))
  } catch {
    return new Map()
  }
}

const readNumbers = (page: unknown): number[] =>
  Array.isArray(page) ? page.filter((number) => Number.isSafeInteger(number)) : []
