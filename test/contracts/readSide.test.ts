import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { Address, hexToBytes } from '@ethereumjs/util'
import { getCreate2Address, keccak256 } from 'ethers'
import { Interface } from 'ethers/abi'
import { CREATE2_DEPLOYER, SYSTEM_CONTRACTS } from '../../src/protocol/addresses.ts'
import { DEVNET_FARMER_COUNT, DEVNET_FARMER_TERMS } from '../../src/protocol/devnetFarmers.ts'
import { BEACON_RING_LENGTH, GNX } from '../../src/protocol/params.ts'
import { beaconRingKeys, heftKey, totalHeftKey } from '../../src/protocol/slots.ts'
import {
  ALICE,
  assertReverted,
  BOB,
  ContractBench,
  checksum,
  succeeded,
} from '../helpers/contractBench.ts'

let bench: ContractBench
beforeEach(async () => {
  bench = await ContractBench.create()
})

describe('Beacon', () => {
  const mix = (number: number) => BigInt(`0x${number.toString(16).padStart(2, '0').repeat(32)}`)
  const write = async (slot: bigint, value: bigint) => {
    const keys = beaconRingKeys(slot)
    await bench.putSystemStorage('Beacon', keys.slot, slot)
    await bench.putSystemStorage('Beacon', keys.mix, value)
  }

  test('tells the slot and its epoch', async () => {
    await bench.setSlot(29n)
    assert.equal(await bench.view('Beacon', 'currentSlot'), 29n)
    assert.equal(await bench.view('Beacon', 'currentEpoch'), 2n)
  })

  test('gives a past mix while its entry stands in the ring', async () => {
    await write(0n, mix(1))
    await write(5n, mix(2))
    assert.equal(BigInt((await bench.view('Beacon', 'mixAt', 0)) as string), mix(1))
    assert.equal(BigInt((await bench.view('Beacon', 'mixAt', 5)) as string), mix(2))
    await write(5n + BEACON_RING_LENGTH, mix(3))
    const later = (await bench.view('Beacon', 'mixAt', 5n + BEACON_RING_LENGTH)) as string
    assert.equal(BigInt(later), mix(3))
    assertReverted(await bench.call('Beacon', 'mixAt', [5]), 'SlotNotInRing', 5n)
  })

  test('has no mix for slots without a block, not even for slot 0', async () => {
    assertReverted(await bench.call('Beacon', 'mixAt', [0]), 'SlotNotInRing', 0n)
    assertReverted(await bench.call('Beacon', 'mixAt', [BEACON_RING_LENGTH]), 'SlotNotInRing')
    assertReverted(await bench.call('Beacon', 'mixAt', [(1n << 256n) - 1n]), 'SlotNotInRing')
  })
})

test('Heft reads what the protocol wrote', async () => {
  await bench.putSystemStorage('Heft', heftKey(ALICE), 12n)
  await bench.putSystemStorage('Heft', totalHeftKey, 30n)
  assert.equal(await bench.view('Heft', 'heftOf', ALICE), 12n)
  assert.equal(await bench.view('Heft', 'heftOf', BOB), 0n)
  assert.equal(await bench.view('Heft', 'totalHeft'), 30n)
})

test('the devnet’s validator is a candidate from genesis on, as if it had bet itself', async () => {
  const [validator] = bench.genesis.validators
  const owner = new Address(hexToBytes(validator!.address))
  assert.deepEqual(await bench.view('Staking', 'candidates', 0, 10), [checksum(owner)])
  assert.equal(await bench.view('Staking', 'isCandidate', owner), true)
  assert.equal(await bench.view('Staking', 'stakeOf', owner), 5_000n * GNX)
  assert.equal(await bench.view('Staking', 'payeeOf', owner), checksum(owner))
  const staking = new Address(hexToBytes(SYSTEM_CONTRACTS.Staking))
  const farmersStake = BigInt(DEVNET_FARMER_COUNT) * DEVNET_FARMER_TERMS.stakeWei
  assert.equal(await bench.balanceOf(staking), 5_000n * GNX + farmersStake)
  await bench.send('Staking', 'resign', [], { from: owner })
  await bench.send('Staking', 'unstake', [5_000n * GNX], { from: owner })
  assert.equal(await bench.view('Staking', 'totalStake'), farmersStake)
})

test('the CREATE2 deployer of the devnet puts code where tools expect it', async () => {
  const bench = await ContractBench.create()
  const deployer = { address: new Address(hexToBytes(CREATE2_DEPLOYER)), abi: new Interface([]) }
  // Returns one byte of code: STOP.
  const initCode = '0x600160005360016000f3'
  const salt = `0x${'5a'.repeat(32)}`
  const data = hexToBytes(`${salt}${initCode.slice(2)}` as `0x${string}`)
  const { returnData } = succeeded(await bench.callRaw(deployer, data))
  const expected = getCreate2Address(CREATE2_DEPLOYER, salt, keccak256(initCode))
  assert.deepEqual(returnData, hexToBytes(expected.toLowerCase() as `0x${string}`))
})
