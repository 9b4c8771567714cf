// Compiles the erasure kernel twice, for standard and for relaxed SIMD, into a TypeScript file that holds
// both modules, so that no bundler, server or worker has to find a .wasm file.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import asc from 'assemblyscript/asc'

const root = join(import.meta.dirname, '..')
const SOURCE = 'assembly/erasure/kernel.ts'
const WASM = 'kernel.wasm'

/** 640 KiB, fixed: the tables and as much workspace as a core's second cache holds beside other things. */
const MEMORY_PAGES = '10'

const OPTIONS = [
  ...['--outFile', WASM],
  ...['-O3', '--converge', '--noAssert'],
  ...['--runtime', 'stub'],
  ...['--initialMemory', MEMORY_PAGES, '--maximumMemory', MEMORY_PAGES],
  ...['--enable', 'simd'],
]

/** Where the compiled kernels stand. */
export const kernelModulesPath = join(root, 'src/crypto/erasure/kernelModules.ts')

/** The text of that file, compiled from the sources as they are now. */
export async function buildKernelModules(): Promise<string> {
  const standard = await compile(OPTIONS)
  const relaxed = await compile([...OPTIONS, '--enable', 'relaxed-simd'])
  return `// Made by scripts/buildKernel.ts from ${SOURCE}.

/** The kernel for every engine with SIMD: a WebAssembly module in base64. */
export const STANDARD_KERNEL =
  '${standard}'

/** The same for engines with relaxed SIMD. */
export const RELAXED_KERNEL =
  '${relaxed}'
`
}

async function compile(options: string[]): Promise<string> {
  let wasm: Uint8Array | undefined
  const { error, stderr } = await asc.main([SOURCE, ...options], {
    readFile: (name) => (name === SOURCE ? readFileSync(join(root, SOURCE), 'utf8') : null),
    writeFile: (name, contents) => {
      if (name === WASM && typeof contents !== 'string') wasm = contents
    },
    listFiles: () => [],
  })
  if (error !== null || wasm === undefined) throw new Error(stderr.toString(), { cause: error })
  return Buffer.from(wasm).toString('base64')
}

if (import.meta.main) writeFileSync(kernelModulesPath, await buildKernelModules())
