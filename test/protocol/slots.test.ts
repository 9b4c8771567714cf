import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Address, bytesToBigInt, bytesToHex, hexToBytes, setLengthLeft } from '@ethereumjs/util'
import type { SystemContractName } from '../../src/protocol/addresses.ts'
import { systemContractAddress } from '../../src/protocol/addresses.ts'
import { encodeBucketId } from '../../src/protocol/bucketId.ts'
import { DEVNET_FARMER_COUNT, DEVNET_FARMER_TERMS } from '../../src/protocol/devnetFarmers.ts'
import { BEACON_RING_LENGTH, DAY_SECONDS, GB, GNX } from '../../src/protocol/params.ts'
import * as slots from '../../src/protocol/slots.ts'
import {
  SYSTEM_CONTRACT_ARTIFACTS,
  type SystemContractArtifact,
} from '../../src/protocol/systemContracts.ts'
import * as words from '../../src/protocol/words.ts'
import { ALICE, BOB, ContractBench, checksum } from '../helpers/contractBench.ts'
import { createTestKey } from '../helpers/validatorKey.ts'

/** What the chain relies on: `label slot offset type` of every variable, in the compiler's own words. */
const PINNED: Partial<Record<SystemContractName, string[]>> = {
  Beacon: ['_currentSlot 0 0 t_uint64', '_ring 1 0 t_array(t_struct(Entry)_storage)8192_storage'],
  Heft: [
    '_heft 0 0 t_mapping(t_address,t_uint256)',
    '_totalHeft 1 0 t_uint256',
    '_syncedEpoch 2 0 t_uint64',
    '_cursor 2 8 t_uint64',
    '_accounts 3 0 t_mapping(t_address,t_struct(Account)_storage)',
    '_leavesOfNode 4 0 t_mapping(t_uint256,t_uint256)',
  ],
  Inspections: [
    '_totalInspections 0 0 t_uint128',
    '_pendingWork 0 16 t_uint64',
    '_queue 1 0 t_struct(Queue)_storage',
    '_round 2 0 t_struct(Round)_storage',
    '_trees 3 0 t_mapping(t_uint256,t_struct(Tree)_storage)',
    '_challenges 4 0 t_mapping(t_uint256,t_struct(Challenge)_storage)',
    '_joined 5 0 t_mapping(t_bytes32,t_struct(JoinedReplica)_storage)',
    '_extraOf 6 0 t_mapping(t_bytes32,t_uint256)',
    '_unproven 7 0 t_mapping(t_uint256,t_mapping(t_uint256,t_bool))',
    '_creditWei 8 0 t_mapping(t_address,t_uint256)',
    '_extraBlock 9 0 t_uint64',
    '_extrasInBlock 9 8 t_uint64',
  ],
  Nodes: [
    '_nodes 0 0 t_array(t_struct(Node)_storage)dyn_storage',
    '_activeNodes 1 0 t_mapping(t_address,t_array(t_uint256)dyn_storage)',
    '_nodeByPeerId 2 0 t_mapping(t_address,t_mapping(t_bytes32,t_uint256))',
    '_allActiveNodes 3 0 t_array(t_uint256)dyn_storage',
    '_registerFromSlot 4 0 t_mapping(t_address,t_uint256)',
  ],
  Params: [
    '_spacePriceWei 0 0 t_uint96',
    '_trafficPriceWei 0 12 t_uint96',
    '_burnShareBasisPoints 0 24 t_uint16',
    '_bundledDownloadsPerYear 0 26 t_uint32',
    '_expansionBasisPoints 0 30 t_uint16',
    '_minimumStakeWei 1 0 t_uint128',
    '_epochLengthSlots 1 16 t_uint64',
    '_unbondingEpochs 1 24 t_uint32',
    '_periodSlots 2 0 t_uint64',
    '_answerSlots 2 8 t_uint64',
    '_challengeBondWei 2 16 t_uint128',
    '_floorPriceWei 3 0 t_uint96',
    '_storageRewardWei 3 12 t_uint96',
    '_heftPerGNX 3 24 t_uint64',
  ],
  Staking: [
    '_stakers 0 0 t_mapping(t_address,t_struct(Staker)_storage)',
    '_unbondings 1 0 t_mapping(t_address,t_array(t_struct(Unbonding)_storage)dyn_storage)',
    '_keyOwner 2 0 t_mapping(t_bytes32,t_address)',
    '_candidates 3 0 t_array(t_address)dyn_storage',
    '_totalStakeWei 4 0 t_uint256',
  ],
  Streams: [
    '_streams 0 0 t_mapping(t_bytes32,t_struct(Stream)_storage)',
    '_versions 1 0 t_mapping(t_bytes32,t_mapping(t_uint256,t_struct(Version)_storage))',
    '_mayUpdate 2 0 t_mapping(t_bytes32,t_mapping(t_address,t_bool))',
  ],
}

