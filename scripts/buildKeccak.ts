// Compiles the keccak kernel and writes it as src/crypto/merkle/keccakKernel.ts.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'
import { keccakKernelSource } from './keccakKernelSource.ts'

export const KERNEL_FILE = fileURLToPath(
  new URL('../src/crypto/merkle/keccakKernel.ts', import.meta.url),
)

/** The text of the generated file. The compiler is pinned, so equal sources give equal bytes. */
export async function generateKernelFile(): Promise<string> {
  const wasm = await compile(keccakKernelSource())
  return `/** Made by scripts/buildKeccak.ts: the WebAssembly module behind \`hashing.ts\`, in base64. */
export const KECCAK_KERNEL =
  '${Buffer.from(wasm).toString('base64')}'
`
}

const OPTIONS = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd']

/** One MiB of leaves, their hashes and the kernel's own data. */
const MEMORY_PAGES = 18

async function compile(source: string): Promise<Uint8Array> {
  let wasm: Uint8Array | undefined
  const { error, stderr } = await asc.main(
    ['kernel.ts', '-o', 'kernel.wasm', '--initialMemory', `${MEMORY_PAGES}`, ...OPTIONS],
    {
      readFile: (name) => (name === 'kernel.ts' ? source : null),
      writeFile: (name, contents) => {
        if (name === 'kernel.wasm') wasm = contents as Uint8Array
      },
      listFiles: () => [],
    },
  )
  if (error !== null || wasm === undefined) throw new Error(`${error?.message}\n${stderr}`)
  return wasm
}

if (process.argv[1] === import.meta.filename) writeFileSync(KERNEL_FILE, await generateKernelFile())
