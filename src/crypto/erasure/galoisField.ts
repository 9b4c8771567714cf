/** The product of two elements of GF(2^8) with the polynomial x^8 + x^4 + x^3 + x^2 + 1 (0x11d). */
export const multiply = (a: number, b: number): number =>
  a === 0 || b === 0 ? 0 : exponential(logarithm(a) + logarithm(b))

/** The element by which a product with `a` is undone. `a` is not zero. */
export const inverse = (a: number): number => exponential(ORDER - logarithm(a))

/** The power of the generator 2 that an element is, 0 to 254. `a` is not zero: zero is no power. */
export const logarithm = (a: number): number => LOGARITHMS[a]!

/** The power of the generator 2. The exponent is not negative. */
export const exponential = (exponent: number): number => EXPONENTIALS[exponent % ORDER]!

const POLYNOMIAL = 0x11d

/** How many elements there are without zero, each a power of the generator. */
const ORDER = 255

const EXPONENTIALS = new Uint8Array(ORDER)
const LOGARITHMS = new Uint8Array(ORDER + 1)

for (let exponent = 0, power = 1; exponent < ORDER; exponent++) {
  EXPONENTIALS[exponent] = power
  LOGARITHMS[power] = exponent
  power <<= 1
  if (power > ORDER) power ^= POLYNOMIAL
}
