import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { type Address, bytesToBigInt, concatBytes, hexToBytes } from '@ethereumjs/util'
import { systemContractAddress } from '../../src/protocol/addresses.ts'
import { encodeBucketId } from '../../src/protocol/bucketId.ts'
import { DAY_SECONDS, GB, GNX, MONTH_SECONDS } from '../../src/protocol/params.ts'
import {
  bucketKey,
  heftKey,
  streamKey,
  streamMayUpdateKey,
  streamVersionKeys,
} from '../../src/protocol/slots.ts'
import { systemContractInterface } from '../../src/protocol/systemContracts.ts'
import { encodeBucketWord, encodeStreamWord, STREAM_STATUS } from '../../src/protocol/words.ts'
import {
  ALICE,
  assertReverted,
  BOB,
  ContractBench,
  checksum,
  encodeCall,
  eventNames,
  type Target,
} from '../helpers/contractBench.ts'
import { compileFixture } from '../helpers/fixtureContracts.ts'

const VIEW = systemContractInterface('StorageView')
const TAG = hexToBytes(`0x${'0b'.repeat(12)}`)
const ID = encodeBucketId({ owner: ALICE, tag: TAG })
const ID_BYTES = hexToBytes(ID)
const probeSource = compileFixture('DStorageProbe')
const BUCKET = { sizeBytes: 3n * GB, usedBytes: 2n * GB, backups: 7n }
const TERM = 100n * DAY_SECONDS

let bench: ContractBench
let probe: Exclude<Target, string>
beforeEach(async () => {
  bench = await ContractBench.create()
  probe = await bench.deploy(probeSource.abi, probeSource.creationBytecode)
  const bucket = { ...BUCKET, startTime: bench.time, endTime: bench.time + TERM }
  const market = systemContractAddress('StorageMarket')
  await bench.putStorage(market, bucketKey(ID_BYTES), encodeBucketWord(bucket))
  await bench.putSystemStorage('Heft', heftKey(BOB), 10_001n)
})

const shares = Array.from({ length: 8 }, (_, index) => ({
  account: index % 2 === 0 ? ALICE : BOB,
  amount: 10n ** BigInt(index) * GNX,
}))

/** Lets the stream be open at version 4, with version 3 known. */
async function openStream(status: bigint = STREAM_STATUS.open): Promise<void> {
  const streams = systemContractAddress('Streams')
  const word = encodeStreamWord({ headVersion: 4n, requestedVersion: 0n, status })
  await bench.putStorage(streams, streamKey(ID_BYTES), word)
  const words = [1n, ...shares.flatMap(({ account, amount }) => [toNumber(account), amount])]
  for (const [index, key] of streamVersionKeys(ID_BYTES, 3n).entries()) {
    await bench.putSystemStorage('Streams', key, words[index]!)
  }
}

const letUpdate = (account: Address) =>
  bench.putSystemStorage('Streams', streamMayUpdateKey(ID_BYTES, account), 1n)

const toNumber = ({ bytes }: Address): bigint => bytesToBigInt(bytes)

