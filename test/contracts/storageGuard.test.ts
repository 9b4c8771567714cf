import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { hexToBytes } from '@ethereumjs/util'
import { systemContractAddress } from '../../src/protocol/addresses.ts'
import { encodeBucketId } from '../../src/protocol/bucketId.ts'
import { StorageGuard } from '../../src/protocol/generated/examples/StorageGuard.ts'
import { GB, GNX, MONTH_SECONDS } from '../../src/protocol/params.ts'
import { bucketKey, heftKey, streamKey, streamMayUpdateKey } from '../../src/protocol/slots.ts'
import { encodeBucketWord, encodeStreamWord, STREAM_STATUS } from '../../src/protocol/words.ts'
import {
  ALICE,
  assertReverted,
  BOB,
  ContractBench,
  checksum,
  eventNames,
  type Target,
} from '../helpers/contractBench.ts'

/** What the paper's sample asks for: "more than" as one above. */
const PAPER = {
  termSeconds: 3n * MONTH_SECONDS,
  backups: 7n,
  usedBytes: GB + 1n,
  sizeBytes: 3n * GB,
  heft: 10_001n,
}
const NOTHING = { termSeconds: 0n, backups: 0n, usedBytes: 0n, sizeBytes: 0n, heft: 0n }
const TAG = `0x${'0b'.repeat(12)}` as const
const ID = encodeBucketId({ owner: ALICE, tag: hexToBytes(TAG) })
const FILE_HASH = `0x${'f1'.repeat(32)}`
const KEEPER = BOB

let bench: ContractBench
let guard: Exclude<Target, string>
beforeEach(async () => {
  bench = await ContractBench.create()
  guard = await deploy(PAPER)
})

const deploy = (thresholds: typeof PAPER) =>
  bench.deploy(StorageGuard.abi, StorageGuard.creationBytecode, [thresholds])

/** Writes a bucket and heft that just meet the paper's thresholds, but for what is given. */
async function writeStorage(facts: Partial<typeof PAPER> = {}): Promise<void> {
  const { termSeconds, heft, ...bucket } = { ...PAPER, ...facts }
  const word = { ...bucket, startTime: bench.time, endTime: bench.time + termSeconds }
  const market = systemContractAddress('StorageMarket')
  await bench.putStorage(market, bucketKey(hexToBytes(ID)), encodeBucketWord(word))
  await bench.putSystemStorage('Heft', heftKey(KEEPER), heft)
}

const publish = (from = ALICE) => bench.call(guard, 'publish', [ID, KEEPER, FILE_HASH], { from })

describe('StorageGuard', () => {
  test('publishes a file when every condition of the paper holds', async () => {
    await writeStorage()
    const outcome = await publish()
    assert.equal(outcome.failure, undefined)
    assert.deepEqual(eventNames(outcome), ['FilePublished'])
    assert.equal(await bench.view(guard, 'files', ID, 0), FILE_HASH)
    assert.equal(await bench.view(guard, 'fileCount', ID), 1n)
  })

  test('is stopped by a term one second too short', async () => {
    await writeStorage({ termSeconds: PAPER.termSeconds - 1n })
    assertReverted(await publish(), 'TermTooShort', PAPER.termSeconds - 1n, PAPER.termSeconds)
  })

  test('is stopped by one backup too few', async () => {
    await writeStorage({ backups: 6n })
    assertReverted(await publish(), 'TooFewBackups', 6n, 7n)
  })

  test('is stopped by exactly 1 GB used', async () => {
    await writeStorage({ usedBytes: GB })
    assertReverted(await publish(), 'TooLittleUsed', GB, GB + 1n)
  })

  test('is stopped by a space one byte too small', async () => {
    await writeStorage({ sizeBytes: 3n * GB - 1n })
    assertReverted(await publish(), 'SpaceTooSmall', 3n * GB - 1n, 3n * GB)
  })

  test('is stopped by exactly 10,000 fingerprints', async () => {
    await writeStorage({ heft: 10_000n })
    assertReverted(await publish(), 'HeftTooLow', 10_000n, 10_001n)
  })

  test('is stopped once the term has ended', async () => {
    await writeStorage()
    bench.time += PAPER.termSeconds - 1n
    assert.equal((await publish()).failure, undefined)
    bench.time += 1n
    assertReverted(await publish(), 'TermTooShort', 0n, PAPER.termSeconds)
  })

  test('lets nobody but the owner publish from a bucket', async () => {
    await writeStorage()
    assertReverted(await publish(BOB), 'NotBucketOwner', checksum(ALICE), checksum(BOB))
    assert.equal(await bench.view(guard, 'fileCount', ID), 0n)
  })

  test('asks for nothing where the thresholds are 0', async () => {
    guard = await deploy(NOTHING)
    assert.equal((await publish()).failure, undefined)
  })

  test('passes on a bucket that was really bought, and stops at its end', async () => {
    guard = await deploy({ ...NOTHING, termSeconds: PAPER.termSeconds, backups: 2n, sizeBytes: GB })
    const args = [TAG, GB, PAPER.termSeconds, 2, 0]
    await bench.send('StorageMarket', 'buySpace', args, { value: GNX })
    assert.equal((await publish()).failure, undefined)
    bench.time += PAPER.termSeconds
    assertReverted(await publish(), 'TermTooShort')
  })

  test('asks for a stream’s next version only where the stream lets it', async () => {
    const streams = systemContractAddress('Streams')
    const open = { headVersion: 0n, requestedVersion: 0n, status: STREAM_STATUS.open }
    await bench.putStorage(streams, streamKey(hexToBytes(ID)), encodeStreamWord(open))
    assertReverted(await bench.call(guard, 'requestUpdate', [ID]), 'UpdateRefused')
    const flag = streamMayUpdateKey(hexToBytes(ID), guard.address)
    await bench.putSystemStorage('Streams', flag, 1n)
    const outcome = await bench.send(guard, 'requestUpdate', [ID])
    assert.deepEqual(eventNames(outcome), ['UpdateRequested', 'VersionRequested'])
  })
})
