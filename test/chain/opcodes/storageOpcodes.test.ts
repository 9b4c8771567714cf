import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createBlock } from '@ethereumjs/block'
import {
  type Address,
  bigIntToBytes,
  bytesToBigInt,
  concatBytes,
  setLengthLeft,
} from '@ethereumjs/util'
import type { WorldState } from '../../../src/chain/state/worldState.ts'
import { systemContractAddress } from '../../../src/protocol/addresses.ts'
import { STORAGE_OPCODES } from '../../../src/protocol/opcodes.ts'
import {
  bucketKey,
  heftKey,
  streamKey,
  streamMayUpdateKey,
  streamVersionKeys,
} from '../../../src/protocol/slots.ts'
import {
  decodeStreamWord,
  encodeBucketWord,
  encodeStreamWord,
  STREAM_STATUS,
  type StreamWord,
} from '../../../src/protocol/words.ts'
import {
  address,
  code,
  common,
  createState,
  machineOn,
  putSlot,
} from '../../helpers/stateFixture.ts'

const OWNER = address(0xaa)
const ID = concatBytes(OWNER.bytes, new Uint8Array(12).fill(7))
const NOW = 1_000_000n
const GAS = 1_000_000n

const word = (value: bigint): Uint8Array => setLengthLeft(bigIntToBytes(value), 32)
const asWord = (account: Address): bigint => bytesToBigInt(account.bytes)

interface Run {
  error: string | undefined
  words: bigint[]
  gasUsed: bigint
  logs: [Uint8Array, Uint8Array[], Uint8Array][]
}

/** Runs an opcode on operands given from the top of the stack down, and returns the words it leaves. */
async function run(
  state: WorldState,
  name: keyof typeof STORAGE_OPCODES,
  operands: bigint[],
  { to = address(0xee), caller = address(0xcc), isStatic = false, gasLimit = GAS, repeat = 1 } = {},
): Promise<Run> {
  const { byte, outputs } = STORAGE_OPCODES[name]
  const once = (at: number): string =>
    Array.from(
      { length: outputs },
      (_, i) => `61${(at + 32 * i).toString(16).padStart(4, '0')}52`,
    ).join('')
  const body = Array.from({ length: repeat }, () => [
    ...[...operands].reverse(),
    byte.toString(16),
    once(0),
  ]).flat()
  const program = code(...body, `61${(32 * outputs).toString(16).padStart(4, '0')}5ff3`)
  const block = createBlock({ header: { timestamp: NOW, number: 1n } }, { common })
  const result = await machineOn(state).evm.runCode({
    code: program,
    to,
    caller,
    gasLimit,
    isStatic,
    block,
  })
  const words: bigint[] = []
  for (let i = 0; i < result.returnValue.length; i += 32) {
    words.push(bytesToBigInt(result.returnValue.subarray(i, i + 32)))
  }
  return {
    error: result.exceptionError?.error,
    words,
    gasUsed: result.executionGasUsed,
    logs: result.logs ?? [],
  }
}

const bucket = {
  sizeBytes: 3_000_000_000n,
  usedBytes: 1_500_000_000n,
  startTime: NOW - 100n,
  endTime: NOW + 900n,
  backups: 7n,
}

async function stateWithBucket(values = bucket): Promise<WorldState> {
  const state = await createState()
  await putSlot(state, 'StorageMarket', bucketKey(ID), encodeBucketWord(values))
  return state
}

const BUCKET_FACTS = [
  ['STORAGE_GAS', 1_000n],
  ['STORAGE_GAS_USED', 1_500_000_000n],
  ['STORAGE_GAS_PRICE', 7n],
  ['SSIZE', 3_000_000_000n],
] as const

