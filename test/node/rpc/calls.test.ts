import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createAddressFromString, createZeroAddress } from '@ethereumjs/util'
import { AbiCoder } from 'ethers'
import { RPCError } from '../../../src/api/rpc/errors.ts'
import type { Hex } from '../../../src/api/rpc/values.ts'
import { simulate } from '../../../src/chain/simulate.ts'
import { SYSTEM_CONTRACTS } from '../../../src/protocol/addresses.ts'
import { systemContractInterface } from '../../../src/protocol/systemContracts.ts'
import { creationCode, startTestRPC, type TestRPC } from '../../helpers/rpc.ts'

/** Reverts with its calldata. */
const REVERTS_WITH_DATA = '3660006000373660' + '00fd'
/** Writes far into memory. */
const NEEDS_MORE_THAN_ANY_BLOCK = '600064ffffffffff52'
/** Sets a slot and clears it again, for a refund. */
const STORES = '6001600055600060005500'
const NOWHERE = `0x${'00'.repeat(18)}c0de` as Hex

const from = ({ control }: TestRPC): Hex => control.accounts[0]!.address.toLowerCase() as Hex

async function deploy(rpc: TestRPC, runtime: string): Promise<Hex> {
  const receipt = await rpc.send(0, { data: creationCode(runtime) })
  return receipt.createdAddress!.toString()
}