describe('StorageView', () => {
  test('gives the term, the bytes used, the backups, the size and the heft', async () => {
    const read = (method: string) => bench.view('StorageView', method, ALICE, ID)
    assert.equal(await read('storageGas'), TERM)
    assert.equal(await read('storageGasUsed'), BUCKET.usedBytes)
    assert.equal(await read('storageGasPrice'), BUCKET.backups)
    assert.equal(await read('ssize'), BUCKET.sizeBytes)
    assert.equal(await bench.view('StorageView', 'sentinelHeft', BOB), 10_001n)
  })

  test('gives zeros from the end of the term on, for others’ ids and for unknown ones', async () => {
    const facts = ['storageGas', 'storageGasUsed', 'storageGasPrice', 'ssize']
    const unknown = encodeBucketId({ owner: ALICE, tag: new Uint8Array(12) })
    for (const method of facts) {
      assert.equal(await bench.view('StorageView', method, BOB, ID), 0n)
      assert.equal(await bench.view('StorageView', method, ALICE, unknown), 0n)
    }
    bench.time += TERM - 1n
    for (const method of facts) {
      assert.notEqual(await bench.view('StorageView', method, ALICE, ID), 0n)
    }
    bench.time += 1n
    for (const method of facts) assert.equal(await bench.view('StorageView', method, ALICE, ID), 0n)
  })

  test('gives a version’s status and its eight pairs in order', async () => {
    await openStream()
    const { result } = await bench.send('StorageView', 'dataVersionRead', [ALICE, ID, 3])
    const pairs = shares.map(({ account, amount }) => [checksum(account), amount])
    assert.deepEqual(result, [1n, pairs])
    assert.deepEqual(await bench.view('Streams', 'versionOf', ID, 3), [1n, pairs])
  })

  test('gives status 0 and zeros for a version that is unknown or another account’s', async () => {
    await openStream()
    for (const [owner, version] of [
      [ALICE, 2],
      [BOB, 3],
    ] as const) {
      const { returnData } = await bench.send('StorageView', 'dataVersionRead', [
        owner,
        ID,
        version,
      ])
      assert.deepEqual(returnData, new Uint8Array(17 * 32))
    }
  })

  test('asks for the next version in the name of its caller', async () => {
    await openStream()
    const ask = async (from: Address) =>
      (await bench.send('StorageView', 'dataVersionUpdate', [ALICE, ID], { from })).result[0]
    assert.equal(await ask(BOB), 0n)
    assert.deepEqual(await bench.view('Streams', 'streamOf', ID), [4n, 0n, STREAM_STATUS.open])
    assert.equal(await ask(ALICE), 1n)
    assert.deepEqual(await bench.view('Streams', 'streamOf', ID), [4n, 5n, STREAM_STATUS.open])
    await letUpdate(BOB)
    assert.equal(await bench.view('Streams', 'mayUpdate', ID, BOB), true)
    assert.equal(await ask(BOB), 1n)
  })

  test('logs the request in the name of Streams', async () => {
    await openStream()
    const outcome = await bench.send('StorageView', 'dataVersionUpdate', [ALICE, ID])
    assert.deepEqual(eventNames(outcome), ['UpdateRequested'])
    assert.deepEqual([...outcome.events[0]!.args], [ID, checksum(ALICE), 5n])
  })

  test('accepts no request for a stream that is not open', async () => {
    for (const status of [STREAM_STATUS.none, STREAM_STATUS.frozen, STREAM_STATUS.settled]) {
      await openStream(status)
      const outcome = await bench.send('StorageView', 'dataVersionUpdate', [ALICE, ID])
      assert.deepEqual(outcome.result, [0n])
    }
  })

  test('refuses short calldata, dirty addresses and coins, for each function', async () => {
    for (const fragment of VIEW.fragments) {
      if (fragment.type !== 'function') continue
      const { name, inputs } = VIEW.getFunction(fragment.format())!
      const args = inputs.map(({ baseType }) => (baseType === 'address' ? ALICE : ID))
      const data = encodeCall(VIEW, name, args)
      const short = await bench.callRaw('StorageView', data.subarray(0, -1))
      assertReverted(short, 'ShortCalldata')
      const dirty = Uint8Array.from(data)
      dirty[4 + 11] = 1
      assertReverted(await bench.callRaw('StorageView', dirty), 'DirtyAddress')
      assertReverted(await bench.callRaw('StorageView', data, { value: 1n }), 'ValueRefused')
      const longer = await bench.callRaw('StorageView', concatBytes(data, new Uint8Array(32)))
      assert.equal(longer.failure, undefined)
    }
  })
})

describe('DStorage', () => {
  const read = (method: string, ...args: unknown[]) => bench.view(probe, method, ...args)

  test('has the paper’s words', async () => {
    assert.equal(await read('term', ID, ID), TERM)
    assert.equal(await read('backups', ID), BUCKET.backups)
    assert.equal(await read('used', ID), BUCKET.usedBytes)
    assert.equal(await read('size', ID), BUCKET.sizeBytes)
    assert.equal(await read('heft', BOB), 10_001n)
  })

  test('reads a version, and zeros where it is unknown', async () => {
    await openStream()
    assert.deepEqual(await read('version', ID, 3), [
      1n,
      shares.map(({ account }) => checksum(account)),
      shares.map(({ amount }) => amount),
    ])
    const none = `0x${'00'.repeat(20)}`
    assert.deepEqual(await read('version', ID, 9), [0n, Array(8).fill(none), Array(8).fill(0n)])
  })

  test('asks for versions in the name of the calling contract', async () => {
    await openStream()
    assert.equal(await read('update', ID), false)
    await letUpdate(probe.address)
    assert.equal(await read('update', ID), true)
    assert.deepEqual(await bench.view('Streams', 'streamOf', ID), [4n, 5n, STREAM_STATUS.open])
  })

  test('cannot ask for a version in a static call', async () => {
    await openStream()
    await letUpdate(probe.address)
    const outcome = await bench.call(probe, 'update', [ID], { isStatic: true })
    assert.notEqual(outcome.failure, undefined)
    assert.deepEqual(await bench.view('Streams', 'streamOf', ID), [4n, 0n, STREAM_STATUS.open])
  })

  test('counts GB and months as space is sold', async () => {
    const { result } = await bench.send(probe, 'units')
    assert.deepEqual(result, [3n * GB, 3n * MONTH_SECONDS])
  })
})