/** The structs whose words the chain packs and unpacks. */
const PINNED_STRUCTS: [SystemContractName, string, string[]][] = [
  [
    'StorageMarket',
    'Bucket',
    [
      'sizeBytes 0 0 t_uint64',
      'usedBytes 0 8 t_uint64',
      'startTime 0 16 t_uint48',
      'endTime 0 22 t_uint48',
      'backups 0 28 t_uint16',
      'escrowWei 1 0 t_uint128',
      'position 1 16 t_uint64',
      'ownerPosition 1 24 t_uint64',
    ],
  ],
  [
    'Nodes',
    'Node',
    [
      'owner 0 0 t_address',
      'capacityBytes 0 20 t_uint64',
      'position 0 28 t_uint32',
      'endpointHash 1 0 t_bytes32',
      'peerId 2 0 t_bytes_storage',
      'usedBytes 3 0 t_uint64',
      'replicaCount 3 8 t_uint64',
      'activePosition 3 16 t_uint64',
      'dischargedTime 3 24 t_uint64',
    ],
  ],
  [
    'Inspections',
    'Challenge',
    [
      'node 0 0 t_uint64',
      'round 0 8 t_uint64',
      'snapshotSlot 0 16 t_uint64',
      'snapshotBlock 0 24 t_uint64',
      'seed 1 0 t_bytes32',
      'deadlineClock 2 0 t_uint64',
      'paidLeaves 2 8 t_uint64',
      'isPublic 2 16 t_bool',
      'replicaId 3 0 t_bytes32',
      'challenger 4 0 t_address',
      'bondWei 4 20 t_uint96',
    ],
  ],
  ['Beacon', 'Entry', ['slot 0 0 t_uint64', 'mix 1 0 t_bytes32']],
  [
    'Staking',
    'Staker',
    [
      'stakeWei 0 0 t_uint128',
      'candidatePosition 0 16 t_uint64',
      'hasKey 0 24 t_bool',
      'resigned 0 25 t_bool',
      'payee 1 0 t_address',
      'blsPublicKey 2 0 t_array(t_bytes32)4_storage',
    ],
  ],
  [
    'Streams',
    'Stream',
    ['headVersion 0 0 t_uint64', 'requestedVersion 0 8 t_uint64', 'status 0 16 t_enum(Status)'],
  ],
  [
    'Streams',
    'Version',
    ['status 0 0 t_uint256', 'shares 1 0 t_array(t_struct(Share)_storage)8_storage'],
  ],
  ['Streams', 'Share', ['account 0 0 t_address', 'amount 1 0 t_uint256']],
]

const describeLayout = (variables: SystemContractArtifact['storageLayout']): string[] =>
  variables.map(({ label, slot, offset, type }) => `${label} ${slot} ${offset} ${type}`)

describe('the compiled layout', () => {
  test('of every contract the chain reads or writes is the pinned one', () => {
    for (const [name, expected] of Object.entries(PINNED)) {
      const { storageLayout } = SYSTEM_CONTRACT_ARTIFACTS[name as SystemContractName]
      assert.deepEqual(describeLayout(storageLayout), expected, name)
    }
    const [buckets] = SYSTEM_CONTRACT_ARTIFACTS.StorageMarket.storageLayout
    assert.deepEqual(describeLayout([buckets]), [
      '_buckets 0 0 t_mapping(t_bytes32,t_struct(Bucket)_storage)',
    ])
  })

  test('of every struct the chain reads or writes is the pinned one', () => {
    for (const [contract, struct, expected] of PINNED_STRUCTS) {
      const { structs }: SystemContractArtifact = SYSTEM_CONTRACT_ARTIFACTS[contract]
      assert.deepEqual(describeLayout(structs[struct] ?? []), expected, `${contract}.${struct}`)
    }
  })
})