const rejection = async (work: Promise<unknown>): Promise<RPCError> => {
  const error = await work.then(
    () => assert.fail('an error was expected'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof RPCError)
  return error
}

describe('a call', () => {
  test('that reverts with a reason tells it under code 3, with the data', async () => {
    await using rpc = await startTestRPC()
    const to = await deploy(rpc, REVERTS_WITH_DATA)
    const text = AbiCoder.defaultAbiCoder().encode(['string'], ['not today'])
    const data = `0x08c379a0${text.slice(2)}` as Hex
    for (const method of ['eth_call', 'eth_estimateGas']) {
      const error = await rejection(rpc.request(method, [{ to, data }]))
      assert.deepEqual(error.toObject(), {
        code: 3,
        message: 'execution reverted: not today',
        data,
      })
    }
  })

  test('that reverts with bytes nobody understands tells no reason but the bytes', async () => {
    await using rpc = await startTestRPC()
    const to = await deploy(rpc, REVERTS_WITH_DATA)
    for (const data of ['0x', '0x01', '0x08c379a0ff', '0x4e487b71', '0xdeadbeef'] as Hex[]) {
      const error = await rejection(rpc.request('eth_call', [{ to, data }]))
      assert.deepEqual(error.toObject(), { code: 3, message: 'execution reverted', data })
    }
  })

  test('that a system contract refuses tells its error in words', async () => {
    await using rpc = await startTestRPC()
    const data = systemContractInterface('Staking').encodeFunctionData('bet') as Hex
    const call = { from: from(rpc), to: SYSTEM_CONTRACTS.Staking, data }
    const error = await rejection(rpc.request('eth_call', [call]))
    assert.match(error.message, /^execution reverted: ZeroAmount: /)
    const sent = await rejection(rpc.request('eth_sendTransaction', [{ ...call, gas: '0x30000' }]))
    assert.deepEqual(sent.toObject().code, 3)
    assert.match(sent.message, /ZeroAmount/)
  })

  test('sees overridden accounts and headers and leaves nothing behind', async () => {
    await using rpc = await startTestRPC()
    const code = '0x4360005260206000f3'
    const overrides = { [NOWHERE]: { code, balance: '0x5' } }
    const number = { number: '0x1234' }
    const answer = await rpc.request('eth_call', [{ to: NOWHERE }, 'latest', overrides, number])
    assert.equal(BigInt(answer as string), 0x1234n)
    assert.equal(await rpc.request('eth_getCode', [NOWHERE]), '0x')
    assert.equal(await rpc.request('eth_getBalance', [NOWHERE]), '0x0')
  })
})

describe('a call that no transaction could be', () => {
  /** With gas, fees or data that make it impossible, and the words for it. */
  const refused: [object, RegExp][] = [
    [{ gas: '0x5000' }, /^intrinsic gas too low: have 20480, want 21000$/],
    [
      { gas: '0x7530', data: `0x${'01'.repeat(300)}` },
      /^insufficient gas for floor data gas cost: have 30000, want 33000$/,
    ],
    [
      { gasPrice: '0x1' },
      /^max fee per gas less than block base fee: address 0x.*, maxFeePerGas: 1, baseFee: \d+$/,
    ],
    [
      { to: undefined, data: `0x${'00'.repeat(49_153)}` },
      /^max initcode size exceeded: code size 49153, limit 49152$/,
    ],
    [{ authorizationList: [] }, /empty auth list|Invalid params/],
  ]

  test('is refused in the words other nodes use', async () => {
    await using rpc = await startTestRPC()
    for (const [fields, message] of refused) {
      const error = await rejection(
        rpc.request('eth_call', [{ from: from(rpc), to: NOWHERE, ...fields }]),
      )
      assert.match(error.message, message)
    }
  })
})

describe('a call in the name of a contract', () => {
  test('uses and touches what it would as an account, and pays', async () => {
    await using rpc = await startTestRPC()
    const to = await deploy(rpc, '60015460005500')
    const contract = await deploy(rpc, '00')
    const seen = await rpc.request('eth_createAccessList', [{ from: contract, to }])
    assert.deepEqual(seen, await rpc.request('eth_createAccessList', [{ from: from(rpc), to }]))
    assert.equal(seen.accessList.length, 1)
    const gasPrice = '0x174876e800'
    const broke = await rejection(rpc.request('eth_call', [{ from: contract, to, gasPrice }]))
    assert.match(broke.message, /^insufficient funds/)
    const balance = { [contract]: { balance: '0xffffffffffffffffff' as Hex } }
    const call = { from: contract, to: contract, gasPrice: gasPrice as Hex }
    assert.equal(await rpc.request('eth_call', [call, 'latest', balance]), '0x')
  })

  test('finds its own code where it looks', async () => {
    await using rpc = await startTestRPC()
    const contract = await deploy(rpc, '303b5f5260205ff3') // EXTCODESIZE(ADDRESS)
    const answer = await rpc.request('eth_call', [{ from: contract, to: contract }])
    assert.equal(BigInt(answer), 8n)
  })
})

describe('an estimate', () => {
  test('of a plain transfer is 21000', async () => {
    await using rpc = await startTestRPC()
    const request = { from: from(rpc), to: NOWHERE, value: '0x1' as Hex }
    assert.equal(await rpc.request('eth_estimateGas', [request]), '0x5208')
  })

  test('is enough, also where a refund makes the gas used less than the gas needed', async () => {
    await using rpc = await startTestRPC()
    const to = await deploy(rpc, STORES)
    const estimate = BigInt(await rpc.request('eth_estimateGas', [{ from: from(rpc), to }]))
    const receipt = await rpc.send(0, { to, gasLimit: estimate })
    assert.equal(receipt.status, 1)
    assert.ok(estimate > receipt.gasUsed, `${estimate} against ${receipt.gasUsed} used`)
    assert.ok(estimate < receipt.gasUsed * 2n)
    assert.equal((await rpc.send(0, { to, gasLimit: (receipt.gasUsed * 99n) / 100n })).status, 0)
  })

  test('says what stands in the way: the gas asked for, the cap, or the balance', async () => {
    await using rpc = await startTestRPC()
    const to = await deploy(rpc, STORES)
    const poor = `0x${'99'.repeat(20)}` as Hex
    const low = await rejection(rpc.request('eth_estimateGas', [{ to, gas: '0x5300' }]))
    assert.match(low.message, /gas required exceeds allowance \(21248\)/)
    const transfer = await rejection(
      rpc.request('eth_estimateGas', [{ to: NOWHERE, gas: '0x5000' }]),
    )
    assert.match(transfer.message, /gas required exceeds allowance \(20480\)/)
    const greedy = await deploy(rpc, NEEDS_MORE_THAN_ANY_BLOCK)
    const capped = await rejection(rpc.request('eth_estimateGas', [{ to: greedy }]))
    assert.match(capped.message, /gas required exceeds allowance \(16777216\)/)
    const request = { from: poor, to: NOWHERE, value: '0x1' as Hex }
    const broke = await rejection(rpc.request('eth_estimateGas', [request]))
    assert.match(broke.message, /insufficient funds for gas \* price \+ value/)
  })
})

test('an access list names the slots a call touches, and using it changes nothing more', async () => {
  await using rpc = await startTestRPC()
  const to = await deploy(rpc, '60015460005500')
  const { accessList } = await rpc.request('eth_createAccessList', [{ to }])
  const slots = accessList.find(({ address }) => address === to)?.storageKeys
  assert.deepEqual(
    slots?.toSorted(),
    [0, 1].map((slot) => `0x${String(slot).padStart(64, '0')}`),
  )
  const again = await rpc.request('eth_createAccessList', [{ to, accessList }])
  assert.deepEqual(again.accessList, accessList)
})

describe('a call that never ends', () => {
  const ENDLESS = '5b5f56'

  test('lets other requests be answered in the meantime', async () => {
    await using rpc = await startTestRPC()
    const to = await deploy(rpc, ENDLESS)
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    await rejection(rpc.request('eth_call', [{ to, gas: '0x1e8480' }]))
    clearInterval(timer)
    assert.ok(turns > 0)
  })

  test('is ended at its deadline, and the next one is not', async () => {
    await using rpc = await startTestRPC()
    const to = createAddressFromString(await deploy(rpc, ENDLESS))
    const { chain } = rpc.node
    const message = {
      from: createZeroAddress(),
      to,
      value: 0n,
      data: new Uint8Array(),
      gasLimit: 500_000n,
    }
    const context = () => ({
      chain,
      state: chain.stateOf(chain.head),
      header: chain.head.header,
    })
    const late = simulate({ ...context(), deadline: performance.now() - 1 }, message)
    await assert.rejects(late, { code: 'EXECUTION_TIMEOUT' })
    assert.equal((await simulate(context(), message)).failure, 'out of gas')
  })
})
