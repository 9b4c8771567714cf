import { readFileSync } from 'node:fs'
import {
  type CompiledContract,
  compileSolidity,
  readSources,
} from '../../scripts/compileContracts.ts'

/** What fixtures may import of the project's own sources. */
const IMPORTABLE = [
  'contracts/libraries/BLS.sol',
  'contracts/libraries/DStorage.sol',
  'contracts/libraries/Sampling.sol',
  'contracts/system/IStorageView.sol',
]

/** Compiles a Solidity contract of test/contracts/fixtures. */
export function compileFixture(name: string): CompiledContract {
  const url = new URL(`../contracts/fixtures/${name}.sol`, import.meta.url)
  const sources = readSources()
  const contracts = compileSolidity({
    ...Object.fromEntries(IMPORTABLE.map((path) => [path, sources[path]!])),
    [`test/${name}.sol`]: readFileSync(url, 'utf8'),
  })
  return contracts.get(name)!
}
