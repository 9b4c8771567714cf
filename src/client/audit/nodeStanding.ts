import { getInspectionRecord } from '../../api/actions/getInspectionRecord.ts'
import { getNode } from '../../api/actions/getNode.ts'
import { getNodeTree } from '../../api/actions/getNodeTree.ts'
import type { ClientContext } from '../context.ts'

/** How a farmer's node stands with the chain. Times are Unix seconds. */
export interface NodeStanding {
  node: bigint
  /** The account that owns it. */
  account: string
  /** False once it was retired or discharged. */
  isActive: boolean
  /** When it was discharged for failed inspections; undefined for never. */
  dischargedTime: bigint | undefined
  /** Failed inspections in a row; the third discharges it. */
  strikes: number
  /** Of its last inspections, at most 24. */
  passedCount: number
  failedCount: number
  /** Undefined when it never passed. */
  lastPassedTime: bigint | undefined
}

/** What the chain knows of a node's inspections. Throws `ApiError`. */
export async function getNodeStanding(
  { provider }: Pick<ClientContext, 'provider'>,
  node: bigint,
): Promise<NodeStanding> {
  const [{ owner, active, dischargedTime }, tree, record] = await Promise.all([
    getNode(provider, { node }),
    getNodeTree(provider, { node }),
    getInspectionRecord(provider, { node }),
  ])
  return {
    node,
    account: owner.toLowerCase(),
    isActive: active,
    dischargedTime,
    strikes: tree.strikes,
    passedCount: record.passes,
    failedCount: record.strikes,
    lastPassedTime: record.lastPassedTime,
  }
}
