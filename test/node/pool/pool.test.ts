import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CustomCrypto } from '@ethereumjs/common'
import { Capability, createBlob4844Tx, createLegacyTx, type TypedTransaction } from '@ethereumjs/tx'
import { bytesToHex } from '@ethereumjs/util'
import { customCrypto } from '../../../src/crypto/customCrypto.ts'
import {
  createTransactionPool,
  type TransactionPoolOptions,
} from '../../../src/node/pool/createTransactionPool.ts'
import { PoolError, type PoolErrorCode } from '../../../src/node/pool/errors.ts'
import type { TransactionPool } from '../../../src/node/pool/pool.ts'
import { createCommon } from '../../../src/protocol/common.ts'
import { createStandInChain, type StandInChain } from './standInChain.ts'
import {
  CHAIN_ID,
  common,
  createSigner,
  delegating,
  delegationTo,
  ETHER,
  GWEI,
  legacyTransfer,
  transfer,
} from './transactions.ts'

// The library makes no blob transaction without the means to check its blobs; it has none here.
const kzg = {} as NonNullable<CustomCrypto['kzg']>
const blobCommon = createCommon({ chainId: CHAIN_ID, customCrypto: { ...customCrypto, kzg } })

const alice = createSigner(0)
const bob = createSigner(1)
const carol = createSigner(2)

type Setup = StandInChain & { pool: TransactionPool }

function setUp(options: Partial<TransactionPoolOptions> = {}): Setup {
  const standIn = createStandInChain()
  const pool = createTransactionPool({ chain: standIn.chain, acceptUnprotected: true, ...options })
  return { ...standIn, pool }
}

const refused =
  (code: PoolErrorCode, text: string) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof PoolError, String(error))
    assert.equal(error.code, code)
    assert.ok(error.message.startsWith(text), error.message)
    return true
  }

/** Everything a block without a gas limit would take, in order. */
function drain(pool: TransactionPool, baseFeePerGas = 0n): TypedTransaction[] {
  const source = pool.source(baseFeePerGas)
  const drawn: TypedTransaction[] = []
  for (let tx = source.next(10n ** 12n); tx !== undefined; tx = source.next(10n ** 12n)) {
    drawn.push(tx)
  }
  return drawn
}

const addAll = async (pool: TransactionPool, transactions: TypedTransaction[]): Promise<void> => {
  for (const transaction of transactions) await pool.add(transaction)
}

