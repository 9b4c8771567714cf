import { ErasureError } from './errors.ts'

/** What is left of a code's shards, data then parity. `undefined` stands for a lost one. */
export type Shards = readonly (Uint8Array | undefined)[]

/** GF(2^8) has that many points, and each shard is one. */
const MOST_SHARDS = 256

/** Refuses numbers of shards that make no code. */
export function expectCode(dataShards: number, parityShards: number): void {
  const isCode =
    Number.isInteger(dataShards) &&
    Number.isInteger(parityShards) &&
    dataShards >= 1 &&
    parityShards >= 0 &&
    dataShards + parityShards <= MOST_SHARDS
  if (isCode) return
  throw new ErasureError('BAD_CODE', {
    message: `There is no code of ${dataShards} data and ${parityShards} parity shards`,
    hint: `Take at least one data shard and at most ${MOST_SHARDS} shards in all`,
    facts: { dataShards, parityShards },
  })
}

/** Refuses another number of shards than `count`, and shards of another length than `lengthBytes`. */
export function expectShards(
  which: 'data' | 'parity' | 'all',
  shards: Shards,
  count: number,
  lengthBytes = 0,
): void {
  expectCount(which, shards, count)
  // By index, since `forEach` and its like skip holes.
  for (let index = 0; index < count; index++) expectShard(which, index, shards[index], lengthBytes)
}

/**
 * The numbers of the shards that are left, in order.
 * @throws ErasureError `BAD_LENGTH`, and `TOO_FEW_SHARDS` for fewer than `dataShards`.
 */
export function presentShards(shards: Shards, dataShards: number, count: number): number[] {
  expectCount('all', shards, count)
  const present = [...shards.keys()].filter((index) => shards[index] !== undefined)
  const lengthBytes = shards[present[0] ?? 0]?.length ?? 0
  for (const index of present) expectShard('all', index, shards[index], lengthBytes)
  if (present.length >= dataShards) return present
  throw new ErasureError('TOO_FEW_SHARDS', {
    message: `${present.length} shards are left, and ${dataShards} are needed`,
    hint: 'Find more of the shards; nothing can be repaired from these alone',
    facts: { present: present.length, needed: dataShards },
  })
}

function expectCount(which: string, shards: Shards, count: number): void {
  if (shards.length === count) return
  throw new ErasureError('BAD_LENGTH', {
    message: `The code has ${count} shards (${which}), got ${shards.length}`,
    facts: { which, expected: count, actual: shards.length },
  })
}

function expectShard(
  which: string,
  index: number,
  shard: Uint8Array | undefined,
  lengthBytes: number,
): void {
  if (shard instanceof Uint8Array && shard.length === lengthBytes) return
  throw new ErasureError('BAD_LENGTH', {
    message: `Shard ${index} (${which}) must be ${lengthBytes} bytes, got ${shard?.length}`,
    hint: 'All shards of a code have the same length; pad the last one before encoding',
    facts: { which, index, expectedBytes: lengthBytes, actualBytes: shard?.length },
  })
}
