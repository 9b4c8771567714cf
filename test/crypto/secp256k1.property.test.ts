import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Common, Mainnet } from '@ethereumjs/common'
import { createEVM } from '@ethereumjs/evm'
import { createFeeMarket1559Tx, createLegacyTx } from '@ethereumjs/tx'
import {
  bigIntToBytes,
  bytesToBigInt,
  bytesToHex,
  concatBytes,
  createAddressFromString,
  ecrecover as ecrecoverOfUtil,
  privateToAddress,
  setLengthLeft,
} from '@ethereumjs/util'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import fc from 'fast-check'
import { customCrypto } from '../../src/crypto/customCrypto.ts'
import { CryptoError } from '../../src/crypto/errors.ts'
import {
  ecrecover,
  publicKeyOf,
  publicKeyToAddress,
  recoverPublicKey,
  sign,
} from '../../src/crypto/secp256k1.ts'
import {
  loadNativeBackend,
  type Secp256k1Backend,
  wasmBackend,
} from '../../src/crypto/secp256k1Backend.ts'

const N = secp256k1.Point.CURVE().n
const P = secp256k1.Point.CURVE().p
const bytes32 = (value: bigint): Uint8Array => setLengthLeft(bigIntToBytes(value), 32)
const native = loadNativeBackend()
const backends: Secp256k1Backend[] = native === undefined ? [wasmBackend] : [wasmBackend, native]

const isCryptoError = (code: string) => (error: unknown) =>
  error instanceof CryptoError && error.code === code

/** What an implementation makes of an input: its result, or that it refuses. */
function outcome(run: () => Uint8Array): string {
  try {
    return bytesToHex(run())
  } catch {
    return 'refused'
  }
}

function recoverWithNoble(hash: Uint8Array, signature: Uint8Array, recovery: number): Uint8Array {
  const parsed = secp256k1.Signature.fromBytes(signature).addRecoveryBit(recovery)
  return parsed.recoverPublicKey(hash).toBytes(false).slice(1)
}

const anyBytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
/** Scalars at and around every bound, and ordinary ones. */
const anyScalar = fc.oneof(
  anyBytes32,
  fc
    .constantFrom(0n, 1n, 2n, N / 2n, N / 2n + 1n, N - 1n, N, N + 1n, P - N, P - 1n, P)
    .map(bytes32),
  fc.constant(new Uint8Array(32).fill(0xff)),
)
const privateKeys = fc.bigInt({ min: 1n, max: N - 1n }).map(bytes32)

test('at least the WebAssembly build is there, and the native one where it has a binary', () => {
  assert.equal(wasmBackend.name, 'wasm')
  if (process.platform === 'linux' && process.arch === 'x64') assert.equal(native?.name, 'native')
})

for (const backend of backends) {
  describe(`secp256k1, ${backend.name}`, () => {
    test('recovers what a second implementation recovers, hostile inputs included', () => {
      fc.assert(
        fc.property(
          fc.oneof(anyScalar, anyBytes32),
          anyScalar,
          anyScalar,
          fc.constantFrom<0 | 1>(0, 1),
          (hash, r, s, recovery) => {
            const signature = concatBytes(r, s)
            assert.equal(
              outcome(() => backend.recover(hash, signature, recovery)),
              outcome(() => recoverWithNoble(hash, signature, recovery)),
            )
          },
        ),
        { numRuns: 400 },
      )
    })

    test('recovers the signer from both halves of s', () => {
      fc.assert(
        fc.property(privateKeys, anyBytes32, (privateKey, hash) => {
          const signature = backend.sign(hash, privateKey)
          const r = signature.subarray(0, 32)
          const parity = signature[64] as 0 | 1
          const highS = bytes32(N - bytesToBigInt(signature.subarray(32, 64)))
          const key = bytesToHex(backend.publicKey(privateKey))
          assert.equal(bytesToHex(backend.recover(hash, signature.subarray(0, 64), parity)), key)
          const mirrored = backend.recover(hash, concatBytes(r, highS), (1 - parity) as 0 | 1)
          assert.equal(bytesToHex(mirrored), key)
        }),
        { numRuns: 40 },
      )
    })

    test('signs as a second implementation signs: deterministic, with s in the lower half', () => {
      fc.assert(
        fc.property(privateKeys, anyBytes32, (privateKey, hash) => {
          const expected = secp256k1.sign(hash, privateKey, { prehash: false, format: 'recovered' })
          const signature = backend.sign(hash, privateKey)
          assert.equal(signature[64], expected[0])
          assert.equal(bytesToHex(signature.subarray(0, 64)), bytesToHex(expected.subarray(1)))
          assert.ok(bytesToBigInt(signature.subarray(32, 64)) <= N / 2n)
        }),
        { numRuns: 40 },
      )
    })

    test('refuses private keys outside the group', () => {
      for (const key of [0n, N, N + 1n, 2n ** 256n - 1n]) {
        assert.throws(() => backend.sign(bytes32(1n), bytes32(key)), isCryptoError('BAD_KEY'))
        assert.throws(() => backend.publicKey(bytes32(key)), isCryptoError('BAD_KEY'))
      }
    })

    test('refuses a signature whose key would be the point at infinity', () => {
      // With R = G and s = hash, the key s·R − hash·G over r vanishes.
      const r = bytes32(secp256k1.Point.BASE.toAffine().x)
      const hash = bytes32(7n)
      const parity = Number(secp256k1.Point.BASE.toAffine().y & 1n) as 0 | 1
      assert.throws(
        () => backend.recover(hash, concatBytes(r, hash), parity),
        isCryptoError('BAD_SIGNATURE'),
      )
    })
  })
}

