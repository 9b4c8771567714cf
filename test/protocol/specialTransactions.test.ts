import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { SYSTEM_CONTRACTS, type SystemContractName } from '../../src/protocol/addresses.ts'
import { decodeSpecial, SPECIAL_KINDS } from '../../src/protocol/specialTransactions.ts'
import { systemContractInterface } from '../../src/protocol/systemContracts.ts'

const encode = (contract: SystemContractName, method: string, args: unknown[] = []): string =>
  systemContractInterface(contract).encodeFunctionData(method, args)

const { Staking, StorageMarket, Heft } = SYSTEM_CONTRACTS
const OFFER = {
  bucketId: `0x${'01'.repeat(32)}`,
  fileId: `0x${'02'.repeat(32)}`,
  shardIndex: 257n,
  node: 6n,
  root: `0x${'03'.repeat(32)}`,
  leafCount: 5n,
  sizeBytes: 5_120n,
  priceWei: 7n,
  endTime: 8n,
  salt: `0x${'04'.repeat(32)}`,
  expiry: 9n,
}
const ACCOUNT = '0x00000000000000000000000000000000deadbeef'

/** What only another system contract, or the protocol itself, may call. */
const INTERNAL = [
  'Heft.farmerEarned',
  'Heft.nodeLeft',
  'Heft.sync',
  'Inspections.nodeRetired',
  'Inspections.replicaReleased',
  'Inspections.settleExpired',
  'Inspections.visit',
  'Inspections.step',
  'Inspections.strike',
  'Nodes.discharge',
  'Nodes.hold',
  'Nodes.letGo',
  'Replicas.forfeit',
  'Replicas.takePaidLeaves',
  'Staking.slash',
  'StorageMarket.reserve',
  'StorageMarket.unreserve',
  'StorageMarket.payFarmer',
]

const WRITTEN_BY_ACCOUNTS = [
  'Staking',
  'StorageMarket',
  'Nodes',
  'Replicas',
  'Heft',
  'Inspections',
  'SentinelGroups',
] as const

describe('the table of kinds', () => {
  test('lists every function that accounts change state with, each once', () => {
    const listed = SPECIAL_KINDS.flatMap(({ contract, methods }) =>
      methods.map((method) => `${contract}.${method}`),
    )
    const writing = WRITTEN_BY_ACCOUNTS.flatMap((contract) =>
      systemContractInterface(contract)
        .fragments.filter((fragment) => fragment.type === 'function')
        .map((fragment) => systemContractInterface(contract).getFunction(fragment.format())!)
        .filter(({ constant }) => !constant)
        .map(({ name }) => `${contract}.${name}`),
    )
    assert.deepEqual([...listed, ...INTERNAL].sort(), writing.sort())
  })
})

describe('decodeSpecial', () => {
  test('reads kind, method and arguments', () => {
    const args = [`0x${'01'.repeat(12)}`, 10n ** 9n, 86_400n, 3n, 4n]
    assert.deepEqual(decodeSpecial(StorageMarket, encode('StorageMarket', 'buySpace', args)), {
      kind: 3,
      name: 'buySpace',
      contract: 'StorageMarket',
      method: 'buySpace',
      args: {
        tag: `0x${'01'.repeat(12)}`,
        sizeBytes: 10n ** 9n,
        termSeconds: 86_400n,
        backups: 3n,
        cleanUp: 4n,
      },
    })
    const setPayee = decodeSpecial(Staking, encode('Staking', 'setPayee', [ACCOUNT]))
    assert.deepEqual(setPayee?.args, { payee: ACCOUNT })
    assert.equal(setPayee?.kind, 1)
  })

  test('reads lists and structs by the names of their fields', () => {
    const receipt = { buyer: ACCOUNT, farmer: Staking, channel: 3n, cumulativeBytes: 4n }
    const redeem = encode('StorageMarket', 'redeemTraffic', [receipt, '0x1234'])
    assert.deepEqual(decodeSpecial(StorageMarket, redeem), {
      kind: 4,
      name: 'buyTraffic',
      contract: 'StorageMarket',
      method: 'redeemTraffic',
      args: { receipt, signature: '0x1234' },
    })
    const { Replicas } = SYSTEM_CONTRACTS
    const ids = [`0x${'0a'.repeat(32)}`, `0x${'0b'.repeat(32)}`]
    const collect = decodeSpecial(Replicas, encode('Replicas', 'collect', [ids]))
    assert.deepEqual(collect?.args, { ids })
    assert.equal(collect?.kind, 9)
    const register = decodeSpecial(Replicas, encode('Replicas', 'register', [[OFFER], ['0xff']]))
    assert.deepEqual(register?.args, { offers: [OFFER], farmerSignatures: ['0xff'] })
  })

  test('reads bytes as well as hex, and any case of the recipient', () => {
    const data = encode('Staking', 'bet')
    const bytes = Buffer.from(data.slice(2), 'hex')
    const expected = { kind: 1, name: 'bet', contract: 'Staking', method: 'bet', args: {} }
    assert.deepEqual(decodeSpecial(Staking, bytes), expected)
    assert.deepEqual(decodeSpecial(Staking.toUpperCase().replace('0X', '0x'), data), expected)
  })

  test('gives undefined for other recipients, views and unknown functions', () => {
    const bet = encode('Staking', 'bet')
    assert.equal(decodeSpecial(undefined, bet), undefined)
    assert.equal(decodeSpecial(null, bet), undefined)
    assert.equal(decodeSpecial(ACCOUNT, bet), undefined)
    assert.equal(decodeSpecial(StorageMarket, bet), undefined)
    assert.equal(decodeSpecial(Heft, encode('Heft', 'totalHeft')), undefined)
    assert.equal(decodeSpecial(Staking, encode('Staking', 'stakeOf', [ACCOUNT])), undefined)
    assert.equal(decodeSpecial(Staking, '0x'), undefined)
    assert.equal(decodeSpecial(Staking, '0x123456'), undefined)
    assert.equal(decodeSpecial(Staking, '0xdeadbeef'), undefined)
  })

  test('never throws, whatever the data', () => {
    const selectors = SPECIAL_KINDS.flatMap(({ contract, methods }) =>
      methods.map((method) => ({
        to: SYSTEM_CONTRACTS[contract],
        selector: systemContractInterface(contract).getFunction(method)!.selector,
      })),
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...selectors),
        fc.uint8Array({ maxLength: 400 }),
        ({ to, selector }, rest) => {
          const hex = `${selector}${Buffer.from(rest).toString('hex')}`
          for (const data of [hex, rest, hex.slice(2), `${hex}0`]) {
            const special = decodeSpecial(to, data)
            assert.ok(special === undefined || special.kind > 0)
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})
