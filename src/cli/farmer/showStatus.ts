import { formatAmount } from '../../api/units/amount.ts'
import { formatSize } from '../../api/units/size.ts'
import type { FarmerStatus } from '../../storage/farmer/farmer.ts'
import type { FarmerStatusFlags } from '../commands/farmer.ts'
import { formatFacts, printResult } from '../output.ts'
import { notRunning, readControlFile } from './controlFile.ts'
import { inspectionFacts } from './inspectionFacts.ts'

/** A value as it comes over HTTP: what was a bigint is a decimal string. */
type Told<Value> = Value extends bigint
  ? string
  : Value extends object
    ? { [Key in keyof Value]: Told<Value[Key]> }
    : Value

export type ToldStatus = Told<FarmerStatus>

const TIMEOUT_MS = 5_000

/** Asks the running farmer of a data directory how it is, and prints that. */
export async function showFarmerStatus(flags: FarmerStatusFlags): Promise<void> {
  const { url } = await readControlFile(flags.dataDir)
  const status = await fetchStatus(url).catch(() => {
    // It ended without a word: what stands in the file is of the past.
    throw notRunning(flags.dataDir)
  })
  printResult(flags, status, () => statusText(status))
}

async function fetchStatus(url: string): Promise<ToldStatus> {
  const response = await fetch(`${url}/status`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
  if (!response.ok) throw new Error(`It answered ${response.status}`)
  return (await response.json()) as ToldStatus
}

function statusText(status: ToldStatus): string {
  const { replicas, earnedWei } = status
  const size = (bytes: number | string): string => formatSize(BigInt(bytes))
  return formatFacts([
    ['Account', status.account],
    ['Node', status.node],
    ['Capacity', `${size(status.capacityBytes)}, ${size(status.usedBytes)} taken`],
    ['Price', `${formatAmount(BigInt(status.priceWeiPerGBDay))} per GB and day`],
    [
      'Replicas',
      `${replicas.registered} registered, ${replicas.acknowledged} signed, ${replicas.receiving} arriving, ${replicas.damaged} damaged`,
    ],
    ['Received', size(status.receivedBytes)],
    ['Served', size(status.servedBytes)],
    ['Earned for storage', formatAmount(BigInt(earnedWei.storage))],
    ['Earned for traffic', formatAmount(BigInt(earnedWei.traffic))],
    ['Earned for heft', formatAmount(BigInt(earnedWei.heft))],
    ['Won from challengers', formatAmount(BigInt(earnedWei.bonds))],
    ['Not redeemed yet', size(status.unredeemedBytes)],
    ...inspectionFacts(status.inspections),
    ['Peers', status.peers],
    ['Up for', `${status.uptimeSeconds} s`],
  ])
}
