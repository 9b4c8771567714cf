import { readdirSync, readFileSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import solc from 'solc'
import { STORAGE_OPCODES } from '../src/protocol/opcodes.ts'

/** One storage variable as the compiler placed it: the layout is part of the protocol. */
export interface StorageVariable {
  label: string
  slot: string
  offset: number
  type: string
}

/** What a contract compiles to. Bytecode is 0x-prefixed. */
export interface CompiledContract {
  name: string
  abi: readonly Record<string, unknown>[]
  creationBytecode: string
  runtimeBytecode: string
  storageLayout: readonly StorageVariable[]
  /** The members of every struct in its storage, by the struct's name; slots count from its first. */
  structs: Record<string, readonly StorageVariable[]>
}

/** Source text by path, as `import` in Solidity names it. */
export type Sources = Record<string, string>

const CONTRACTS = fileURLToPath(new URL('../contracts/', import.meta.url))
const FOLDERS = ['system', 'libraries', 'examples'] as const

/** Without metadata the same sources give the same bytes on every machine. */
const SETTINGS = {
  evmVersion: 'osaka',
  optimizer: { enabled: true, runs: 200 },
  metadata: { appendCBOR: false, bytecodeHash: 'none' },
}

/** The project's own Solidity sources, under names such as `contracts/system/Staking.sol`. */
export function readSources(): Sources {
  const sources: Sources = {}
  for (const folder of FOLDERS) {
    for (const file of readdirSync(join(CONTRACTS, folder)).sort()) {
      if (extname(file) !== '.sol') continue
      sources[`contracts/${folder}/${file}`] = readFileSync(join(CONTRACTS, folder, file), 'utf8')
    }
  }
  return sources
}

/** Compiles Solidity sources; throws the compiler's own words on any error or warning. */
export function compileSolidity(sources: Sources): Map<string, CompiledContract> {
  return compile('Solidity', sources)
}

/** Compiles StorageView, whose ABI stands in IStorageView.sol; throws when its opcodes are not the table's. */
export function compileStorageView(abi: CompiledContract['abi']): CompiledContract {
  const path = 'contracts/system/StorageView.yul'
  const source = readFileSync(join(CONTRACTS, 'system', 'StorageView.yul'), 'utf8')
  checkOpcodes(source)
  const contract = compile('Yul', { [path]: source }).get('StorageView')
  if (contract === undefined) throw new Error(`${path} has no object StorageView`)
  return { ...contract, abi }
}

interface SolcContract {
  abi?: Record<string, unknown>[]
  storageLayout?: { storage: StorageVariable[]; types: Record<string, SolcType> | null }
  evm: { bytecode: { object: string }; deployedBytecode?: { object: string } }
}

interface SolcType {
  label: string
  members?: StorageVariable[]
}

interface SolcOutput {
  errors?: { severity: string; formattedMessage: string }[]
  contracts?: Record<string, Record<string, SolcContract>>
}

function compile(language: 'Solidity' | 'Yul', sources: Sources): Map<string, CompiledContract> {
  const input = {
    language,
    sources: Object.fromEntries(
      Object.entries(sources).map(([path, content]) => [path, { content }]),
    ),
    settings: { ...SETTINGS, outputSelection: outputSelection(language) },
  }
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as SolcOutput
  if (output.errors !== undefined && output.errors.length > 0) {
    throw new Error(output.errors.map((error) => error.formattedMessage).join('\n'))
  }
  return collect(output)
}

const outputSelection = (language: 'Solidity' | 'Yul') => ({
  '*': {
    '*': [
      'evm.bytecode.object',
      'evm.deployedBytecode.object',
      ...(language === 'Solidity' ? ['abi', 'storageLayout'] : []),
    ],
  },
})

function collect(output: SolcOutput): Map<string, CompiledContract> {
  const contracts = new Map<string, CompiledContract>()
  for (const [path, byName] of Object.entries(output.contracts ?? {})) {
    for (const [name, contract] of Object.entries(byName)) {
      if (contracts.has(name))
        throw new Error(`${name} is defined twice, again in ${basename(path)}`)
      contracts.set(name, {
        name,
        abi: contract.abi ?? [],
        creationBytecode: `0x${contract.evm.bytecode.object}`,
        runtimeBytecode: `0x${contract.evm.deployedBytecode?.object ?? ''}`,
        storageLayout: (contract.storageLayout?.storage ?? []).map(toVariable),
        structs: collectStructs(contract.storageLayout?.types ?? {}),
      })
    }
  }
  return contracts
}

const toVariable = ({ label, slot, offset, type }: StorageVariable): StorageVariable => ({
  label,
  slot,
  offset,
  type: withoutAstIds(type),
})

function collectStructs(types: Record<string, SolcType>): CompiledContract['structs'] {
  const structs: CompiledContract['structs'] = {}
  for (const { label, members } of Object.values(types)) {
    // Labels of structs read `struct Staking.Staker`, or `struct Unbonding` outside contracts.
    if (members !== undefined)
      structs[label.replace(/^struct (?:.*\.)?/, '')] = members.map(toVariable)
  }
  return structs
}

/** The compiler numbers its types by position in the sources; the numbers say nothing about the layout. */
const withoutAstIds = (type: string): string =>
  type.replaceAll(/(t_(?:struct|enum|contract)\(\w+\))\d+/g, '$1')

const hexByte = (value: number): string => value.toString(16).padStart(2, '0')

/** Each opcode of the table stands in the Yul source exactly once, with its count of words. */
function checkOpcodes(source: string): void {
  const found = [...source.matchAll(/verbatim_\d+i_\d+o\(hex"[0-9a-f]+"/g)].map(([text]) => text)
  const expected = Object.values(STORAGE_OPCODES).map(
    ({ byte, inputs, outputs }) => `verbatim_${inputs}i_${outputs}o(hex"${hexByte(byte)}"`,
  )
  if (found.sort().join() !== expected.sort().join()) {
    throw new Error(
      `StorageView.yul uses ${found.join(', ')}; the table says ${expected.join(', ')}`,
    )
  }
}
