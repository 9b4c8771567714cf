import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import solc from 'solc'

const ROOT = join(import.meta.dirname, '..')

export interface Compiled {
  abi: readonly Record<string, unknown>[]
  bytecode: `0x${string}`
}

/** Compiles a contract of this repository with the compiler from npm; nothing is downloaded. */
export function compile(path: string, name: string): Compiled {
  const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')
  const input = {
    language: 'Solidity',
    sources: { [path]: { content: read(path) } },
    settings: {
      evmVersion: 'osaka',
      optimizer: { enabled: true, runs: 200 },
      outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
    },
  }
  const findImport = (file: string) => ({ contents: read(posix.normalize(file)) })
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: findImport }))
  const contract = output.contracts?.[path]?.[name]
  if (!contract) throw new Error(output.errors.map((e: Error) => e.message).join('\n'))
  return { abi: contract.abi, bytecode: `0x${contract.evm.bytecode.object}` }
}
