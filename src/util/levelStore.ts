import { Level } from 'level'
import { errorMessage, GenaroError } from './errors.ts'
import type { KeyValueStore } from './keyValueStore.ts'

export type StoreErrorCode = 'STORE_LOCKED' | 'STORE_UNREADABLE'

export class StoreError extends GenaroError<StoreErrorCode> {}

/** The first key that sorts after every key beginning with `prefix`, or undefined when there is none. */
function endOfPrefix(prefix: Uint8Array): Uint8Array | undefined {
  const end = Uint8Array.from(prefix)
  for (let i = end.length - 1; i >= 0; i--) {
    if (end[i]! < 0xff) {
      end[i]!++
      return end.subarray(0, i + 1)
    }
  }
  return undefined
}

async function openLevel(directory: string): Promise<Level<Uint8Array, Uint8Array>> {
  const level = new Level<Uint8Array, Uint8Array>(directory, {
    keyEncoding: 'view',
    valueEncoding: 'view',
  })
  try {
    await level.open()
    return level
  } catch (error) {
    const cause = (error as { cause?: { code?: string } }).cause ?? error
    if ((cause as { code?: string }).code === 'LEVEL_LOCKED') {
      throw new StoreError('STORE_LOCKED', {
        message: `The data directory ${directory} is in use by another process`,
        hint: 'Stop the other node, or choose another --data-dir.',
        facts: { directory },
        cause,
      })
    }
    throw unreadable(directory, 'opened', cause)
  }
}

/** Damage that shows only when a block of the file is read is told like damage found on opening. */
function reading<Value>(directory: string, read: () => Value): Value {
  try {
    return read()
  } catch (cause) {
    throw unreadable(directory, 'read', cause)
  }
}

const unreadable = (directory: string, what: 'opened' | 'read', cause: unknown): StoreError =>
  new StoreError('STORE_UNREADABLE', {
    message: `The data directory ${directory} cannot be ${what}: ${errorMessage(cause)}`,
    hint: 'Check that it exists, that you may write to it, and that it holds a Genaro database; a damaged one must be restored from a copy.',
    facts: { directory },
    cause,
  })

/** A store in a LevelDB directory. Every batch is synced to disk before `write` resolves. */
export async function openLevelStore(directory: string): Promise<KeyValueStore> {
  const level = await openLevel(directory)
  return {
    get(key) {
      // Level answers with Buffers, whose `slice` shares memory where every other array's copies.
      const value = reading(directory, () => level.getSync(key))
      return value && new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    },
    async write(changes) {
      await level.batch(
        changes.map(({ key, value }) =>
          value === undefined ? { type: 'del', key } : { type: 'put', key, value },
        ),
        { sync: true },
      )
    },
    async *entries(prefix) {
      const end = endOfPrefix(prefix)
      yield* level.iterator(end === undefined ? { gte: prefix } : { gte: prefix, lt: end })
    },
    close: () => level.close(),
  }
}
