import { throwIfAborted } from './errors.ts'
import type { SegmentReader, StripeRun } from './segmentReader.ts'

/**
 * Reads stripes and gives what `use` makes of them, which throws when they are not what was stored. Replicas that the
 * manifest vouches for cannot lie; others may be of anything, whatever the chain says of them: then it is read
 * again, without all of those, and without each of them.
 */
export async function readChecked<Result>(
  reader: Pick<SegmentReader, 'readStripes' | 'unvouched'>,
  stripes: StripeRun,
  signal: AbortSignal | undefined,
  use: (shards: Map<number, Uint8Array>) => Promise<Result>,
): Promise<Result> {
  const { unvouched } = reader
  const first = await reader.readStripes(stripes, signal)
  try {
    return await use(first)
  } catch (failure) {
    const alone = unvouched.length > 1 ? unvouched.map((shard) => [shard]) : []
    for (const avoided of unvouched.length > 0 ? [unvouched, ...alone] : []) {
      try {
        return await use(await reader.readStripes({ ...stripes, avoided }, signal))
      } catch {
        throwIfAborted(signal)
      }
    }
    throw failure
  }
}
