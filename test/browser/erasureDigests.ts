import { createErasureCode } from '../../src/crypto/erasure/erasureCode.ts'
import { createKernel, type Kernel } from '../../src/crypto/erasure/kernel.ts'
import { bytesNamed, type Digests, digest, upTo } from './named.ts'

/** Parity of the network's codes by one build of the kernel, and data made again from the last shards alone. */
export function erasureDigests(build: Kernel['name']): Digests {
  const kernel = createKernel(build)
  const digests: Digests = {}
  for (const [dataShards, parityShards] of CODES) {
    const code = createErasureCode({ dataShards, parityShards, kernel })
    const bytes = bytesNamed('0', dataShards * SHARD_BYTES)
    const data = upTo(dataShards).map((at) => bytes.slice(at * SHARD_BYTES, (at + 1) * SHARD_BYTES))
    const parity = upTo(parityShards).map(() => new Uint8Array(SHARD_BYTES))
    code.encode(data, parity)
    const shards = [...data, ...parity]
    const left = shards.map((shard, at) => (at < parityShards ? undefined : shard))
    const name = `${dataShards}+${parityShards}`
    digests[`parity of ${name}`] = digest(...parity)
    digests[`data of ${name}`] = digest(...code.reconstructData(left))
  }
  return digests
}

const CODES = [
  [4, 2],
  [8, 6],
  [16, 11],
  [20, 20],
  [223, 32],
] as const

/** As long as in the test that holds the parity of these codes to what it always was. */
const SHARD_BYTES = 1_024
