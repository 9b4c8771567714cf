// What gas costs in time: CPU milliseconds per million gas of each precompile and of some classes of opcodes, and
// what a block of 30 million gas of nothing else would take.
//   node bench/precompiles.ts
import { bn254 } from '@noble/curves/bn254.js'
import { p256 } from '@noble/curves/nist.js'
import { concatBytes, hexToBytes } from '@noble/curves/utils.js'
import { loadCurvePrecompiles } from '../src/crypto/precompiles.ts'
import { address, code, createState, machineOn } from '../test/helpers/stateFixture.ts'

const GAS = 1_000_000n
const BLOCK_MILLIONS = 30
const word = (value: bigint, length = 32) =>
  hexToBytes(value.toString(16).padStart(2 * length, '0'))
const repeat = (bytes: Uint8Array, times: number) => concatBytes(...Array(times).fill(bytes))

const { bls } = await loadCurvePrecompiles()
const g1 = bls.mapFPtoG1(word(7n, 64))
const g2 = bls.mapFP2toG2(word(7n, 128))
const scalar = new Uint8Array(32).fill(0xab)
const bn = bn254.G1.Point.BASE.multiply(77n).toAffine()
const bnG1 = concatBytes(word(bn.x), word(bn.y))
const twist = bn254.G2.Point.BASE.multiply(5n).toAffine()
const bnG2 = concatBytes(word(twist.x.c1), word(twist.x.c0), word(twist.y.c1), word(twist.y.c0))
const secret = new Uint8Array(32).fill(3)
const p256Input = concatBytes(
  scalar,
  p256.sign(scalar, secret, { prehash: false }),
  p256.getPublicKey(secret, false).subarray(1),
)
const blake = concatBytes(word(100_000n, 4), new Uint8Array(208), Uint8Array.of(1))
const modexp = concatBytes(
  word(32n),
  word(32n),
  word(32n),
  repeat(new Uint8Array(32).fill(0xfd), 3),
)
const bigModexp = concatBytes(
  word(1024n),
  word(1n),
  word(1024n),
  new Uint8Array(1024).fill(0xfd),
  word(3n, 1),
  new Uint8Array(1024).fill(0xfb),
)

/** A precompile's address and input. */
const PRECOMPILES: Record<string, [number, Uint8Array]> = {
  'ecrecover (junk)': [1, new Uint8Array(128).fill(1)],
  'sha256, empty': [2, new Uint8Array()],
  'sha256, 4 KB': [2, new Uint8Array(4_096)],
  'ripemd160, 4 KB': [3, new Uint8Array(4_096)],
  'identity, empty': [4, new Uint8Array()],
  'identity, 16 KB': [4, new Uint8Array(16_384)],
  'modexp, 32 bytes': [5, modexp],
  'modexp, 1 KB cubed': [5, bigModexp],
  ecadd: [6, concatBytes(bnG1, bnG1)],
  ecmul: [7, concatBytes(bnG1, scalar, new Uint8Array(32))],
  'ecpairing, 1': [8, concatBytes(bnG1, bnG2)],
  'ecpairing, 8': [8, repeat(concatBytes(bnG1, bnG2), 8)],
  'blake2f, 100,000 rounds': [9, blake],
  'G1 add': [11, concatBytes(g1, g1)],
  'G1 MSM, 1': [12, concatBytes(g1, scalar)],
  'G1 MSM, 128': [12, repeat(concatBytes(g1, scalar), 128)],
  'G2 add': [13, concatBytes(g2, g2)],
  'G2 MSM, 1': [14, concatBytes(g2, scalar)],
  'G2 MSM, 32': [14, repeat(concatBytes(g2, scalar), 32)],
  'pairing, 1': [15, concatBytes(g1, g2)],
  'pairing, 8': [15, repeat(concatBytes(g1, g2), 8)],
  'map to G1': [16, word(7n, 64)],
  'map to G2': [17, word(7n, 128)],
  'P-256 verify': [256, p256Input],
}

/** The body of an endless loop. */
const OPCODES: Record<string, string> = {
  addition: '600101',
  'keccak, 32 bytes': '60205f2050',
  'keccak, 16 KB': '6140005f2050',
  'exp, 256 bits': '5f19600a0a50',
  'mcopy, 16 KB': '6140005f60015e',
  'sload, warm': '5f5450',
  mulmod: '5f195f1960030950',
}

const loopOf = (body: string): Uint8Array => code(`5f5b${body}600156`)

/** Copies the calldata to memory, then calls the precompile with it and all gas, over and over. */
const callLoop = (to: number): Uint8Array =>
  code(`365f5f375b5f5f365f61${to.toString(16).padStart(4, '0')}5afa50600456`)

async function measure(name: string, bytecode: Uint8Array, data: Uint8Array): Promise<number> {
  const { evm } = machineOn(await createState())
  const at = { code: bytecode, data, gasLimit: GAS, to: address(1) }
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 3; round++) {
    const before = process.cpuUsage()
    await evm.runCode(at)
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, (user + system) / 1_000)
  }
  const seconds = ((best * BLOCK_MILLIONS) / 1_000).toFixed(1)
  console.log(`${name.padEnd(26)} ${best.toFixed(0).padStart(6)} ms/Mgas ${seconds.padStart(7)} s`)
  return best
}

let worst = 0
for (const [name, body] of Object.entries(OPCODES)) {
  worst = Math.max(worst, await measure(name, loopOf(body), new Uint8Array()))
}
for (const [name, [to, data]] of Object.entries(PRECOMPILES)) {
  worst = Math.max(worst, await measure(name, callLoop(to), data))
}
console.log(`A block within a 2 s slot at the worst of these: ${(2_000 / worst).toFixed(1)} Mgas`)
