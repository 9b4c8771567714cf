/**
 * The AssemblyScript source of the keccak kernel: Keccak-f[1600] on two states at once, one in each half of
 * a 128-bit vector, with all 25 lanes in locals. It is written by this program because unrolled rounds
 * are tables, not prose.
 */
export function keccakKernelSource(): string {
  return `
const ROUND_CONSTANTS: usize = memory.data<u64>([${roundConstants().join(',')}]);
const STATE: usize = memory.data(400, 16);
${permutation()}
${ABSORPTION}`
}

/** The lane each step rotates, by column x and row y (FIPS 202, 3.2.2). */
const ROTATIONS = [
  [0, 36, 3, 41, 18],
  [1, 44, 10, 45, 2],
  [62, 6, 43, 15, 61],
  [28, 55, 25, 21, 56],
  [27, 20, 39, 8, 14],
] as const

const FIVE = [0, 1, 2, 3, 4] as const
const LANES = Array.from({ length: 25 }, (_, lane) => lane)

/** The constants of step iota, from their shift register (FIPS 202, 3.2.5). */
function roundConstants(): string[] {
  let register = 1
  const nextBit = (): boolean => {
    const bit = (register & 1) === 1
    register = (register << 1) ^ (register & 0x80 ? 0x171 : 0)
    return bit
  }
  return Array.from({ length: 24 }, () => {
    let constant = 0n
    for (let j = 0; j <= 6; j++) if (nextBit()) constant |= 1n << ((1n << BigInt(j)) - 1n)
    return `0x${constant.toString(16)}`
  })
}

const xor = (a: string, b: string): string => `v128.xor(${a},${b})`

const rotate = (name: string, bits: number): string =>
  bits === 0 ? name : `v128.or(i64x2.shl(${name},${bits}),i64x2.shr_u(${name},${64 - bits}))`

/** One round that reads the lanes named `from` and writes those named `to`. */
function round(from: string, to: string, constant: string): string {
  const lane = (x: number, y: number): string => `${from}${x + 5 * y}`
  const parity = (x: number): string => FIVE.map((y) => lane(x, y)).reduce(xor)
  const lines = [
    ...FIVE.map((x) => `c${x}=${parity(x)};`),
    ...FIVE.map((x) => `d${x}=${xor(`c${(x + 4) % 5}`, rotate(`c${(x + 1) % 5}`, 1))};`),
  ]
  for (const row of FIVE) {
    for (const y of FIVE) {
      const x = FIVE.find((column) => (2 * column + 3 * y) % 5 === row)!
      lines.push(`t=${xor(lane(x, y), `d${x}`)};b${y}=${rotate('t', ROTATIONS[x]![y]!)};`)
    }
    for (const x of FIVE) {
      const chi = xor(`b${x}`, `v128.andnot(b${(x + 2) % 5},b${(x + 1) % 5})`)
      lines.push(`${to}${x + 5 * row}=${x === 0 && row === 0 ? xor(chi, constant) : chi};`)
    }
  }
  return lines.join('\n')
}

const permutation = (): string => `
function permute(): void {
  let ${LANES.map((lane) => `a${lane}=v128.load(STATE,${16 * lane})`).join(',')};
  let ${LANES.map((lane) => `e${lane}: v128`).join(',')};
  let ${FIVE.map((x) => `b${x}: v128,c${x}: v128,d${x}: v128`).join(',')},t: v128;
  for (let r = ROUND_CONSTANTS; r < ROUND_CONSTANTS + 192; r += 16) {
    ${round('a', 'e', 'v128.load64_splat(r)')}
    ${round('e', 'a', 'v128.load64_splat(r,8)')}
  }
  ${LANES.map((lane) => `v128.store(STATE,a${lane},${16 * lane});`).join('')}
}`

/**
 * A leaf is hashed with 9 bytes before it and a node with 1, so lanes are read at that distance and only
 * the first ones are put together by hand. 1,033 bytes are seven blocks of 136, ten lanes and a byte.
 */
const ABSORPTION = `
@inline function both(p: usize, q: usize): v128 {
  return i64x2.replace_lane(v128.load64_splat(p), 1, load<i64>(q));
}
@inline function pair(a: u64, b: u64): v128 {
  return i64x2.replace_lane(i64x2.splat(a), 1, b);
}
@inline function absorb(lane: usize, value: v128): void {
  const at = STATE + 16 * lane;
  v128.store(at, v128.xor(v128.load(at), value));
}
@inline function squeeze(out: usize, out2: usize): void {
  for (let lane: usize = 0; lane < 4; lane++) {
    store<u64>(out + 8 * lane, load<u64>(STATE + 16 * lane));
    store<u64>(out2 + 8 * lane, load<u64>(STATE + 16 * lane + 8));
  }
}
function leafPair(p: usize, q: usize, i: u64, j: u64, out: usize, out2: usize): void {
  memory.fill(STATE, 0, 400);
  const a = bswap<u64>(i), b = bswap<u64>(j);
  absorb(0, pair(a << 8, b << 8));
  absorb(1, pair((a >> 56) | (load<u64>(p) << 8), (b >> 56) | (load<u64>(q) << 8)));
  p += 7; q += 7;
  for (let lane: usize = 2; lane < 17; lane++) { absorb(lane, both(p, q)); p += 8; q += 8; }
  permute();
  for (let block = 1; block < 7; block++) {
    for (let lane: usize = 0; lane < 17; lane++) { absorb(lane, both(p, q)); p += 8; q += 8; }
    permute();
  }
  for (let lane: usize = 0; lane < 10; lane++) { absorb(lane, both(p, q)); p += 8; q += 8; }
  absorb(10, pair(<u64>load<u8>(p) | 0x100, <u64>load<u8>(q) | 0x100));
  absorb(16, i64x2.splat(0x8000000000000000));
  permute();
  squeeze(out, out2);
}
function nodePair(p: usize, q: usize, out: usize, out2: usize): void {
  memory.fill(STATE, 0, 400);
  absorb(0, pair(0x01 | (load<u64>(p) << 8), 0x01 | (load<u64>(q) << 8)));
  p += 7; q += 7;
  for (let lane: usize = 1; lane < 8; lane++) { absorb(lane, both(p, q)); p += 8; q += 8; }
  absorb(8, pair(<u64>load<u8>(p) | 0x100, <u64>load<u8>(q) | 0x100));
  absorb(16, i64x2.splat(0x8000000000000000));
  permute();
  squeeze(out, out2);
}
export function hashLeaves(leaves: usize, count: u32, firstIndex: f64, out: usize): void {
  let index = <u64>firstIndex;
  for (; count > 1; count -= 2) {
    leafPair(leaves, leaves + 1024, index, index + 1, out, out + 32);
    leaves += 2048; out += 64; index += 2;
  }
  if (count == 1) leafPair(leaves, leaves, index, index, out, out);
}
export function hashNodes(children: usize, count: u32, out: usize): void {
  for (; count > 1; count -= 2) {
    nodePair(children, children + 64, out, out + 32);
    children += 128; out += 64;
  }
  if (count == 1) nodePair(children, children, out, out);
}
`