describe('what the pool refuses', () => {
  const cases: [PoolErrorCode, string, string, TypedTransaction][] = [
    [
      'BLOB_TRANSACTION',
      'transaction type not supported',
      'a blob transaction',
      createBlob4844Tx(
        {
          to: '0x00000000000000000000000000000000000000aa',
          blobVersionedHashes: [`0x01${'00'.repeat(31)}`],
        },
        { common: blobCommon },
      ).sign(alice.key),
    ],
    [
      'WRONG_CHAIN_ID',
      'invalid chain id for signer: have 1 want 31300',
      'another chain id',
      createLegacyTx(
        { gasLimit: 21_000, gasPrice: GWEI, to: alice.address },
        { common: createCommon({ chainId: 1n }) },
      ).sign(alice.key),
    ],
    [
      'INTRINSIC_GAS',
      'intrinsic gas too low: gas 20999, minimum needed 21000',
      'too little gas to begin',
      transfer(alice, 0, { gasLimit: 20_999 }),
    ],
    [
      'FLOOR_GAS',
      'insufficient gas for floor data gas cost: gas 40000, minimum needed 61000',
      'less gas than its calldata costs (EIP-7623)',
      transfer(alice, 0, { gasLimit: 40_000, data: new Uint8Array(1_000).fill(1) }),
    ],
    [
      'OVERSIZED',
      'oversized data',
      'more than 128 KiB',
      transfer(alice, 0, { gasLimit: 16_000_000, data: new Uint8Array(131_072) }),
    ],
    ['NONCE_TOO_HIGH', 'nonce too high', 'a nonce 1,024 ahead', transfer(alice, 1_024)],
    [
      'INSUFFICIENT_FUNDS',
      'insufficient funds for gas * price + value',
      'more value than the account has',
      transfer(alice, 0, { value: 1_000n * ETHER }),
    ],
  ]
  for (const [code, text, what, transaction] of cases) {
    test(`${what} is refused`, async () => {
      const { pool } = setUp()
      await assert.rejects(pool.add(transaction), refused(code, text))
      assert.equal(pool.pendingCount + pool.queuedCount, 0)
    })
  }

  test('gas above the cap of a transaction is refused where the library lets it pass', async () => {
    const { pool } = setUp()
    const prague = createCommon({ chainId: 31_300n, hardfork: 'prague' })
    const fields = { gasLimit: 16_777_217, gasPrice: GWEI, to: bob.address }
    const transaction = createLegacyTx(fields, { common: prague }).sign(alice.key)
    await assert.rejects(
      pool.add(transaction),
      refused('GAS_ABOVE_CAP', 'transaction gas limit too high (cap: 16777216, tx: 16777217)'),
    )
  })

  test('init code above 48 KiB is refused where the library lets it pass', async () => {
    const { pool } = setUp()
    const fields = { gasLimit: 5_000_000, gasPrice: GWEI, data: new Uint8Array(49_153) }
    const options = { common, allowUnlimitedInitCodeSize: true }
    const transaction = createLegacyTx(fields, options).sign(alice.key)
    await assert.rejects(
      pool.add(transaction),
      refused('INIT_CODE_TOO_LARGE', 'max initcode size exceeded: code size 49153, limit 49152'),
    )
  })

  test('a signature that belongs to no account is refused', async () => {
    const { pool } = setUp()
    const groupOrder = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
    const signed = transfer(alice, 0).addSignature(0n, groupOrder, 1n)
    await assert.rejects(pool.add(signed), refused('INVALID_SIGNATURE', 'invalid sender'))
  })

  test('a transaction without a signature is refused', async () => {
    const { pool } = setUp()
    const unsigned = createLegacyTx({ gasLimit: 21_000, to: bob.address }, { common })
    await assert.rejects(pool.add(unsigned), refused('INVALID_SIGNATURE', 'invalid sender'))
  })

  test('a transaction without a chain id is taken only where the node says so', async () => {
    const preEIP155 = createCommon({ chainId: 31_300n, hardfork: 'homestead' })
    const fields = { gasLimit: 21_000, gasPrice: GWEI, to: bob.address }
    const old = createLegacyTx(fields, { common: preEIP155 }).sign(alice.key)
    const { r, s, v } = old
    const transaction = createLegacyTx({ ...fields, r, s, v }, { common })
    assert.equal(transaction.supports(Capability.EIP155ReplayProtection), false)
    await setUp().pool.add(transaction)
    await assert.rejects(
      setUp({ acceptUnprotected: false }).pool.add(transaction),
      refused('UNPROTECTED', 'only replay-protected (EIP-155) transactions allowed over RPC'),
    )
  })

  test('a gas limit above the block’s is refused', async () => {
    const { pool, chain } = setUp()
    const header = { ...chain.head.header, gasLimit: 20_999n }
    Object.defineProperty(chain, 'head', { value: { ...chain.head, header } })
    await assert.rejects(
      pool.add(transfer(alice, 0)),
      refused('GAS_ABOVE_BLOCK_LIMIT', 'exceeds block gas limit'),
    )
  })

  test('a fee below the node’s minimum is refused', async () => {
    const { pool } = setUp({ limits: { minimumFeePerGasWei: 11n * GWEI } })
    await assert.rejects(
      pool.add(transfer(alice, 0)),
      refused('FEE_TOO_LOW', 'transaction underpriced'),
    )
  })

  test('a used nonce is refused', async () => {
    const { pool, set } = setUp()
    set(alice.address, { nonce: 5n })
    await assert.rejects(
      pool.add(transfer(alice, 4)),
      refused('NONCE_TOO_LOW', 'nonce too low: next nonce 5, tx nonce 4'),
    )
  })

  test('the same transaction again is refused', async () => {
    const { pool } = setUp()
    await pool.add(transfer(alice, 0))
    await assert.rejects(pool.add(transfer(alice, 0)), refused('ALREADY_KNOWN', 'already known'))
  })

  test('of one transaction sent twice at once, one is taken', async () => {
    const { pool } = setUp()
    const results = await Promise.allSettled([
      pool.add(transfer(alice, 0)),
      pool.add(transfer(alice, 0)),
    ])
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    assert.equal(pool.pendingCount, 1)
  })

  test('funds are counted over all waiting transactions of the account', async () => {
    const { pool } = setUp()
    await pool.add(transfer(alice, 0, { value: 600n * ETHER }))
    await assert.rejects(
      pool.add(transfer(alice, 1, { value: 600n * ETHER })),
      refused('INSUFFICIENT_FUNDS', 'insufficient funds for gas * price + value'),
    )
    await pool.add(transfer(bob, 0, { value: 600n * ETHER }))
  })

  test('a contract cannot send (EIP-3607)', async () => {
    const { pool, set } = setUp()
    set(alice.address, { code: Uint8Array.of(0x60) })
    await assert.rejects(
      pool.add(transfer(alice, 0)),
      refused('SENDER_HAS_CODE', 'sender not an eoa'),
    )
  })

  test('an account that delegates to code sends, a few at a time', async () => {
    const { pool, set } = setUp()
    set(alice.address, { code: delegationTo(bob.address) })
    await addAll(
      pool,
      [0, 1, 2, 3].map((nonce) => transfer(alice, nonce)),
    )
    await assert.rejects(
      pool.add(transfer(alice, 4)),
      refused('DELEGATED_LIMIT', 'in-flight transaction limit reached for delegated accounts'),
    )
  })

  test('an account has a limited number of waiting transactions', async () => {
    const { pool } = setUp({ limits: { transactionsPerAccount: 2 } })
    await addAll(pool, [transfer(alice, 0), transfer(alice, 1)])
    await assert.rejects(pool.add(transfer(alice, 2)), refused('NONCE_TOO_HIGH', 'nonce too high'))
    assert.equal(pool.pendingCount, 2)
  })
})

