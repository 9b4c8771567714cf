import {
  INNER_DATA_LEAVES,
  INNER_PARITY_LEAVES,
  LEAF_BYTES,
  type ReplicaLayout,
} from '../protocol/replicaLayout.ts'
import { SporError } from './errors.ts'
import { innerCode, rowsOf } from './innerCode.ts'

/** A replica's coded leaves, in which some are lost. */
export interface DamagedRows {
  layout: ReplicaLayout
  /** Rows of data leaves, the last filled up with zeros; lost leaves are set in place. */
  data: Uint8Array
  /** Rows of parity leaves. */
  parity: Uint8Array
  /** Places of lost leaves among the data leaves, and among the parity leaves. */
  lostData: readonly number[]
  lostParity: readonly number[]
}

/** Repairs the lost data leaves. Throws SporError TOO_MANY_LOST when a group has lost more than 32 leaves. */
export function repairRows(damaged: DamagedRows): void {
  const { layout } = damaged
  const lostRows = lostRowsByGroup(damaged)
  for (let group = 0; group < layout.groups; ) {
    const lost = lostRows[group]!
    const width = sameFrom(lostRows, group)
    if (lost.some((row) => row < INNER_DATA_LEAVES)) repairColumns(damaged, lost, group, width)
    group += width
  }
}

/** The lost rows of each group, ascending: data rows as they are, parity rows behind 223. */
function lostRowsByGroup({ layout, lostData, lostParity }: DamagedRows): number[][] {
  const { groups } = layout
  const rows: number[][] = Array.from({ length: groups }, () => [])
  for (const leaf of lostData) rows[leaf % groups]!.push(Math.floor(leaf / groups))
  for (const leaf of lostParity) {
    rows[leaf % groups]!.push(INNER_DATA_LEAVES + Math.floor(leaf / groups))
  }
  return rows
}

/** How many groups from this one on have lost the same rows: they are repaired at once. */
function sameFrom(lostRows: readonly (readonly number[])[], group: number): number {
  const key = lostRows[group]!.join()
  let end = group + 1
  while (end < lostRows.length && lostRows[end]!.join() === key) end++
  return end - group
}

function repairColumns(
  { layout, data, parity }: DamagedRows,
  lost: readonly number[],
  group: number,
  width: number,
): void {
  if (lost.length > INNER_PARITY_LEAVES) {
    throw new SporError('TOO_MANY_LOST', {
      message: `Code group ${group} has lost ${lost.length} leaves, and ${INNER_PARITY_LEAVES} can be repaired`,
      hint: 'Rebuild the shard from the other shards of its segment.',
      facts: { group, lostLeaves: lost.length },
    })
  }
  const zeros = new Uint8Array(width * LEAF_BYTES)
  const stored = rowsOf(data, layout.groups, group, width)
  const virtual = new Array<Uint8Array>(INNER_DATA_LEAVES - layout.dataRows).fill(zeros)
  const all = [...stored, ...virtual, ...rowsOf(parity, layout.groups, group, width)]
  const isLost = new Set(lost)
  const repaired = innerCode.reconstructData(
    all.map((row, index) => (isLost.has(index) ? undefined : row)),
  )
  for (const row of lost) if (row < INNER_DATA_LEAVES) all[row]!.set(repaired[row]!)
}
