import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SYSTEM_CONTRACTS } from '../src/protocol/addresses.ts'
import {
  type CompiledContract,
  compileSolidity,
  compileStorageView,
  readSources,
} from './compileContracts.ts'

/** Where the generated files go. */
export const GENERATED = fileURLToPath(new URL('../src/protocol/generated/', import.meta.url))

/** Example contracts that are deployed by a transaction, so their creation code is what counts. */
const EXAMPLES = ['StorageGuard'] as const

/** Compiles all contracts and renders the text of every generated file, by path within `GENERATED`. */
export function renderGenerated(): Map<string, string> {
  const compiled = compileSolidity(readSources())
  const files = new Map<string, string>()
  for (const name of Object.keys(SYSTEM_CONTRACTS)) {
    const contract =
      name === 'StorageView'
        ? compileStorageView(named(compiled, 'IStorageView').abi)
        : named(compiled, name)
    files.set(`${name}.ts`, renderSystemContract(name, contract))
  }
  for (const name of EXAMPLES) {
    files.set(`examples/${name}.ts`, renderExample(name, named(compiled, name)))
  }
  return files
}

function named(compiled: Map<string, CompiledContract>, name: string): CompiledContract {
  const contract = compiled.get(name)
  if (contract === undefined) throw new Error(`No source defines the contract ${name}`)
  return contract
}

const HEADING = '// Built from contracts/ by `npm run contracts`.\n'

const renderSystemContract = (name: string, contract: CompiledContract): string =>
  `${HEADING}export const ${name} = {
  abi: ${renderList(contract.abi)},
  runtimeBytecode: '${contract.runtimeBytecode}',
  storageLayout: ${renderList(contract.storageLayout)},
  structs: ${renderStructs(contract.structs)},
} as const
`

const renderExample = (name: string, contract: CompiledContract): string =>
  `${HEADING}export const ${name} = {
  abi: ${renderList(contract.abi)},
  creationBytecode: '${contract.creationBytecode}',
} as const
`

const renderList = (items: readonly unknown[]): string =>
  items.length === 0
    ? '[]'
    : `[\n${items.map((item) => `    ${JSON.stringify(withoutInternalTypes(item))},\n`).join('')}  ]`

const renderStructs = (structs: CompiledContract['structs']): string =>
  `{\n${Object.entries(structs)
    .map(([name, members]) => `    ${name}: ${renderList(members)},\n`)
    .join('')}  }`

/** Internal types name the sources' structs, which no caller needs. */
function withoutInternalTypes(item: unknown): unknown {
  return JSON.parse(
    JSON.stringify(item, (key, value) => (key === 'internalType' ? undefined : value)),
  )
}

function main(): void {
  for (const [path, text] of renderGenerated()) {
    mkdirSync(dirname(GENERATED + path), { recursive: true })
    writeFileSync(GENERATED + path, text)
  }
}

if (import.meta.main) main()