describe('nonces', () => {
  test('a transaction waits for the nonces before it', async () => {
    const { pool } = setUp()
    await addAll(pool, [transfer(alice, 2), transfer(alice, 1)])
    assert.deepEqual([pool.pendingCount, pool.queuedCount], [0, 2])
    assert.equal(await pool.nextNonce(alice.address), 0n)
    assert.deepEqual(drain(pool), [])
    await pool.add(transfer(alice, 0))
    assert.deepEqual([pool.pendingCount, pool.queuedCount], [3, 0])
    assert.equal(await pool.nextNonce(alice.address), 3n)
  })

  test('the next nonce of an account without waiting transactions is the head’s', async () => {
    const { pool, set } = setUp()
    set(alice.address, { nonce: 7n })
    assert.equal(await pool.nextNonce(alice.address), 7n)
  })

  test('content tells pending from queued', async () => {
    const { pool } = setUp()
    const [first, third] = [transfer(alice, 0), transfer(alice, 2)]
    await addAll(pool, [first, third])
    assert.deepEqual(pool.content(), { pending: [first], queued: [third] })
    assert.equal(pool.get(third.hash()), third)
    assert.equal(pool.get(transfer(bob, 0).hash()), undefined)
  })
})

describe('replacement', () => {
  const fees = (cap: bigint, tip: bigint) => ({
    maxFeePerGas: cap,
    maxPriorityFeePerGas: tip,
    value: 1n,
  })

  test('takes ten percent more on both fees', async () => {
    const { pool } = setUp()
    await pool.add(transfer(alice, 0))
    for (const [cap, tip] of [
      [11n * GWEI, GWEI],
      [11n * GWEI - 1n, 2n * GWEI],
      [10n * GWEI, GWEI],
    ]) {
      await assert.rejects(
        pool.add(transfer(alice, 0, fees(cap!, tip!))),
        refused('REPLACEMENT_UNDERPRICED', 'replacement transaction underpriced'),
      )
    }
    const better = transfer(alice, 0, fees(11n * GWEI, (11n * GWEI) / 10n))
    await pool.add(better)
    assert.deepEqual(pool.content().pending, [better])
  })

  test('of a fee of nothing takes more than nothing', async () => {
    const { pool } = setUp()
    await pool.add(transfer(alice, 0, { maxFeePerGas: 0n, maxPriorityFeePerGas: 0n }))
    await assert.rejects(
      pool.add(transfer(alice, 0, fees(0n, 0n))),
      refused('REPLACEMENT_UNDERPRICED', 'replacement transaction underpriced'),
    )
    await pool.add(transfer(alice, 0, fees(1n, 1n)))
  })

  test('frees the funds of what it replaces', async () => {
    const { pool } = setUp()
    await pool.add(transfer(alice, 0, { value: 900n * ETHER }))
    await pool.add(transfer(alice, 0, { ...fees(20n * GWEI, 2n * GWEI), value: 950n * ETHER }))
    assert.equal(pool.pendingCount, 1)
  })

  test('keeps the later ones of the account pending', async () => {
    const { pool } = setUp()
    await addAll(pool, [transfer(alice, 0), transfer(alice, 1)])
    await pool.add(transfer(alice, 0, fees(20n * GWEI, 2n * GWEI)))
    assert.deepEqual([pool.pendingCount, pool.queuedCount], [2, 0])
  })
})

