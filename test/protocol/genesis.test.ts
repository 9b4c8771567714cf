import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { Address, hexToBytes } from '@ethereumjs/util'
import { Wallet } from 'ethers'
import { buildGenesis, genesisPath } from '../../scripts/buildGenesis.ts'
import * as bls from '../../src/crypto/bls.ts'
import {
  CREATE2_DEPLOYER,
  HISTORY_STORAGE,
  SYSTEM_CONTRACTS,
} from '../../src/protocol/addresses.ts'
import { DEVNET_VALIDATOR } from '../../src/protocol/devnetValidator.ts'
import { ProtocolError } from '../../src/protocol/errors.ts'
import { decodeGenesis, encodeGenesis, readGenesis } from '../../src/protocol/genesis.ts'
import { decodeHeaderExtra } from '../../src/protocol/header.ts'
import { DEVNET_ACCOUNT_BALANCE_WEI, NETWORKS } from '../../src/protocol/networks.ts'
import { GENESIS_PARAMS, HEFT_POOL_WEI, UNBONDING_EPOCHS } from '../../src/protocol/params.ts'
import { SYSTEM_CONTRACT_ARTIFACTS } from '../../src/protocol/systemContracts.ts'
import { ContractBench } from '../helpers/contractBench.ts'

const networks = Object.values(NETWORKS)

describe('the genesis files', () => {
  test('are what the script builds from the presets and the compiled contracts', () => {
    for (const network of networks) {
      const stored = readFileSync(genesisPath(network.name), 'utf8')
      const fresh = encodeGenesis(buildGenesis(network))
      assert.ok(stored === fresh, `genesis/${network.name}.json is stale: run npm run genesis`)
    }
  })

  test('hold every system contract with its code and nonce 1', () => {
    for (const { name } of networks) {
      const { alloc } = readGenesis(name)
      for (const [contract, address] of Object.entries(SYSTEM_CONTRACTS)) {
        const { runtimeBytecode } =
          SYSTEM_CONTRACT_ARTIFACTS[contract as keyof typeof SYSTEM_CONTRACTS]
        assert.equal(alloc[address]?.code, runtimeBytecode)
        assert.equal(alloc[address]?.nonce, 1n)
      }
      assert.ok(alloc[HISTORY_STORAGE]?.code.startsWith('0x3373ffff'))
    }
  })

  test('fund accounts and name a validator on the devnet alone, and the reward pool everywhere', () => {
    for (const { name } of networks) {
      const { alloc, validators } = readGenesis(name)
      const isDevnet = name === 'devnet'
      const funded = Object.values(alloc).filter(
        ({ balance }) => balance === DEVNET_ACCOUNT_BALANCE_WEI,
      )
      assert.equal(funded.length, isDevnet ? 10 : 0)
      assert.equal(validators.length, isDevnet ? 1 : 0)
      assert.equal(CREATE2_DEPLOYER in alloc, isDevnet)
      const total = Object.values(alloc).reduce((sum, { balance }) => sum + balance, 0n)
      if (!isDevnet) assert.equal(total, HEFT_POOL_WEI)
    }
  })

  test('begin at slot 0 with no inspections, each with a mix of its own', () => {
    const mixes = networks.map(({ name }) => readGenesis(name).mixHash)
    assert.equal(new Set(mixes).size, networks.length)
    for (const { name } of networks) {
      const extra = decodeHeaderExtra(hexToBytes(readGenesis(name).extraData))
      assert.deepEqual(extra, { slot: 0n, totalInspections: 0n })
    }
  })

  test('name the validator whose keys the devnet has', () => {
    const [validator] = readGenesis('devnet').validators
    const { address } = new Wallet(`0x${Buffer.from(DEVNET_VALIDATOR.privateKey).toString('hex')}`)
    assert.equal(validator?.address, address.toLowerCase())
    const key = bls.publicKey(bls.secretKeyFromSeed(DEVNET_VALIDATOR.blsSeed))
    assert.deepEqual(hexToBytes(validator!.blsPublicKey), key)
  })

  test('set the parameters that the contracts read', async () => {
    const bench = await ContractBench.create()
    const expected = {
      ...GENESIS_PARAMS,
      epochLengthSlots: NETWORKS.devnet.epochLengthSlots,
      unbondingEpochs: UNBONDING_EPOCHS,
      periodSlots: NETWORKS.devnet.periodSlots,
      answerSlots: NETWORKS.devnet.answerSlots,
    }
    for (const [name, value] of Object.entries(expected)) {
      assert.equal(await bench.view('Params', name), value, name)
    }
    const { spacePriceWei, trafficPriceWei, burnShareBasisPoints } = GENESIS_PARAMS
    const terms = await bench.send('Params', 'marketTerms')
    const { bundledDownloadsPerYear } = GENESIS_PARAMS
    assert.deepEqual(terms.result, [
      spacePriceWei,
      trafficPriceWei,
      burnShareBasisPoints,
      bundledDownloadsPerYear,
    ])
  })

  test('hold the validator’s key as Staking would have kept it', async () => {
    const bench = await ContractBench.create()
    const [validator] = bench.genesis.validators
    const owner = new Address(hexToBytes(validator!.address))
    const key = bls.publicKeyToEIP2537(hexToBytes(validator!.blsPublicKey))
    assert.equal(
      await bench.view('Staking', 'keyOf', owner),
      `0x${Buffer.from(key).toString('hex')}`,
    )
  })
})

