import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type Block, createBlock, type HeaderData } from '@ethereumjs/block'
import { bytesToHex, createAddressFromString, equalsBytes } from '@ethereumjs/util'
import { decodeBlock } from '../../src/chain/blockCodec.ts'
import { DATABASE_KEYS, databaseKey } from '../../src/chain/databaseKeys.ts'
import { ChainError } from '../../src/chain/errors.ts'
import { openChain } from '../../src/chain/openChain.ts'
import { createDevnetValidatorKeys } from '../../src/node/devnet/validator.ts'
import { createCommon } from '../../src/protocol/common.ts'
import { readGenesis } from '../../src/protocol/genesis.ts'
import { decodeHeaderExtra, encodeHeaderExtra } from '../../src/protocol/header.ts'
import { NETWORKS } from '../../src/protocol/networks.ts'
import { createBoundedCache } from '../../src/util/boundedCache.ts'
import { createMemoryStore, type KeyValueStore } from '../../src/util/keyValueStore.ts'
import { balanceOf, startTestDevnet, type TestDevnet } from '../helpers/devnet.ts'

const FRIEND = '0x00000000000000000000000000000000000c0ffe'

const refusal = (code: string) => (error: unknown) =>
  error instanceof ChainError && error.code === code

/** A block like another but for some header fields, sealed anew by the devnet's validator. */
function forge(devnet: TestDevnet, block: Block, header: HeaderData) {
  const { chain } = devnet.node
  const forged = createBlock(
    { ...block, header: { ...block.header, ...header }, transactions: block.transactions },
    { common: chain.common, skipConsensusFormatValidation: true },
  )
  return { forged, seal: sealOf(devnet, forged) }
}

function sealOf(devnet: TestDevnet, block: Block) {
  const { chain } = devnet.node
  const keys = createDevnetValidatorKeys(chain.network, chain.genesis.hash())
  const { slot } = decodeHeaderExtra(block.header.extraData)
  return { signature: keys.sealBlock(block.hash()), reveal: keys.reveal(slot) }
}

test('a block that was built verifies, from its bytes, along the same path', async () => {
  await using devnet = await startTestDevnet()
  await devnet.send(0, { to: FRIEND, value: 5n })
  const { chain } = devnet.node
  const head = chain.head
  const decoded = decodeBlock(head.serialize(), chain.common)
  const executed = await chain.verify(decoded, chain.sealOf(head.hash())!)
  assert.deepEqual(executed.block.hash(), head.hash())
  assert.deepEqual(executed.state.root(), head.header.stateRoot)
})

test('headers have Ethereum’s form, and 32 bytes of extraData with slot and inspections', async () => {
  await using devnet = await startTestDevnet()
  await devnet.send(0, { to: FRIEND })
  await devnet.control.mine()
  const { header } = devnet.node.chain.head
  assert.equal(header.difficulty, 0n)
  assert.equal(bytesToHex(header.nonce), '0x0000000000000000')
  assert.equal(header.extraData.length, 32)
  assert.deepEqual(decodeHeaderExtra(header.extraData), { slot: 2n, totalInspections: 0n })
  assert.notDeepEqual(header.mixHash, devnet.node.chain.blockByNumber(1n)!.header.mixHash)
})