describe('what a block builder draws', () => {
  const tip = (gwei: bigint) => ({ maxFeePerGas: 100n * GWEI, maxPriorityFeePerGas: gwei * GWEI })

  test('comes by effective tip, then by arrival, each account in nonce order', async () => {
    const { pool } = setUp()
    const a0 = transfer(alice, 0, tip(1n))
    const a1 = transfer(alice, 1, tip(9n))
    const b0 = transfer(bob, 0, tip(3n))
    const c0 = transfer(carol, 0, tip(1n))
    await addAll(pool, [a1, a0, b0, c0])
    assert.deepEqual(drain(pool), [b0, a0, a1, c0])
  })

  test('counts what the base fee leaves of a tip', async () => {
    const { pool } = setUp()
    const squeezed = transfer(alice, 0, {
      maxFeePerGas: 12n * GWEI,
      maxPriorityFeePerGas: 9n * GWEI,
    })
    const steady = transfer(bob, 0, tip(3n))
    await addAll(pool, [squeezed, steady])
    assert.deepEqual(drain(pool, 0n), [squeezed, steady])
    assert.deepEqual(drain(pool, 10n * GWEI), [steady, squeezed])
  })

  test('leaves out what cannot pay the base fee, and what follows it', async () => {
    const { pool } = setUp()
    const rich = transfer(alice, 1, tip(1n))
    await addAll(pool, [legacyTransfer(alice, 0), rich])
    assert.deepEqual(drain(pool, 11n * GWEI), [])
    assert.equal(pool.pendingCount, 2)
  })

  test('leaves out an account whose next transaction does not fit', async () => {
    const { pool } = setUp()
    const large = transfer(alice, 0, { ...tip(5n), gasLimit: 50_000 })
    const small = transfer(bob, 0)
    await addAll(pool, [large, transfer(alice, 1), small])
    const source = pool.source(0n)
    assert.equal(source.next(49_999n), small)
    assert.equal(source.next(10n ** 9n), undefined)
  })

  test('drops a rejected transaction and holds its account’s later ones back', async () => {
    const { pool } = setUp()
    const [first, second] = [transfer(alice, 0, tip(5n)), transfer(alice, 1, tip(5n))]
    const other = transfer(bob, 0)
    await addAll(pool, [first, second, other])
    const source = pool.source(0n)
    assert.equal(source.next(10n ** 9n), first)
    source.reject(first, new Error('cannot be'))
    assert.equal(source.next(10n ** 9n), other)
    assert.equal(source.next(10n ** 9n), undefined)
    assert.deepEqual(pool.content(), { pending: [other], queued: [second] })
  })

  test('follows a replacement made while the block is built', async () => {
    const { pool } = setUp()
    const [first, second] = [transfer(alice, 0, tip(5n)), transfer(bob, 0)]
    await addAll(pool, [first, second])
    const source = pool.source(0n)
    assert.equal(source.next(10n ** 9n), first)
    const better = transfer(bob, 0, tip(2n))
    await pool.add(better)
    assert.equal(source.next(10n ** 9n), better)
    assert.equal(source.next(10n ** 9n), undefined)
  })
})

