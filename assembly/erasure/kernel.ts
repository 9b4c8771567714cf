/**
 * Arithmetic of GF(2^8) on rows of bytes, sixteen at a time, in AssemblyScript.
 *
 * A product with a fixed factor is linear over the bits of the other, so it is the sum of the products of
 * its low and its high nibble. Memory begins with 32 bytes per factor: its sixteen products with the
 * low nibbles, then with the high ones. A swizzle looks sixteen of them up at once.
 *
 * Rows stand `stride` bytes apart. `length` is a multiple of 32; whoever calls pads the rows.
 */

/** Where the products of a factor stand, in units of its value. */
const PRODUCTS_SHIFT: usize = 5
const STEP: usize = 32

/**
 * Sets each output row to the sum of the input rows times its coefficients. The coefficients stand in the
 * order they are read: for as many groups of four rows as there are, then of two, then of one, input by
 * input, a byte for each row of the group.
 */
export function multiply(
  coefficients: usize,
  inputCount: usize,
  outputCount: usize,
  inputs: usize,
  outputs: usize,
  stride: usize,
  length: usize,
): void {
  let left = outputCount
  for (; left >= 4; left -= 4) {
    multiplyRows<u32>(coefficients, inputCount, inputs, outputs, stride, length)
    coefficients += 4 * inputCount
    outputs += 4 * stride
  }
  if (left >= 2) {
    multiplyRows<u16>(coefficients, inputCount, inputs, outputs, stride, length)
    coefficients += 2 * inputCount
    outputs += 2 * stride
    left -= 2
  }
  if (left === 1) multiplyRows<u8>(coefficients, inputCount, inputs, outputs, stride, length)
}

/**
 * As many output rows as `Group` has bytes, one for the coefficient of each: the compiler makes one function
 * of each size. Four rows of two vectors are what sixteen registers hold beside the operands.
 */
function multiplyRows<Group>(
  coefficients: usize,
  inputCount: usize,
  inputs: usize,
  outputs: usize,
  stride: usize,
  length: usize,
): void {
  const end = coefficients + inputCount * sizeof<Group>()
  for (let at: usize = 0; at < length; at += STEP) {
    let low0 = i64x2.splat(0)
    let high0 = low0
    let low1 = low0
    let high1 = low0
    let low2 = low0
    let high2 = low0
    let low3 = low0
    let high3 = low0
    let input = inputs + at
    for (let coefficient = coefficients; coefficient < end; coefficient += sizeof<Group>()) {
      const low = v128.load(input)
      const high = v128.load(input, 16)
      const lowL = lowNibbles(low)
      const lowH = highNibbles(low)
      const highL = lowNibbles(high)
      const highH = highNibbles(high)

      let products = productsOf(load<u8>(coefficient))
      let ofLow = v128.load(products)
      let ofHigh = v128.load(products, 16)
      low0 = v128.xor(low0, v128.xor(lookUp(ofLow, lowL), lookUp(ofHigh, lowH)))
      high0 = v128.xor(high0, v128.xor(lookUp(ofLow, highL), lookUp(ofHigh, highH)))
      if (sizeof<Group>() >= 2) {
        products = productsOf(load<u8>(coefficient, 1))
        ofLow = v128.load(products)
        ofHigh = v128.load(products, 16)
        low1 = v128.xor(low1, v128.xor(lookUp(ofLow, lowL), lookUp(ofHigh, lowH)))
        high1 = v128.xor(high1, v128.xor(lookUp(ofLow, highL), lookUp(ofHigh, highH)))
      }
      if (sizeof<Group>() >= 4) {
        products = productsOf(load<u8>(coefficient, 2))
        ofLow = v128.load(products)
        ofHigh = v128.load(products, 16)
        low2 = v128.xor(low2, v128.xor(lookUp(ofLow, lowL), lookUp(ofHigh, lowH)))
        high2 = v128.xor(high2, v128.xor(lookUp(ofLow, highL), lookUp(ofHigh, highH)))
        products = productsOf(load<u8>(coefficient, 3))
        ofLow = v128.load(products)
        ofHigh = v128.load(products, 16)
        low3 = v128.xor(low3, v128.xor(lookUp(ofLow, lowL), lookUp(ofHigh, lowH)))
        high3 = v128.xor(high3, v128.xor(lookUp(ofLow, highL), lookUp(ofHigh, highH)))
      }
      input += stride
    }
    let output = outputs + at
    store2(output, low0, high0)
    if (sizeof<Group>() >= 2) {
      output += stride
      store2(output, low1, high1)
    }
    if (sizeof<Group>() >= 4) {
      output += stride
      store2(output, low2, high2)
      output += stride
      store2(output, low3, high3)
    }
  }
}

