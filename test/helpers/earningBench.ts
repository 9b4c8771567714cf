import type { Address } from '@ethereumjs/util'
import { type Outcome, succeeded } from './contractBench.ts'
import { InspectionBench, type JoinedReplica } from './inspectionBench.ts'
import { FARMERS, type ReplicaBench, TERM_SECONDS } from './replicaBench.ts'

/** Leaves of the smallest replica that fills a tree by itself: one for each region. */
export const SMALL_LEAVES = 20

/** Alice's replicas on farmers that join and prove them; what they earn is told by when they were proven. */
export class EarningBench {
  readonly inspections: InspectionBench
  readonly replicas: ReplicaBench
  /** When the bucket and the replicas registered at once begin. */
  readonly startTime: bigint

  private constructor(inspections: InspectionBench) {
    this.inspections = inspections
    this.replicas = inspections.replicas
    this.startTime = this.replicas.bench.time
  }

  static async create(): Promise<EarningBench> {
    return new EarningBench(await InspectionBench.create())
  }

  /** A joined replica that runs as long as the bucket. */
  earning(priceWei: bigint, node = 0): Promise<JoinedReplica> {
    return this.inspections.joined(node, SMALL_LEAVES, priceWei)
  }

  /** Sets the clock to when a part of the bucket's term is over: `tenths` of it. */
  at(tenths: bigint): void {
    this.replicas.bench.time = this.startTime + (TERM_SECONDS * tenths) / 10n
  }

  /** Has a node prove all its replicas when `tenths` of the term are over. */
  async proven(tenths: bigint, node = 0): Promise<Outcome> {
    const { inspections } = this
    const id = await inspections.challenged(node)
    this.at(tenths)
    return succeeded(await inspections.answer(id, await inspections.prove(id)))
  }

  /** What an account can withdraw of the market. */
  credit(account: Address = FARMERS[0]!.address): Promise<unknown> {
    return this.replicas.market.credit(account)
  }
}