describe('a full pool', () => {
  const limits = { transactions: 3 }
  const cap = (gwei: bigint) => ({ maxFeePerGas: gwei * GWEI })

  test('lets the cheapest go for a better one', async () => {
    const { pool } = setUp({ limits })
    const cheap = transfer(bob, 0, cap(2n))
    await addAll(pool, [transfer(alice, 0), cheap, transfer(carol, 0)])
    const better = transfer(createSigner(9), 0, cap(3n))
    await pool.add(better)
    assert.equal(pool.get(cheap.hash()), undefined)
    assert.equal(pool.get(better.hash()), better)
    assert.equal(pool.pendingCount, 3)
  })

  test('refuses what offers no more than the cheapest', async () => {
    const { pool } = setUp({ limits })
    await addAll(pool, [transfer(alice, 0), transfer(bob, 0), transfer(carol, 0)])
    await assert.rejects(
      pool.add(transfer(createSigner(9), 0)),
      refused('POOL_FULL', 'txpool is full'),
    )
    assert.equal(pool.pendingCount, 3)
  })

  test('lets queued ones go first, whatever they offer', async () => {
    const { pool } = setUp({ limits })
    const gapped = transfer(alice, 5, cap(90n))
    await addAll(pool, [transfer(bob, 0, cap(2n)), gapped, transfer(carol, 0, cap(2n))])
    await pool.add(transfer(createSigner(9), 0, cap(2n)))
    assert.equal(pool.get(gapped.hash()), undefined)
    assert.deepEqual([pool.pendingCount, pool.queuedCount], [3, 0])
  })

  test('never lets a queued one push a pending one out', async () => {
    const { pool } = setUp({ limits })
    await addAll(pool, [
      transfer(alice, 0, cap(2n)),
      transfer(bob, 0, cap(2n)),
      transfer(carol, 0, cap(2n)),
    ])
    await assert.rejects(
      pool.add(transfer(createSigner(9), 1, cap(90n))),
      refused('POOL_FULL', 'txpool is full'),
    )
  })

  test('takes the last of the cheapest account, so that nothing is left behind a gap', async () => {
    const { pool } = setUp({ limits })
    const last = transfer(alice, 1, cap(50n))
    await addAll(pool, [transfer(alice, 0, cap(2n)), last, transfer(bob, 0)])
    await pool.add(transfer(carol, 0))
    assert.equal(pool.get(last.hash()), undefined)
    assert.deepEqual([pool.pendingCount, pool.queuedCount], [3, 0])
  })

  test('does not let an account push itself out', async () => {
    const { pool } = setUp({ limits })
    await addAll(pool, [transfer(alice, 0, cap(2n)), transfer(bob, 0), transfer(carol, 0)])
    await assert.rejects(
      pool.add(transfer(alice, 1, cap(90n))),
      refused('POOL_FULL', 'txpool is full'),
    )
  })

  test('counts bytes as well, and changes nothing when it refuses', async () => {
    const { pool } = setUp({ limits: { sizeBytes: 1_000 } })
    const filler = (signer: typeof alice, gwei: bigint) =>
      transfer(signer, 0, { ...cap(gwei), gasLimit: 100_000, data: new Uint8Array(300) })
    const [cheap, dear] = [filler(alice, 2n), filler(bob, 9n)]
    await addAll(pool, [cheap, dear])
    const large = transfer(carol, 0, { ...cap(5n), gasLimit: 100_000, data: new Uint8Array(800) })
    await assert.rejects(pool.add(large), refused('POOL_FULL', 'txpool is full'))
    assert.deepEqual(new Set(pool.content().pending), new Set([cheap, dear]))
    const fits = transfer(carol, 0, { ...cap(5n), gasLimit: 100_000, data: new Uint8Array(450) })
    await pool.add(fits)
    assert.deepEqual(new Set(pool.content().pending), new Set([dear, fits]))
  })
})

