/** Counts what became of a farmer's challenges since it started. */
export interface InspectionCounts {
  /** An answer left for the chain. */
  answered(): void
  /** No true answer could be made. */
  failed(): void
  passed(): void
  /** The chain counted a strike. `wasAnswered`: an answer had left, and came too late or was not taken. */
  struck(wasAnswered: boolean): void
  read(): InspectionTotals
}

/** The counts as they stand. */
export interface InspectionTotals {
  answered: number
  failed: number
  passed: number
  /** Strikes for which no answer had left. */
  missed: number
  struck: number
}

export function createInspectionCounts(): InspectionCounts {
  const totals = { answered: 0, failed: 0, passed: 0, missed: 0, struck: 0 }
  return {
    answered() {
      totals.answered++
    },
    failed() {
      totals.failed++
    },
    passed() {
      totals.passed++
    },
    struck(wasAnswered) {
      totals.struck++
      if (!wasAnswered) totals.missed++
    },
    read: () => ({ ...totals }),
  }
}
