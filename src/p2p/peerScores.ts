/** What a peer did. Its points are taken off its score. */
export type Misbehaviour = keyof typeof PENALTIES

/** Points per misbehaviour: three bad messages end in a ban, while a slow peer is only remembered. */
const PENALTIES = {
  /** Bytes that do not decode, a frame over the limit, a signature that does not verify. */
  badMessage: 35,
  /** More requests than the protocol allows. */
  flooding: 10,
  /** No answer, or not in time. */
  unresponsive: 2,
} as const

const BAN_BELOW = -100
const HALF_LIFE_MS = 10 * 60_000
const DEFAULT_BAN_SECONDS = 15 * 60
const MAX_PEERS = 8_192

/** What is known of each peer's manners. Scores are 0 for strangers and go back to 0 with time. */
export interface PeerScores {
  score(peerId: string): number
  /** Takes the misbehaviour's points off; below −100 the peer is banned for a quarter of an hour. */
  penalise(peerId: string, misbehaviour: Misbehaviour): void
  /** Adds points for useful work, up to +20, which outweighs a little bad luck. */
  reward(peerId: string, points: number): void
  ban(peerId: string, seconds?: number): void
  isBanned(peerId: string): boolean
}

export interface PeerScoresOptions {
  /** Called at each ban, so that connections can be closed. */
  onBan?: (peerId: string) => void
  /** Milliseconds of a clock that only goes forward. */
  now?: () => number
}

interface Reputation {
  points: number
  updatedAt: number
  bannedUntil: number
}

const MAX_POINTS = 20

export function createPeerScores({
  onBan = () => {},
  now = () => performance.now(),
}: PeerScoresOptions = {}): PeerScores {
  const reputations = new Map<string, Reputation>()

  const current = (peerId: string): Reputation => {
    const time = now()
    const known = reputations.get(peerId)
    if (known === undefined) return { points: 0, updatedAt: time, bannedUntil: 0 }
    const decay = 2 ** ((known.updatedAt - time) / HALF_LIFE_MS)
    return { ...known, points: known.points * decay, updatedAt: time }
  }

  const store = (peerId: string, reputation: Reputation): void => {
    reputations.delete(peerId)
    reputations.set(peerId, reputation)
    if (reputations.size > MAX_PEERS) forgetOne()
  }

  // A ban must not be washed out by a flood of new peer ids, so the banned are forgotten last.
  const forgetOne = (): void => {
    const time = now()
    let victim: string | undefined
    for (const [peerId, { bannedUntil }] of reputations) {
      victim ??= peerId
      if (bannedUntil > time) continue
      victim = peerId
      break
    }
    if (victim !== undefined) reputations.delete(victim)
  }

  const ban = (peerId: string, seconds = DEFAULT_BAN_SECONDS): void => {
    store(peerId, { ...current(peerId), points: 0, bannedUntil: now() + seconds * 1_000 })
    onBan(peerId)
  }

  return {
    score: (peerId) => current(peerId).points,
    penalise(peerId, misbehaviour) {
      const reputation = current(peerId)
      reputation.points -= PENALTIES[misbehaviour]
      if (reputation.points < BAN_BELOW) ban(peerId)
      else store(peerId, reputation)
    },
    reward(peerId, points) {
      const reputation = current(peerId)
      store(peerId, { ...reputation, points: Math.min(MAX_POINTS, reputation.points + points) })
    },
    ban,
    isBanned: (peerId) => (reputations.get(peerId)?.bannedUntil ?? 0) > now(),
  }
}
