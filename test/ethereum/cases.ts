import { errorMessage } from '../../src/util/errors.ts'
import { createFixtureRules, type RulesOf } from './fixtureRules.ts'

/** A fixture case: its name, and the fork or forks it is counted under. */
interface NamedCase {
  name: string
  group: string
}

/**
 * Cases that execute every byte Ethereum leaves undefined and expect each to fail. The storage opcodes
 * define seven of those bytes, so these cases run on a machine without them.
 */
const WITHOUT_STORAGE_OPCODES = ['tests/frontier/opcodes/test_all_opcodes.py::test_all_opcodes[']

const runsWithoutOpcodes = ({ name }: NamedCase): boolean =>
  WITHOUT_STORAGE_OPCODES.some((prefix) => name.startsWith(prefix))

export interface SuiteOptions<Case extends NamedCase> {
  cases: AsyncIterable<Case>
  run: (rulesOf: RulesOf, one: Case) => Promise<void>
  /** Runs only each so manieth case, and those without storage opcodes in any event; default all. */
  every: number
}

export interface SuiteResult {
  /** How many passed, by what they are counted under. */
  passed: Map<string, number>
  /** The name of each that failed, and why. */
  failures: string[]
  cpuSeconds: number
}

/** Runs cases one after another. */
export async function runCases<Case extends NamedCase>({
  cases,
  run,
  every,
}: SuiteOptions<Case>): Promise<SuiteResult> {
  const withOpcodes = createFixtureRules({ storageOpcodes: true })
  const withoutOpcodes = createFixtureRules({ storageOpcodes: false })
  const passed = new Map<string, number>()
  const failures: string[] = []
  const start = process.cpuUsage()
  let position = 0
  for await (const one of cases) {
    const isPlain = runsWithoutOpcodes(one)
    if (position++ % every !== 0 && !isPlain) continue
    try {
      await run(isPlain ? withoutOpcodes : withOpcodes, one)
      passed.set(one.group, (passed.get(one.group) ?? 0) + 1)
    } catch (error) {
      failures.push(`${one.name}: ${errorMessage(error)}`)
    }
  }
  const { user, system } = process.cpuUsage(start)
  return { passed, failures, cpuSeconds: (user + system) / 1e6 }
}