const ID = encodeBucketId({ owner: ALICE, tag: hexToBytes(`0x${'0c'.repeat(12)}`) })
const ID_BYTES = hexToBytes(ID)

/** The live contracts' side: what they wrote at a key. */
const stored = (bench: ContractBench, name: SystemContractName, key: Uint8Array) =>
  bench.evm.stateManager.getStorage(systemContractAddress(name), key)

const numberAt = async (bench: ContractBench, name: SystemContractName, key: Uint8Array) =>
  bytesToBigInt(await stored(bench, name, key))

const FARMERS_STAKE = BigInt(DEVNET_FARMER_COUNT) * DEVNET_FARMER_TERMS.stakeWei

describe('the keys', () => {
  test('find what Staking wrote', async () => {
    const bench = await ContractBench.create()
    const key = createTestKey(3)
    await bench.send('Staking', 'bet', [], { value: 5_001n * GNX })
    const proof = await key.proveFor(bench, ALICE)
    await bench.send('Staking', 'registerKey', [key.publicKey, proof, BOB])
    const staker = words.decodeStakerWord(await stored(bench, 'Staking', slots.stakerKey(ALICE)))
    assert.deepEqual(staker, {
      stakeWei: 5_001n * GNX,
      candidatePosition: 2n,
      hasKey: 1n,
      resigned: 0n,
    })
    const payee = await numberAt(bench, 'Staking', slots.payeeKey(ALICE))
    assert.equal(payee, toNumber(BOB))
    const parts = await Promise.all(
      slots.blsPublicKeyKeys(ALICE).map((at) => numberAt(bench, 'Staking', at)),
    )
    const hex = parts.map((part) => part.toString(16).padStart(64, '0')).join('')
    assert.equal(`0x${hex}`, bytesToHex(key.publicKey))
    const owner = await numberAt(bench, 'Staking', slots.blsKeyOwnerKey(key.publicKey))
    assert.equal(owner, toNumber(ALICE))
    assert.equal(await numberAt(bench, 'Staking', slots.candidateCountKey), 2n)
    assert.equal(await numberAt(bench, 'Staking', slots.candidateKey(1n)), toNumber(ALICE))
    assert.equal(
      await numberAt(bench, 'Staking', slots.totalStakeKey),
      10_001n * GNX + FARMERS_STAKE,
    )
    await bench.send('Staking', 'resign')
    const after = words.decodeStakerWord(await stored(bench, 'Staking', slots.stakerKey(ALICE)))
    assert.equal(after.resigned, 1n)
  })

  test('find what StorageMarket wrote', async () => {
    const bench = await ContractBench.create()
    const args = [`0x${'0c'.repeat(12)}`, 7n * GB, 9n * DAY_SECONDS, 5, 0]
    await bench.send('StorageMarket', 'buySpace', args, { value: GNX })
    const word = await stored(bench, 'StorageMarket', slots.bucketKey(ID_BYTES))
    assert.deepEqual(words.decodeBucketWord(word), {
      sizeBytes: 7n * GB,
      usedBytes: 0n,
      startTime: bench.time,
      endTime: bench.time + 9n * DAY_SECONDS,
      backups: 5n,
    })
  })

  test('are where StorageMarket reads all fields of a bucket', async () => {
    const bench = await ContractBench.create()
    const bucket = {
      sizeBytes: (1n << 64n) - 1n,
      usedBytes: (1n << 63n) + 5n,
      startTime: (1n << 48n) - 2n,
      endTime: (1n << 48n) - 1n,
      backups: 65_535n,
    }
    const args = [`0x${'0c'.repeat(12)}`, GB, DAY_SECONDS, 1, 0]
    await bench.send('StorageMarket', 'buySpace', args, { value: GNX })
    const market = systemContractAddress('StorageMarket')
    await bench.putStorage(market, slots.bucketKey(ID_BYTES), words.encodeBucketWord(bucket))
    const view = (await bench.view('StorageMarket', 'bucketOf', ID)) as unknown[]
    assert.deepEqual(view.slice(1, 6), Object.values(bucket))
  })

  test('are where Beacon reads', async () => {
    const bench = await ContractBench.create()
    await bench.putSystemStorage('Beacon', slots.beaconCurrentSlotKey, 77n)
    assert.equal(await bench.view('Beacon', 'currentSlot'), 77n)
    for (const slot of [0n, 1n, BEACON_RING_LENGTH - 1n, BEACON_RING_LENGTH, 123_456_789n]) {
      const keys = slots.beaconRingKeys(slot)
      await bench.putSystemStorage('Beacon', keys.slot, slot)
      await bench.putSystemStorage('Beacon', keys.mix, slot + 1n)
      assert.equal(BigInt((await bench.view('Beacon', 'mixAt', slot)) as string), slot + 1n)
    }
  })

  test('are where Heft reads', async () => {
    const bench = await ContractBench.create()
    await bench.putSystemStorage('Heft', slots.heftKey(ALICE), 5n)
    await bench.putSystemStorage('Heft', slots.totalHeftKey, 9n)
    assert.equal(await bench.view('Heft', 'heftOf', ALICE), 5n)
    assert.equal(await bench.view('Heft', 'totalHeft'), 9n)
  })

  test('are where Inspections reads', async () => {
    const bench = await ContractBench.create()
    await bench.putSystemStorage('Inspections', slots.inspectionsKey, 5n | (7n << 128n))
    assert.equal(await bench.view('Inspections', 'totalInspections'), 5n)
    const word = await stored(bench, 'Inspections', slots.inspectionsKey)
    const expected = { totalInspections: 5n, pendingWork: 7n }
    assert.deepEqual(words.decodeInspectionsWord(word), expected)
  })

  test('are where Streams reads', async () => {
    const bench = await ContractBench.create()
    const stream = { headVersion: 3n, requestedVersion: 4n, status: words.STREAM_STATUS.frozen }
    const streams = systemContractAddress('Streams')
    await bench.putStorage(streams, slots.streamKey(ID_BYTES), words.encodeStreamWord(stream))
    assert.deepEqual(await bench.view('Streams', 'streamOf', ID), Object.values(stream))
    const read = words.decodeStreamWord(await stored(bench, 'Streams', slots.streamKey(ID_BYTES)))
    assert.deepEqual(read, stream)

    const keys = slots.streamVersionKeys(ID_BYTES, 3n)
    assert.equal(keys.length, 17)
    for (const [index, key] of keys.entries()) {
      await bench.putSystemStorage('Streams', key, BigInt(index + 1))
    }
    const share = (index: number) => [
      checksum(new Address(setLengthLeft(Uint8Array.of(2 * index + 2), 20))),
      BigInt(2 * index + 3),
    ]
    const version = [1n, Array.from({ length: 8 }, (_, index) => share(index))]
    assert.deepEqual(await bench.view('Streams', 'versionOf', ID, 3), version)

    assert.equal(await bench.view('Streams', 'mayUpdate', ID, ALICE), true)
    assert.equal(await bench.view('Streams', 'mayUpdate', ID, BOB), false)
    await bench.putSystemStorage('Streams', slots.streamMayUpdateKey(ID_BYTES, BOB), 1n)
    assert.equal(await bench.view('Streams', 'mayUpdate', ID, BOB), true)
  })
})

describe('packed words', () => {
  test('refuse values that do not fit instead of spilling into the next field', () => {
    const stream = { headVersion: 1n << 64n, requestedVersion: 0n, status: 0n }
    assert.throws(() => words.encodeStreamWord(stream), /headVersion .* does not fit into 64 bits/)
    const negative = { headVersion: -1n, requestedVersion: 0n, status: 0n }
    assert.throws(() => words.encodeStreamWord(negative), RangeError)
  })

  test('read an absent slot as zeros', () => {
    const none = words.decodeBucketWord(new Uint8Array(0))
    assert.deepEqual(new Set(Object.values(none)), new Set([0n]))
  })
})

const toNumber = ({ bytes }: Address): bigint => bytesToBigInt(bytes)