describe('the bucket opcodes', () => {
  for (const [name, expected] of BUCKET_FACTS) {
    test(`${name} reads its fact of a running bucket`, async () => {
      const { words } = await run(await stateWithBucket(), name, [asWord(OWNER), bytesToBigInt(ID)])
      assert.deepEqual(words, [expected])
    })

    test(`${name} reads 0 from the end time on`, async () => {
      const state = await stateWithBucket({ ...bucket, endTime: NOW })
      const { words } = await run(state, name, [asWord(OWNER), bytesToBigInt(ID)])
      assert.deepEqual(words, [0n])
    })

    test(`${name} reads 0 for a bucket that does not exist`, async () => {
      const { words } = await run(await createState(), name, [asWord(OWNER), bytesToBigInt(ID)])
      assert.deepEqual(words, [0n])
    })

    test(`${name} reads 0 when the account is not the id's owner`, async () => {
      const operands = [asWord(address(0xab)), bytesToBigInt(ID)]
      const { words } = await run(await stateWithBucket(), name, operands)
      assert.deepEqual(words, [0n])
    })

    test(`${name} takes the account's low 20 bytes, as other opcodes do`, async () => {
      const dirty = asWord(OWNER) + (1n << 200n)
      const { words } = await run(await stateWithBucket(), name, [dirty, bytesToBigInt(ID)])
      assert.deepEqual(words, [expected])
    })

    test(`${name} costs a cold SLOAD first and a warm one after (EIP-2929)`, async () => {
      const state = await stateWithBucket()
      const operands = [asWord(OWNER), bytesToBigInt(ID)]
      const once = await run(state, name, operands)
      const twice = await run(state, name, operands, { repeat: 2 })
      const frame = 3n * 3n + 3n + 3n // three pushes, the store, one word of memory
      assert.equal(once.gasUsed, frame + 2_100n + 3n + 2n)
      assert.equal(twice.gasUsed - once.gasUsed, 100n + 3n * 3n + 3n)
    })
  }
})

test('SENTINEL_HEFT reads the heft of an account, 0 for one without', async () => {
  const state = await createState()
  await putSlot(state, 'Heft', heftKey(OWNER), word(12_345n))
  assert.deepEqual((await run(state, 'SENTINEL_HEFT', [asWord(OWNER)])).words, [12_345n])
  assert.deepEqual((await run(state, 'SENTINEL_HEFT', [1n])).words, [0n])
})

describe('DATAVERSIONREAD', () => {
  const operands = [asWord(OWNER), bytesToBigInt(ID), 3n]

  test('gives the status on top and eight (account, amount) pairs under it', async () => {
    const state = await createState()
    const keys = streamVersionKeys(ID, 3n)
    for (const [i, key] of keys.entries()) await putSlot(state, 'Streams', key, word(BigInt(i + 1)))
    const { words } = await run(state, 'DATAVERSIONREAD', operands)
    assert.deepEqual(
      words,
      Array.from({ length: 17 }, (_, i) => BigInt(i + 1)),
    )
  })

  test('gives zeros for an unknown version, at the price of one slot', async () => {
    const { words, gasUsed } = await run(await createState(), 'DATAVERSIONREAD', operands)
    assert.deepEqual(words, Array(17).fill(0n))
    assert.ok(gasUsed > 2_100n && gasUsed < 2 * 2_100)
  })

  test('gives zeros for another account’s stream', async () => {
    const state = await createState()
    await putSlot(state, 'Streams', streamVersionKeys(ID, 3n)[0]!, word(1n))
    const { words } = await run(state, 'DATAVERSIONREAD', [
      asWord(address(1)),
      ...operands.slice(1),
    ])
    assert.deepEqual(words, Array(17).fill(0n))
  })

  test('fails before it pays when the stack has no room for its words', async () => {
    const fill = '5f'.repeat(1_024 - 3 - 13)
    const program = code(fill, 3n, bytesToBigInt(ID), asWord(OWNER), '21')
    const result = await machineOn(await createState()).evm.runCode({
      code: program,
      gasLimit: GAS,
    })
    assert.equal(result.exceptionError?.error, 'stack overflow')
  })
})

