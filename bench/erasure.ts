/**
 * What erasure coding costs beside the best npm package and beside copying the data, as gigabytes of data per
 * second of CPU, one thread, all in this run. The ratios are what to trust: other processes slow all alike.
 * Every result is compared with the package's before anything is measured.
 * Run with `node bench/erasure.ts [code …]`, for instance `node bench/erasure.ts 16+11 223+32`.
 */
import { ReedSolomonErasure } from '@subspace/reed-solomon-erasure.wasm'
import { createErasureCode } from '../src/crypto/erasure/erasureCode.ts'
import { createKernel } from '../src/crypto/erasure/kernel.ts'

/** Data and parity shards, and bytes per shard: cells of 64 KiB, and leaves for the inner code. */
const CODES = [
  [4, 2, 65_536],
  [8, 6, 65_536],
  [16, 11, 65_536],
  [20, 20, 65_536],
  [223, 32, 1_024],
] as const

const ROUNDS = 7
const BATCH_MICROS = 40_000

interface Contender {
  name: string
  run: () => void
  bestMicros: number
}

type Shards = Uint8Array[]

const peer = await ReedSolomonErasure.fromCurrentDirectory()
const kernels = [createKernel('relaxed'), createKernel('standard')]

/** The worst loss: as many of the first shards as there is parity. */
const isLost = (index: number, dataShards: number, parityShards: number): boolean =>
  index < Math.min(dataShards, parityShards)

function contendersOf(dataShards: number, parityShards: number, lengthBytes: number): Contender[] {
  const count = dataShards + parityShards
  const word: Shards = Array.from({ length: count }, (_, shard) =>
    Uint8Array.from({ length: lengthBytes }, (_, at) => (at * 167 + shard * 71 + (at >> 8)) & 255),
  )
  const [data, parity] = [word.slice(0, dataShards), word.slice(dataShards)]
  const available = word.map((_, index) => !isLost(index, dataShards, parityShards))
  const joined = new Uint8Array(Buffer.concat(word))
  const copy = new Uint8Array(dataShards * lengthBytes)
  const contender = (name: string, run: () => void) => ({ name, run, bestMicros: Infinity })

  return [
    ...kernels.flatMap((kernel) => {
      const code = createErasureCode({ dataShards, parityShards, kernel })
      code.encode(data, parity)
      peer.encode(joined, dataShards, parityShards)
      if (Buffer.compare(Buffer.concat(word), joined) !== 0) throw new Error('The bytes differ')
      const left = word.map((shard, index) => (available[index] ? shard : undefined))
      return [
        contender(`encode, ${kernel.name}`, () => code.encode(data, parity)),
        contender(`repair, ${kernel.name}`, () => code.reconstructData(left)),
      ]
    }),
    contender('encode, @subspace', () => peer.encode(joined, dataShards, parityShards)),
    contender('repair, @subspace', () =>
      peer.reconstruct(joined, dataShards, parityShards, available),
    ),
    contender('copy', () => copy.set(joined.subarray(0, copy.length))),
  ]
}

/** One batch of runs; remembers the best. */
function measure(contender: Contender): void {
  const before = process.cpuUsage()
  let runs = 0
  let micros = 0
  while (micros < BATCH_MICROS) {
    contender.run()
    runs++
    const { user, system } = process.cpuUsage(before)
    micros = user + system
  }
  contender.bestMicros = Math.min(contender.bestMicros, micros / runs)
}

const wanted = process.argv.slice(2)
const columns = ['encode, relaxed', 'encode, standard', 'encode, @subspace', 'repair, relaxed']
columns.push('repair, standard', 'repair, @subspace', 'copy')
console.log(['code', ...columns].map((name) => name.padStart(18)).join(''))

for (const [dataShards, parityShards, lengthBytes] of CODES) {
  const name = `${dataShards}+${parityShards}`
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const contenders = contendersOf(dataShards, parityShards, lengthBytes)
  for (let round = 0; round < ROUNDS; round++) for (const each of contenders) measure(each)
  const cells = columns.map((column) => {
    const { bestMicros } = contenders.find((each) => each.name === column)!
    return ((dataShards * lengthBytes) / bestMicros / 1_000).toPrecision(3).padStart(18)
  })
  console.log(name.padStart(18) + cells.join(''))
}
