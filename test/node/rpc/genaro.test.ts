import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Hex } from '../../../src/api/rpc/values.ts'
import { SYSTEM_CONTRACTS, type SystemContractName } from '../../../src/protocol/addresses.ts'
import { GENESIS_PARAMS, GNX } from '../../../src/protocol/params.ts'
import { systemContractInterface } from '../../../src/protocol/systemContracts.ts'
import { startTestRPC, type TestRPC } from '../../helpers/rpc.ts'

const YEAR = 365n * 86_400n
const TAG = `0x${'07'.repeat(12)}` as Hex

const quantity = (value: bigint): Hex => `0x${value.toString(16)}`

const sendTo = (
  rpc: TestRPC,
  contract: SystemContractName,
  method: string,
  args: unknown[],
  value: bigint,
) =>
  rpc.send(0, {
    to: SYSTEM_CONTRACTS[contract],
    data: systemContractInterface(contract).encodeFunctionData(method, args),
    value,
  })

test('bought space and traffic are told, at the block that is asked for', async () => {
  await using rpc = await startTestRPC()
  const owner = rpc.control.accounts[0]!.address.toLowerCase() as Hex
  const id = `${owner}${TAG.slice(2)}` as Hex
  await sendTo(rpc, 'StorageMarket', 'buySpace', [TAG, 5_000_000_000n, YEAR, 3, 0], 100n * GNX)
  const bucket = await rpc.request('genaro_getBucket', [id])
  assert.deepEqual(
    [bucket?.id, bucket?.owner, bucket?.sizeBytes, bucket?.backups],
    [id, owner, quantity(5_000_000_000n), '0x3'],
  )
  assert.equal(BigInt(bucket!.endTime) - BigInt(bucket!.startTime), YEAR)
  assert.deepEqual(await rpc.request('genaro_getBuckets', [owner]), [bucket])
  assert.deepEqual(await rpc.request('genaro_getBuckets', [owner, 'latest', { offset: '0x1' }]), [])
  assert.deepEqual(await rpc.request('genaro_getBuckets', [owner, '0x0']), [])
  assert.equal(await rpc.request('genaro_getBucket', [id, 'earliest']), null)
  assert.ok(BigInt(await rpc.request('genaro_getTraffic', [owner])) > 0n)
  assert.equal(await rpc.request('genaro_getTraffic', [owner, '0x0']), '0x0')
})

test('stake, heft and the network are told', async () => {
  await using rpc = await startTestRPC()
  const account = rpc.control.accounts[0]!.address.toLowerCase() as Hex
  const before = await rpc.request('genaro_getNetwork')
  await sendTo(rpc, 'Staking', 'bet', [], 7n * GNX)
  const stake = await rpc.request('genaro_getStake', [account])
  assert.deepEqual(
    [stake.stakeWei, stake.isCandidate, stake.unbonding],
    [quantity(7n * GNX), false, []],
  )
  await sendTo(rpc, 'Staking', 'unstake', [3n * GNX], 0n)
  const { unbonding } = await rpc.request('genaro_getStake', [account])
  assert.equal(unbonding[0]?.amountWei, quantity(3n * GNX))
  assert.equal(await rpc.request('genaro_getHeft', [account]), '0x0')
  assert.deepEqual(await rpc.request('genaro_getNodes', [account]), [])
  const after = await rpc.request('genaro_getNetwork')
  assert.deepEqual([after.name, after.chainId, after.slot], ['devnet', '0x7a44', '0x2'])
  assert.equal(BigInt(after.totalStakeWei) - BigInt(before.totalStakeWei), 4n * GNX)
  assert.equal(await rpc.request('genaro_getSlot'), '0x2')
  const candidates = await rpc.request('genaro_getCandidates')
  assert.equal(quantity(BigInt(candidates.length)), after.candidateCount)
})

test('prices are those of the Params contract', async () => {
  await using rpc = await startTestRPC()
  const prices = await rpc.request('genaro_getPrices')
  for (const [name, value] of Object.entries(prices)) {
    assert.equal(BigInt(value), GENESIS_PARAMS[name as keyof typeof prices], name)
  }
})

test('a special transaction shows its kind and arguments, and a block its slot', async () => {
  await using rpc = await startTestRPC()
  await sendTo(rpc, 'StorageMarket', 'buyTraffic', [1_000_000_000n], GNX)
  const block = await rpc.request('eth_getBlockByNumber', ['latest', true])
  const [transaction] = block!.transactions
  assert.ok(typeof transaction === 'object')
  assert.deepEqual(transaction.special, {
    kind: 4,
    name: 'buyTraffic',
    contract: 'StorageMarket',
    method: 'buyTraffic',
    args: { trafficBytes: quantity(1_000_000_000n) },
  })
  assert.deepEqual([block?.slot, block?.totalInspections], ['0x1', '0x0'])
  await rpc.send(0, { to: `0x${'00'.repeat(18)}c0de` })
  const plain = await rpc.request('eth_getBlockByNumber', ['latest', true])
  assert.equal('special' in (plain!.transactions[0] as object), false)
})