describe('a forged block is refused and leaves no trace', () => {
  const FORGERIES: [string, HeaderData, string][] = [
    ['another state root', { stateRoot: new Uint8Array(32).fill(1) }, 'ROOT_MISMATCH'],
    ['another receipts root', { receiptTrie: new Uint8Array(32).fill(1) }, 'ROOT_MISMATCH'],
    ['another gas used', { gasUsed: 21_001n }, 'ROOT_MISMATCH'],
    ['a bloom with a bit more', { logsBloom: new Uint8Array(256).fill(1) }, 'ROOT_MISMATCH'],
    ['another base fee', { baseFeePerGas: 1n }, 'INVALID_HEADER'],
    ['another gas limit', { gasLimit: 30_000_001n }, 'INVALID_HEADER'],
    ['its parent’s time', { timestamp: 0n }, 'INVALID_HEADER'],
    ['another number', { number: 7n }, 'INVALID_HEADER'],
    ['number 0', { number: 0n }, 'INVALID_HEADER'],
    [
      'a skipped slot',
      { extraData: encodeHeaderExtra({ slot: 9n, totalInspections: 0n }) },
      'INVALID_HEADER',
    ],
    [
      'inspections nobody made',
      { extraData: encodeHeaderExtra({ slot: 1n, totalInspections: 5n }) },
      'ROOT_MISMATCH',
    ],
    ['short extraData', { extraData: new Uint8Array(31) }, 'INVALID_HEADER'],
    ['a beacon root', { parentBeaconBlockRoot: new Uint8Array(32).fill(1) }, 'INVALID_HEADER'],
    ['a mix not made from the reveal', { mixHash: new Uint8Array(32).fill(1) }, 'INVALID_SEAL'],
    ['fees for a stranger', { coinbase: FRIEND }, 'INVALID_SEAL'],
    ['an unknown parent', { parentHash: new Uint8Array(32).fill(1) }, 'UNKNOWN_PARENT'],
  ]

  for (const [what, header, code] of FORGERIES) {
    test(what, async () => {
      await using devnet = await startTestDevnet()
      await devnet.send(0, { to: FRIEND, value: 5n })
      const { chain } = devnet.node
      const genuine = chain.head
      await chain.rewind(chain.genesis)
      const { forged, seal } = forgeOrKeepSlot(devnet, genuine, header)
      await assert.rejects(chain.verify(forged, seal), refusal(code))
      assert.equal(await balanceOf(devnet, createAddressFromString(FRIEND)), 0n)
      const again = await chain.verify(genuine, sealOf(devnet, genuine))
      await chain.commit(again, sealOf(devnet, genuine))
      assert.equal(await balanceOf(devnet, createAddressFromString(FRIEND)), 5n)
    })
  }

  const forgeOrKeepSlot = (devnet: TestDevnet, block: Block, header: HeaderData) => {
    if ((header.extraData as Uint8Array | undefined)?.length === 31) {
      const { forged } = { forged: block }
      const short = createBlock(
        { header: { ...forged.header, ...header }, transactions: forged.transactions },
        { common: devnet.node.chain.common },
      )
      return { forged: short, seal: sealOf(devnet, block) }
    }
    return forge(devnet, block, header)
  }
})

describe('a seal is refused', () => {
  const setUp = async () => {
    const devnet = await startTestDevnet()
    await devnet.send(0, { to: FRIEND })
    const block = devnet.node.chain.head
    return { devnet, block, seal: sealOf(devnet, block) }
  }

  test('when another key signed', async () => {
    const { devnet, block, seal } = await setUp()
    const signature = Uint8Array.from(seal.signature)
    signature[5]! ^= 1
    await assert.rejects(
      devnet.node.chain.verify(block, { ...seal, signature }),
      refusal('INVALID_SEAL'),
    )
    await devnet.node.close()
  })

  test('when the signature is made malleable by a high s', async () => {
    const { devnet, block, seal } = await setUp()
    const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
    const s = ORDER - BigInt(bytesToHex(seal.signature.subarray(32, 64)))
    const signature = Uint8Array.from(seal.signature)
    signature.set(Buffer.from(s.toString(16).padStart(64, '0'), 'hex'), 32)
    signature[64]! ^= 1
    await assert.rejects(
      devnet.node.chain.verify(block, { ...seal, signature }),
      refusal('INVALID_SEAL'),
    )
    await devnet.node.close()
  })

  test('when the reveal is another slot’s', async () => {
    const { devnet, block, seal } = await setUp()
    const { chain } = devnet.node
    const keys = createDevnetValidatorKeys(chain.network, chain.genesis.hash())
    await assert.rejects(
      chain.verify(block, { ...seal, reveal: keys.reveal(99n) }),
      refusal('INVALID_SEAL'),
    )
    await devnet.node.close()
  })

  test('when it was made for another chain', async () => {
    const { devnet, block } = await setUp()
    const { chain } = devnet.node
    const keys = createDevnetValidatorKeys(chain.network, new Uint8Array(32))
    const foreign = { signature: keys.sealBlock(block.hash()), reveal: keys.reveal(1n) }
    await assert.rejects(chain.verify(block, foreign), refusal('INVALID_SEAL'))
    await devnet.node.close()
  })
})

test('a block that does not follow the head cannot be committed', async () => {
  await using devnet = await startTestDevnet()
  await devnet.send(0, { to: FRIEND })
  const { chain } = devnet.node
  const executed = await chain.verify(chain.head, chain.sealOf(chain.head.hash())!)
  await assert.rejects(
    chain.commit(executed, chain.sealOf(chain.head.hash())!),
    refusal('NOT_NEXT'),
  )
})