describe('DATAVERSIONUPDATE', () => {
  const operands = [asWord(OWNER), bytesToBigInt(ID)]
  const open: StreamWord = { headVersion: 4n, requestedVersion: 0n, status: STREAM_STATUS.open }

  const stateWithStream = async (stream = open): Promise<WorldState> => {
    const state = await createState()
    await putSlot(state, 'Streams', streamKey(ID), encodeStreamWord(stream))
    return state
  }
  const requested = async (state: WorldState): Promise<bigint> =>
    decodeStreamWord(await state.getStorage(systemContractAddress('Streams'), streamKey(ID)))
      .requestedVersion

  test('lets the owner ask for the next version, with an event', async () => {
    const state = await stateWithStream()
    const { words, logs } = await run(state, 'DATAVERSIONUPDATE', operands, { to: OWNER })
    assert.deepEqual(words, [1n])
    assert.equal(await requested(state), 5n)
    assert.equal(logs.length, 1)
    assert.deepEqual(logs[0]![0], systemContractAddress('Streams').bytes)
    assert.deepEqual(logs[0]![1][1], ID)
    assert.equal(bytesToBigInt(logs[0]![2]), 5n)
  })

  test('lets a named account ask, and nobody else', async () => {
    const state = await stateWithStream()
    const friend = address(0xf1)
    await putSlot(state, 'Streams', streamMayUpdateKey(ID, friend), word(1n))
    const stranger = await run(state, 'DATAVERSIONUPDATE', operands, { to: address(0xf2) })
    assert.deepEqual([stranger.words, await requested(state)], [[0n], 0n])
    const named = await run(state, 'DATAVERSIONUPDATE', operands, { to: friend })
    assert.deepEqual([named.words, await requested(state)], [[1n], 5n])
  })

  test('takes the caller of StorageView as the one who asks', async () => {
    const view = systemContractAddress('StorageView')
    const byOwner = await stateWithStream()
    const asked = await run(byOwner, 'DATAVERSIONUPDATE', operands, { to: view, caller: OWNER })
    assert.deepEqual(asked.words, [1n])
    const byOther = await stateWithStream()
    const refused = await run(byOther, 'DATAVERSIONUPDATE', operands, { to: view })
    assert.deepEqual(refused.words, [0n])
  })

  for (const status of ['none', 'frozen', 'settled'] as const) {
    test(`gives 0 and writes nothing when the stream is ${status}`, async () => {
      const state = await stateWithStream({ ...open, status: STREAM_STATUS[status] })
      const { words, logs } = await run(state, 'DATAVERSIONUPDATE', operands, { to: OWNER })
      assert.deepEqual([words, logs, await requested(state)], [[0n], [], 0n])
    })
  }

  test('fails under STATICCALL and writes nothing', async () => {
    const state = await stateWithStream()
    const { error } = await run(state, 'DATAVERSIONUPDATE', operands, { to: OWNER, isStatic: true })
    assert.equal(error, 'static state change')
    assert.equal(await requested(state), 0n)
  })

  test('cannot write with the gas of a plain transfer (EIP-2200)', async () => {
    const state = await stateWithStream()
    const { error } = await run(state, 'DATAVERSIONUPDATE', operands, {
      to: OWNER,
      gasLimit: 2_300n,
    })
    assert.equal(error, 'out of gas')
    assert.equal(await requested(state), 0n)
  })

  test('costs two cold reads, a first change of a slot and a log', async () => {
    const { gasUsed } = await run(await stateWithStream(), 'DATAVERSIONUPDATE', operands, {
      to: OWNER,
    })
    const frame = 3n * 3n + 3n + 3n + 3n + 2n
    assert.equal(gasUsed, frame + 2n * 2_100n + 2_900n + 375n + 3n * 375n + 32n * 8n)
  })
})

test('every opcode underflows cleanly, whatever it finds on the stack', async () => {
  for (const { byte, inputs } of Object.values(STORAGE_OPCODES)) {
    for (let height = 0; height < inputs; height++) {
      const program = code('5f'.repeat(height), byte.toString(16))
      const evm = machineOn(await createState()).evm
      const result = await evm.runCode({ code: program, gasLimit: GAS })
      assert.equal(result.exceptionError?.error, 'stack underflow', `0x${byte.toString(16)}`)
      assert.equal(result.executionGasUsed, GAS)
    }
  }
})

test('the bytes are invalid where the opcodes are off, as on Ethereum', async () => {
  for (const { byte } of Object.values(STORAGE_OPCODES)) {
    const evm = machineOn(await createState(), false).evm
    const result = await evm.runCode({ code: code('5f5f5f', byte.toString(16)), gasLimit: GAS })
    assert.equal(result.exceptionError?.error, 'invalid opcode')
  }
})

test('traces show the opcodes under their mnemonics', async () => {
  const seen: string[] = []
  const { evm } = machineOn(await createState())
  evm.events.on('step', ({ opcode }) => seen.push(opcode.name))
  for (const { byte } of Object.values(STORAGE_OPCODES)) {
    await evm.runCode({ code: code('5f5f5f', byte.toString(16)), gasLimit: GAS })
  }
  for (const name of Object.keys(STORAGE_OPCODES)) assert.ok(seen.includes(name), name)
})