/**
 * Turns the values of a polynomial at `count` points, a power of two, into its coefficients in the basis
 * of Lin, Chung and Han, in place. `twiddles`: a factor per block, from the blocks of two up to the whole.
 */
export function interpolate(
  rows: usize,
  count: usize,
  twiddles: usize,
  stride: usize,
  length: usize,
): void {
  for (let half: usize = 1; half < count; half <<= 1) {
    for (let start: usize = 0; start < count; start += half << 1) {
      const products = productsOf(load<u8>(twiddles++))
      const end = rows + (start + half) * stride
      for (let row = rows + start * stride; row < end; row += stride) {
        joinRows(products, row, row + half * stride, length)
      }
    }
  }
}

/** The way back from coefficients to values. `twiddles` end with the factor of the whole. */
export function evaluate(
  rows: usize,
  count: usize,
  twiddles: usize,
  stride: usize,
  length: usize,
): void {
  let last = twiddles + count - 1
  for (let half = count >> 1; half > 0; half >>= 1) {
    last -= count / (half << 1)
    for (let start: usize = 0, twiddle = last; start < count; start += half << 1) {
      const products = productsOf(load<u8>(twiddle++))
      const end = rows + (start + half) * stride
      for (let row = rows + start * stride; row < end; row += stride) {
        splitRows(products, row, row + half * stride, length)
      }
    }
  }
}

/** b ← a + b, then a ← a + factor · b. */
function joinRows(products: usize, a: usize, b: usize, length: usize): void {
  const ofLow = v128.load(products)
  const ofHigh = v128.load(products, 16)
  for (const end = a + length; a < end; a += 16, b += 16) {
    const sum = v128.xor(v128.load(a), v128.load(b))
    v128.store(b, sum)
    const product = v128.xor(lookUp(ofLow, lowNibbles(sum)), lookUp(ofHigh, highNibbles(sum)))
    v128.store(a, v128.xor(v128.load(a), product))
  }
}

/** a ← a + factor · b, then b ← a + b. */
function splitRows(products: usize, a: usize, b: usize, length: usize): void {
  const ofLow = v128.load(products)
  const ofHigh = v128.load(products, 16)
  for (const end = a + length; a < end; a += 16, b += 16) {
    const right = v128.load(b)
    const product = v128.xor(lookUp(ofLow, lowNibbles(right)), lookUp(ofHigh, highNibbles(right)))
    const left = v128.xor(v128.load(a), product)
    v128.store(a, left)
    v128.store(b, v128.xor(left, right))
  }
}

/** Adds `count` rows to as many others. */
export function addRows(from: usize, to: usize, count: usize, stride: usize, length: usize): void {
  for (; count > 0; count--, from += stride, to += stride) {
    for (let at: usize = 0; at < length; at += 16) {
      v128.store(to + at, v128.xor(v128.load(to + at), v128.load(from + at)))
    }
  }
}

/** Whether two rows of any length are equal. */
export function equal(a: usize, b: usize, length: usize): bool {
  const end = a + length
  const vectorsEnd = a + (length & ~15)
  let difference = i64x2.splat(0)
  for (; a < vectorsEnd; a += 16, b += 16) {
    difference = v128.or(difference, v128.xor(v128.load(a), v128.load(b)))
  }
  if (v128.any_true(difference)) return false
  for (; a < end; a++, b++) if (load<u8>(a) !== load<u8>(b)) return false
  return true
}

function productsOf(factor: u8): usize {
  return (factor as usize) << PRODUCTS_SHIFT
}

function lowNibbles(bytes: v128): v128 {
  return v128.and(bytes, i8x16.splat(15))
}

function highNibbles(bytes: v128): v128 {
  return i8x16.shr_u(bytes, 4)
}

/** Nibbles are below 16, where both instructions mean the same; the relaxed one skips a range check. */
function lookUp(table: v128, nibbles: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i8x16.relaxed_swizzle(table, nibbles)
  return i8x16.swizzle(table, nibbles)
}

function store2(address: usize, low: v128, high: v128): void {
  v128.store(address, low)
  v128.store(address, high, 16)
}