test('a rewind takes transactions and numbers off the canonical chain and keeps the blocks', async () => {
  await using devnet = await startTestDevnet()
  await devnet.send(0, { to: FRIEND, value: 1n })
  const kept = devnet.node.chain.head
  await devnet.send(0, { to: FRIEND, value: 2n })
  const { chain } = devnet.node
  const undone = chain.head
  const changes: string[] = []
  chain.onHead(({ removed, added }) => changes.push(`-${removed.length}+${added.length}`))
  await chain.rewind(kept)
  assert.deepEqual(changes, ['-1+0'])
  assert.equal(chain.head, kept)
  assert.equal(chain.blockByNumber(2n), undefined)
  assert.equal(chain.findTransaction(undone.transactions[0]!.hash()), undefined)
  assert.ok(chain.blockByHash(undone.hash()))
  assert.equal(chain.isCanonical(undone), false)
  assert.equal(await balanceOf(devnet, createAddressFromString(FRIEND)), 1n)
  await assert.rejects(chain.rewind(undone), refusal('NOT_AN_ANCESTOR'))
})

/** Code that stores BLOCKHASH(1) in slot 0: PUSH1 1, BLOCKHASH, PUSH0, SSTORE. */
const STORE_HASH_OF_1 = '0x6001405f5500'

test('BLOCKHASH on a side branch is the branch’s own, not the canonical chain’s', async () => {
  await using devnet = await startTestDevnet()
  const { chain } = devnet.node
  await devnet.send(0, { to: FRIEND, value: 1n })
  await devnet.send(0, { data: STORE_HASH_OF_1 })
  const [side1, side2] = [chain.blockByNumber(1n)!, chain.blockByNumber(2n)!]
  const expected = side2.header.stateRoot
  await chain.rewind(chain.genesis)
  await devnet.node.pool.restore([])
  await devnet.send(1, { to: FRIEND, value: 9n })
  await devnet.send(1, { to: FRIEND, value: 9n })
  assert.ok(!equalsBytes(chain.blockByNumber(1n)!.hash(), side1.hash()))
  const executed = await chain.verify(side2, sealOf(devnet, side2))
  assert.deepEqual(executed.state.root(), expected)
})

test('parent hashes, slots and beacon values are readable by contracts of later blocks', async () => {
  await using devnet = await startTestDevnet()
  await devnet.control.mine({ blocks: 3 })
  const { chain } = devnet.node
  const state = chain.stateOf(chain.head)
  const beacon = createAddressFromString('0x6000000000000000000000000000000000000006')
  const history = createAddressFromString('0x0000F90827F1C53a10cb7A02335B175320002935')
  const key = (n: number): Uint8Array =>
    Uint8Array.from({ length: 32 }, (_, i) => (i === 31 ? n : 0))
  assert.deepEqual(await state.getStorage(beacon, key(0)), Uint8Array.of(3))
  assert.deepEqual(
    await state.getStorage(beacon, key(1 + 2 * 2 + 1)),
    chain.blockByNumber(2n)!.header.mixHash,
  )
  assert.deepEqual(await state.getStorage(history, key(1)), chain.blockByNumber(1n)!.hash())
})