describe('following the chain', () => {
  test('what a block holds is gone, and what waited for it moves up', async () => {
    const { pool, extend } = setUp()
    const [a0, a1, a3] = [0, 1, 3].map((nonce) => transfer(alice, nonce))
    await addAll(pool, [a0!, a1!, a3!])
    pool.onHeadChange(extend([a0!]))
    assert.deepEqual(pool.content(), { pending: [a1], queued: [a3] })
    pool.onHeadChange(extend([a1!, transfer(alice, 2)]))
    assert.deepEqual(pool.content(), { pending: [a3], queued: [] })
    assert.equal(await pool.nextNonce(alice.address), 4n)
  })

  test('a nonce used by another transaction makes its own impossible', async () => {
    const { pool, extend } = setUp()
    await pool.add(transfer(alice, 0))
    pool.onHeadChange(extend([transfer(alice, 0, { value: 1n })]))
    assert.deepEqual(pool.content(), { pending: [], queued: [] })
  })

  test('transactions of undone blocks wait again', async () => {
    const { pool, extend, reorganize } = setUp()
    const [a0, a1, b0] = [transfer(alice, 0), transfer(alice, 1), transfer(bob, 0)]
    pool.onHeadChange(extend([a0]))
    pool.onHeadChange(extend([b0, a1]))
    pool.onHeadChange(reorganize(2))
    assert.deepEqual(new Set(pool.content().pending), new Set([a0, a1, b0]))
    assert.equal(await pool.nextNonce(alice.address), 2n)
    assert.deepEqual(drain(pool), [a0, b0, a1])
  })

  test('unless the new blocks hold them, or another with their nonce', async () => {
    const { pool, extend, reorganize } = setUp()
    const [a0, a1, b0] = [transfer(alice, 0), transfer(alice, 1), transfer(bob, 0)]
    pool.onHeadChange(extend([a0, b0]))
    pool.onHeadChange(extend([a1]))
    pool.onHeadChange(reorganize(2, [[transfer(bob, 0, { value: 1n })], [a0]]))
    assert.deepEqual(pool.content(), { pending: [a1], queued: [] })
  })

  test('what an undone transfer paid for is dropped', async () => {
    const { pool, set, extend, reorganize } = setUp()
    set(alice.address, { balance: 0n })
    const change = extend()
    set(alice.address, { balance: ETHER })
    pool.onHeadChange(change)
    await pool.add(transfer(alice, 0))
    await pool.add(transfer(bob, 0))
    pool.onHeadChange(reorganize(1))
    assert.equal(await pool.nextNonce(alice.address), 0n)
    assert.equal(pool.pendingCount, 1)
  })

  test('what a delegated account can no longer pay is dropped, the last ones first', async () => {
    const { pool, set, extend } = setUp()
    set(alice.address, { code: delegationTo(bob.address) })
    const [first, second] = [0, 1].map((nonce) => transfer(alice, nonce, { value: ETHER }))
    await addAll(pool, [first!, second!])
    const change = extend()
    set(alice.address, { balance: 2n * ETHER })
    pool.onHeadChange(change)
    await pool.nextNonce(bob.address)
    assert.deepEqual(pool.content(), { pending: [first], queued: [] })
  })

  test('an authorization in a block uses up its account’s nonce', async () => {
    const { pool, set, extend } = setUp()
    const [first, second] = [transfer(alice, 0), transfer(alice, 1)]
    await addAll(pool, [first, second])
    const change = extend([delegating(bob, 0, alice, 0)])
    set(alice.address, { nonce: 1n, code: delegationTo(carol.address) })
    pool.onHeadChange(change)
    assert.equal(await pool.nextNonce(alice.address), 2n)
    assert.deepEqual(pool.content(), { pending: [second], queued: [] })
  })

  test('a snapshot brings the content back', async () => {
    const { pool, extend, reorganize } = setUp()
    const [a0, a2, b0] = [transfer(alice, 0), transfer(alice, 2), transfer(bob, 0)]
    await addAll(pool, [b0, a0, a2])
    const snapshot = pool.snapshot()
    pool.onHeadChange(extend([a0, b0]))
    await pool.add(transfer(carol, 0))
    pool.onHeadChange(reorganize(1))
    await pool.restore(snapshot)
    assert.deepEqual(new Set(pool.content().pending), new Set([a0, b0]))
    assert.deepEqual(pool.content().queued, [a2])
    assert.deepEqual(drain(pool), [b0, a0])
  })
})

describe('listeners', () => {
  test('hear of what is added until they stop', async () => {
    const { pool } = setUp()
    const heard: TypedTransaction[] = []
    const stop = pool.onAdded((transaction) => heard.push(transaction))
    const [first, second] = [transfer(alice, 0), transfer(alice, 1)]
    await pool.add(first)
    await pool.add(first).catch(() => {})
    stop()
    await pool.add(second)
    assert.deepEqual(
      heard.map((tx) => bytesToHex(tx.hash())),
      [bytesToHex(first.hash())],
    )
  })
})