describe('recovery and signing', () => {
  const privateKey = bytes32(0xc0ffeen)
  const hash = bytes32(0xbeefn)
  const signature = sign(hash, privateKey)

  test('every number but 0 and 1 is refused as recovery', () => {
    for (const recovery of [2, 3, 4, -1, 0.5, Number.NaN]) {
      assert.throws(
        () => recoverPublicKey(hash, signature.subarray(0, 64), recovery),
        isCryptoError('BAD_SIGNATURE'),
      )
    }
  })

  test('hashes, signatures and keys of other lengths are refused', () => {
    const short = new Uint8Array(31)
    assert.throws(() => sign(short, privateKey), isCryptoError('BAD_HASH'))
    assert.throws(() => sign(hash, short), isCryptoError('BAD_KEY'))
    assert.throws(() => publicKeyOf(short), isCryptoError('BAD_KEY'))
    assert.throws(() => publicKeyToAddress(short), isCryptoError('BAD_KEY'))
    assert.throws(() => recoverPublicKey(hash, signature, 0), isCryptoError('BAD_SIGNATURE'))
    assert.throws(() => recoverPublicKey(short, signature.slice(1), 0), isCryptoError('BAD_HASH'))
  })

  test('an account is the one its private key has everywhere', () => {
    fc.assert(
      fc.property(privateKeys, (key) => {
        assert.deepEqual(publicKeyToAddress(publicKeyOf(key)), privateToAddress(key))
      }),
      { numRuns: 20 },
    )
  })
})

describe('ecrecover for EthereumJS', () => {
  test('agrees with the stock function on every v, with and without a chain id', () => {
    const vs = [
      -1n,
      0n,
      1n,
      2n,
      26n,
      27n,
      28n,
      29n,
      35n,
      36n,
      37n,
      38n,
      62_635n,
      62_636n,
      2n ** 70n,
    ]
    fc.assert(
      fc.property(
        anyBytes32,
        anyScalar,
        anyScalar,
        fc.constantFrom(...vs),
        fc.constantFrom(undefined, 1n, 31_300n),
        (hash, r, s, v, chainId) => {
          assert.equal(
            outcome(() => ecrecover(hash, v, r, s, chainId)),
            outcome(() => ecrecoverOfUtil(hash, v, r, s, chainId)),
          )
        },
      ),
      { numRuns: 300 },
    )
  })

  test('takes r and s without leading zeros and refuses longer ones', () => {
    const hash = bytes32(5n)
    const short = Uint8Array.of(1)
    assert.equal(
      outcome(() => ecrecover(hash, 27n, short, short)),
      outcome(() => ecrecoverOfUtil(hash, 27n, short, short)),
    )
    assert.throws(
      () => ecrecover(hash, 27n, new Uint8Array(33), short),
      isCryptoError('BAD_SIGNATURE'),
    )
  })

  test('the precompile at 0x01 answers as with the stock functions', async () => {
    const stock = await createEVM({ common: new Common({ chain: Mainnet }) })
    const fast = await createEVM({ common: new Common({ chain: Mainnet, customCrypto }) })
    const to = createAddressFromString(`0x${'1'.padStart(40, '0')}`)
    const ask = async (evm: typeof stock, data: Uint8Array): Promise<string> => {
      const { execResult } = await evm.runCall({ to, data, gasLimit: 100_000n })
      return `${bytesToHex(execResult.returnValue)} ${execResult.executionGasUsed}`
    }
    const hash = bytes32(11n)
    const good = sign(hash, bytes32(9n))
    const v = bytes32(27n + BigInt(good[64]!))
    const r = good.slice(0, 32)
    const s = good.slice(32, 64)
    const highS = bytes32(N - bytesToBigInt(s))
    const inputs = [
      concatBytes(hash, v, r, s),
      concatBytes(hash, bytes32(27n), r, highS),
      concatBytes(hash, bytes32(28n), r, highS),
      concatBytes(hash, bytes32(1n), r, s),
      concatBytes(hash, v, bytes32(0n), s),
      concatBytes(hash, v, r, bytes32(0n)),
      concatBytes(hash, v, bytes32(N), s),
      concatBytes(hash, v, r, bytes32(N)),
      concatBytes(hash, v, bytes32(5n), s),
      concatBytes(hash, v, r),
      new Uint8Array(0),
    ]
    for (const input of inputs) assert.equal(await ask(fast, input), await ask(stock, input))
    assert.match(await ask(fast, inputs[0]!), /^0x[0-9a-f]{64} 3000$/)
  })
})

describe('signing through EthereumJS', () => {
  const privateKey = bytes32(0xabcdefn)
  const stock = new Common({ chain: Mainnet })
  const fast = new Common({ chain: Mainnet, customCrypto })

  test('a transaction gets the signature that the stock function gives without extra entropy', () => {
    for (const create of [createFeeMarket1559Tx, createLegacyTx] as const) {
      const bySigner = create({ gasLimit: 21_000n }, { common: fast }).sign(privateKey)
      const byStock = create({ gasLimit: 21_000n }, { common: stock }).sign(privateKey, false)
      assert.equal(bytesToHex(bySigner.serialize()), bytesToHex(byStock.serialize()))
      assert.deepEqual(bySigner.getSenderAddress().bytes, privateToAddress(privateKey))
    }
  })

  test('other forms of a signature are the stock ones', () => {
    const hash = bytes32(3n)
    assert.deepEqual(
      customCrypto.ecsign(hash, privateKey, { prehash: false }),
      secp256k1.sign(hash, privateKey, { prehash: false }),
    )
    assert.deepEqual(
      customCrypto.ecsign(hash, privateKey, { format: 'recovered' }),
      secp256k1.sign(hash, privateKey, { format: 'recovered' }),
    )
  })
})