describe('a chain on disk', () => {
  const inDirectory = async (work: (directory: string) => Promise<void>): Promise<void> => {
    const directory = await mkdtemp(join(tmpdir(), 'genaro-chain-'))
    try {
      await work(directory)
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  }

  test('is found as it was', () =>
    inDirectory(async (dataDirectory) => {
      const first = await startTestDevnet({ dataDirectory })
      const hash = (await first.sign(0, { to: FRIEND, value: 7n })).hash()
      await first.send(0, { to: FRIEND, value: 7n })
      const head = first.node.chain.head.hash()
      await first.node.close()
      await using second = await startTestDevnet({ dataDirectory })
      const { chain } = second.node
      assert.deepEqual(chain.head.hash(), head)
      assert.equal(second.receiptOf(hash)?.status, 1)
      assert.equal(await balanceOf(second, createAddressFromString(FRIEND)), 7n)
      assert.ok(chain.sealOf(head))
      await second.send(0, { to: FRIEND, value: 1n })
      assert.equal(chain.head.header.number, 2n)
    }))

  test('is not opened as another chain', () =>
    inDirectory(async (dataDirectory) => {
      await (await startTestDevnet({ dataDirectory })).node.close()
      await assert.rejects(startTestDevnet({ dataDirectory, chainId: 5n }), refusal('OTHER_CHAIN'))
      await assert.rejects(startTestDevnet({ dataDirectory, accounts: 3 }), refusal('OTHER_CHAIN'))
      await (await startTestDevnet({ dataDirectory })).node.close()
    }))

  test('keeps the time the developer moved to', () =>
    inDirectory(async (dataDirectory) => {
      const first = await startTestDevnet({ dataDirectory })
      await first.control.increaseTime(1_000_000n)
      await first.node.close()
      await using second = await startTestDevnet({ dataDirectory })
      await second.control.mine()
      const ahead = second.node.chain.head.header.timestamp - BigInt(Math.floor(Date.now() / 1000))
      assert.ok(ahead > 999_000n)
    }))
})

test('the cache of blocks forgets the oldest by weight', () => {
  const cache = createBoundedCache<number>({ maxWeight: 10, weigh: (value) => value })
  cache.set('a', 4)
  cache.set('b', 4)
  assert.equal(cache.get('a'), 4)
  cache.set('c', 4)
  assert.deepEqual([cache.get('a'), cache.get('b'), cache.get('c')], [4, undefined, 4])
  cache.set('d', 50)
  assert.deepEqual([cache.get('a'), cache.get('d')], [undefined, 50])
})

test('the point evaluation precompile answers, and refuses a false opening (EIP-4844)', async () => {
  await using devnet = await startTestDevnet()
  // The commitment and proof of the zero polynomial at z = 0, y = 0: both the point at infinity.
  const infinity = `c0${'00'.repeat(47)}`
  const versionedHash = '010657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014'
  const input = (y: string): string =>
    `0x${versionedHash}${'00'.repeat(32)}${y}${infinity}${infinity}`
  const to = '0x000000000000000000000000000000000000000a'
  assert.equal((await devnet.send(0, { to, data: input('00'.repeat(32)) })).status, 1)
  assert.equal((await devnet.send(0, { to, data: input(`${'00'.repeat(31)}01`) })).status, 0)
})

test('a block whose time or slot is not after its parent’s is not even built', async () => {
  await using devnet = await startTestDevnet()
  await devnet.control.mine()
  const { chain } = devnet.node
  const none = { next: () => undefined, reject: () => {} }
  const keys = createDevnetValidatorKeys(chain.network, chain.genesis.hash())
  const plan = {
    parent: chain.head,
    slot: 2n,
    timestamp: chain.head.header.timestamp,
    coinbase: keys.address,
    reveal: keys.reveal(2n),
  }
  await assert.rejects(chain.build(plan, none), refusal('INVALID_HEADER'))
  const later = { ...plan, timestamp: plan.timestamp + 1n }
  await assert.rejects(chain.build({ ...later, slot: 3n }, none), refusal('INVALID_HEADER'))
  assert.equal((await chain.build(later, none)).block.header.number, 2n)
})

describe('a damaged database', () => {
  const damaged = async (damage: (store: KeyValueStore, head: Uint8Array) => Promise<void>) => {
    const store = createMemoryStore()
    const keep = { ...store, close: async () => {} }
    const network = NETWORKS.devnet
    const genesis = readGenesis('devnet')
    const chain = await openChain({ network, genesis, store: keep })
    const keys = createDevnetValidatorKeys(network, chain.genesis.hash())
    const none = { next: () => undefined, reject: () => {} }
    const plan = {
      parent: chain.head,
      slot: 1n,
      timestamp: chain.head.header.timestamp + 1n,
      coinbase: keys.address,
      reveal: keys.reveal(1n),
    }
    const executed = await chain.build(plan, none)
    const seal = { signature: keys.sealBlock(executed.block.hash()), reveal: plan.reveal }
    await chain.commit(executed, seal)
    await damage(store, chain.head.hash())
    return () => openChain({ network, genesis, store: keep })
  }
  const change = (kind: number, suffix: Uint8Array, value: Uint8Array | undefined) =>
    damaged((store) => store.write([{ key: databaseKey(kind, suffix), value }]))

  test('is refused, not begun anew, when only its genesis is gone', async () => {
    const reopen = await change(DATABASE_KEYS.canonical, new Uint8Array(8), undefined)
    await assert.rejects(reopen(), refusal('CORRUPT_DATABASE'))
  })

  test('is refused when the head block is gone, is another, or does not decode', async () => {
    for (const value of [undefined, Uint8Array.of(0xc0), new Uint8Array(0)]) {
      const reopen = await damaged((store, head) =>
        store.write([{ key: databaseKey(DATABASE_KEYS.block, head), value }]),
      )
      await assert.rejects(reopen(), refusal('CORRUPT_DATABASE'))
    }
  })

  test('is refused when the head’s state is gone', async () => {
    const reopen = await damaged(async (store, head) => {
      const bytes = store.get(databaseKey(DATABASE_KEYS.block, head))!
      const common = createCommon({ chainId: NETWORKS.devnet.chainId })
      const { stateRoot } = decodeBlock(bytes, common).header
      await store.write([{ key: databaseKey(DATABASE_KEYS.trieNode, stateRoot), value: undefined }])
    })
    await assert.rejects(reopen(), refusal('CORRUPT_DATABASE'))
  })
})