describe('decodeGenesis', () => {
  const valid = JSON.parse(encodeGenesis(readGenesis('devnet')))
  const address = SYSTEM_CONTRACTS.Staking

  const refuses = (change: Record<string, unknown>, where: string) =>
    assert.throws(
      () => decodeGenesis(JSON.stringify({ ...valid, ...change })),
      (error) =>
        error instanceof ProtocolError &&
        error.code === 'BAD_GENESIS' &&
        error.message.includes(where),
      where,
    )

  test('gives back what was encoded', () => {
    const genesis = readGenesis('devnet')
    assert.deepEqual(decodeGenesis(encodeGenesis(genesis)), genesis)
  })

  test('says where a malformed file is wrong', () => {
    refuses({ chainId: 31_300 }, 'chainId')
    refuses({ chainId: '0x0' }, 'chainId')
    refuses({ chainId: '0x01' }, 'chainId')
    refuses({ chainId: `0x1${'0'.repeat(14)}` }, 'chainId')
    refuses({ network: 'homenet' }, 'network')
    refuses({ gasLimit: '0x10000000000000000' }, 'gasLimit')
    refuses({ mixHash: '0x12' }, 'mixHash')
    refuses({ extraData: `0x${'ff'.repeat(32)}` }, 'extraData')
    refuses({ surplus: true }, 'surplus')
    refuses({ alloc: { '0x1234': { balance: '0x1' } } }, 'alloc')
    refuses({ alloc: { [address]: { balance: '-1' } } }, `alloc.${address}.balance`)
    refuses({ alloc: { [address]: { balance: '0x1', code: '0x123' } } }, 'code')
    const zero = `0x${'00'.repeat(32)}`
    refuses({ alloc: { [address]: { balance: '0x1', storage: { [zero]: zero } } } }, 'storage')
    refuses({ alloc: { [address.toUpperCase()]: { balance: '0x1' } } }, 'alloc')
    refuses({ validators: [{ address, blsPublicKey: '0x00' }] }, 'blsPublicKey')
    refuses({ validators: [valid.validators[0], valid.validators[0]] }, 'validators')
  })

  test('refuses text that is not JSON, or not an object', () => {
    for (const text of ['', '{', 'null', '[]', '"0x"', '1']) {
      assert.throws(() => decodeGenesis(text), { code: 'BAD_GENESIS' })
    }
  })

  test('fills in what an account leaves out', () => {
    const genesis = decodeGenesis(
      JSON.stringify({ ...valid, alloc: { [address]: { balance: '0x5' } } }),
    )
    assert.deepEqual(genesis.alloc[address], { balance: 5n, nonce: 0n, code: '0x', storage: {} })
  })
})
