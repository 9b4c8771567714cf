import { MAX_WEIGHED_FREE_BYTES, MIN_WEIGHED_PRICE_WEI } from '../protocol/storageParams.ts'
import { ClientError } from './errors.ts'

/** A farmer's node as placement sees it. */
export interface FarmerCandidate {
  /** The node's index in the Nodes contract. */
  node: bigint
  /** The account that owns it. */
  account: string
  freeBytes: bigint
  priceWeiPerGBDay: bigint
  /** The network it is reached in, such as `192.0.2`; undefined where that says nothing (loopback). */
  subnet: string | undefined
}

export interface PlacementOptions<Candidate extends FarmerCandidate> {
  candidates: readonly Candidate[]
  /** How many nodes are asked for: each takes one shard of the segment. */
  count: number
  /** What one replica needs, in bytes. */
  replicaBytes: bigint
  /** Who holds shards of the segment already; they get no second one, and count for the spread. */
  taken?: readonly FarmerCandidate[]
  /** Uniform in [0, 1); `Math.random` by default. */
  random?: () => number
}

/**
 * Draws nodes for the shards of one segment. Who is free and cheap is drawn more often: weight = free bytes ÷
 * price (Efraimidis and Spirakis, 2006), both within bounds: they are the farmer's own words. No node comes twice, and as long as others are left, no owner and
 * then no subnet does. Throws `ClientError` `NOT_ENOUGH_FARMERS`.
 */
export function placeShards<Candidate extends FarmerCandidate>({
  candidates,
  count,
  replicaBytes,
  taken = [],
  random = Math.random,
}: PlacementOptions<Candidate>): Candidate[] {
  const takenNodes = new Set(taken.map(({ node }) => node))
  const open = candidates.filter(
    ({ node, freeBytes }) => !takenNodes.has(node) && freeBytes >= replicaBytes,
  )
  if (open.length < count) throw tooFew(open.length, count, replicaBytes)
  const drawn = open
    .map((candidate) => ({ candidate, key: drawKey(candidate, random()) }))
    .sort((one, other) => one.key - other.key)
    .map(({ candidate }) => candidate)
  return spread(drawn, count, taken)
}

/** Exponential with the weight as its rate: the smallest of all is a draw by weight. */
const drawKey = ({ freeBytes, priceWeiPerGBDay }: FarmerCandidate, uniform: number): number => {
  const room = freeBytes < MAX_WEIGHED_FREE_BYTES ? freeBytes : MAX_WEIGHED_FREE_BYTES
  const price = priceWeiPerGBDay > MIN_WEIGHED_PRICE_WEI ? priceWeiPerGBDay : MIN_WEIGHED_PRICE_WEI
  return (-Math.log(1 - uniform) * Number(price)) / Number(room + 1n)
}

/** Takes in the order drawn, but whose owner and subnet were used least come first. */
function spread<Candidate extends FarmerCandidate>(
  drawn: readonly Candidate[],
  count: number,
  taken: readonly FarmerCandidate[],
): Candidate[] {
  const owners = new Map<string, number>()
  const subnets = new Map<string, number>()
  const use = ({ account, subnet }: FarmerCandidate): void => {
    owners.set(account, (owners.get(account) ?? 0) + 1)
    if (subnet !== undefined) subnets.set(subnet, (subnets.get(subnet) ?? 0) + 1)
  }
  const crowding = ({ account, subnet }: FarmerCandidate): number =>
    (owners.get(account) ?? 0) * CROWDING_OF_OWNER +
    (subnet === undefined ? 0 : (subnets.get(subnet) ?? 0))

  for (const candidate of taken) use(candidate)
  const left = [...drawn]
  const chosen: Candidate[] = []
  while (chosen.length < count) {
    let best = 0
    for (let at = 1; at < left.length; at++) {
      if (crowding(left[at]!) < crowding(left[best]!)) best = at
    }
    const [candidate] = left.splice(best, 1)
    use(candidate!)
    chosen.push(candidate!)
  }
  return chosen
}

/** One owner twice is worse than any number of nodes in one subnet. */
const CROWDING_OF_OWNER = 1_000

const tooFew = (found: number, count: number, replicaBytes: bigint): ClientError =>
  new ClientError('NOT_ENOUGH_FARMERS', {
    message: `${found} farmers can take a replica of ${replicaBytes} bytes, and ${count} are needed`,
    hint: 'Try again when more farmers are reachable, or wait for those that are full to get more room.',
    facts: { found, count, replicaBytes },
  })
