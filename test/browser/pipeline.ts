import { platformEngine } from '../../src/crypto/cipherEngine.ts'
import { createErasureCode } from '../../src/crypto/erasure/erasureCode.ts'
import { createKernel, fastestKernel, type Kernel } from '../../src/crypto/erasure/kernel.ts'
import { erasureDigests } from './erasureDigests.ts'
import { fileDigests } from './fileDigests.ts'
import { inspectionDigests } from './inspectionDigests.ts'
import { type InspectionVectors, judgeVectors } from './judgeVectors.ts'
import { keyDigests } from './keyDigests.ts'
import { replicaDigests } from './replicaDigests.ts'
import { openSecrets, type SealedSecrets, sealSecrets } from './secrets.ts'

/** What one runtime needs of another. */
export interface PipelineInput {
  vectors: InspectionVectors
  secrets: SealedSecrets
}

/** Everything between a file and an inspection of it, by the runtime that calls it. */
export const run = async ({ vectors, secrets }: PipelineInput) => ({
  runtime: {
    cipher: platformEngine().name,
    kernel: fastestKernel(),
    globals: ['Buffer', 'process', 'require'].filter((name) => name in globalThis),
  },
  erasure: runnableBuilds().map((build) => ({
    build,
    backblazeParity: backblazeParity(build),
    digests: erasureDigests(build),
  })),
  made: {
    keys: keyDigests(),
    files: await fileDigests(),
    replicas: await replicaDigests(),
    inspections: await inspectionDigests(),
  },
  judgements: judgeVectors(vectors),
  opened: await openSecrets(secrets),
  sealed: await sealSecrets(),
})

export type PipelineOutput = Awaited<ReturnType<typeof run>>

const runnableBuilds = (): Kernel['name'][] =>
  fastestKernel() === 'relaxed' ? ['standard', 'relaxed'] : ['standard']

/** The parity of the data in Backblaze's and klauspost's own test. */
function backblazeParity(build: Kernel['name']): number[][] {
  const code = createErasureCode({ dataShards: 5, parityShards: 5, kernel: createKernel(build) })
  const rows = [
    [0, 1],
    [4, 5],
    [2, 3],
    [6, 7],
    [8, 9],
  ]
  const parity = rows.map(() => new Uint8Array(2))
  code.encode(
    rows.map((row) => Uint8Array.from(row)),
    parity,
  )
  return parity.map((row) => [...row])
}
