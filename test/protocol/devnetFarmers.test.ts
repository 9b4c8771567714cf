import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bytesToHex, hexToBytes, type PrefixedHexString, setLengthLeft } from '@ethereumjs/util'
import { privateKeyFromRaw } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { Wallet } from 'ethers'
import {
  SYSTEM_CONTRACTS,
  type SystemContractName,
  systemContractAddress,
} from '../../src/protocol/addresses.ts'
import {
  createDevnetFarmers,
  DEVNET_FARMER_COUNT,
  DEVNET_FARMER_TERMS,
} from '../../src/protocol/devnetFarmers.ts'
import { readGenesis } from '../../src/protocol/genesis.ts'
import { stakerKey, totalStakeKey } from '../../src/protocol/slots.ts'
import { ContractBench, checksum } from '../helpers/contractBench.ts'

const farmers = createDevnetFarmers()
const { balanceWei, stakeWei, capacityBytes, endpointHash } = DEVNET_FARMER_TERMS

describe('the devnet’s farmers', () => {
  test('are six accounts and nodes under the addresses and peer ids of their keys', () => {
    assert.equal(farmers.length, DEVNET_FARMER_COUNT)
    assert.equal(new Set(farmers.map(({ address }) => address.toString())).size, 6)
    for (const { privateKey, address, nodeKey, peerId } of farmers) {
      assert.equal(new Wallet(bytesToHex(privateKey)).address, checksum(address))
      const known = peerIdFromPrivateKey(privateKeyFromRaw(nodeKey)).toMultihash().bytes
      assert.deepEqual(peerId, Uint8Array.from(known))
    }
  })

  test('are funded on the devnet and nowhere else', () => {
    for (const network of ['devnet', 'testnet', 'mainnet'] as const) {
      const { alloc } = readGenesis(network)
      for (const { address } of farmers) {
        const balance = alloc[address.toString()]?.balance
        assert.equal(balance, network === 'devnet' ? balanceWei : undefined)
      }
    }
  })

  test('stand in the contracts as their own transactions would have left them', async () => {
    const bench = await ContractBench.create()
    const { storage } = bench.genesis.alloc[SYSTEM_CONTRACTS.Nodes]!
    for (const key of Object.keys(storage)) {
      await bench.putSystemStorage('Nodes', hexToBytes(key as PrefixedHexString), 0n)
    }
    for (const { address } of farmers) {
      await bench.putSystemStorage('Staking', stakerKey(address), 0n)
    }
    await bench.putSystemStorage('Staking', totalStakeKey, 5_000n * 10n ** 18n)
    for (const { address: from, peerId } of farmers) {
      await bench.send('Staking', 'bet', [], { from, value: stakeWei })
      await bench.send('Nodes', 'register', [peerId, capacityBytes, endpointHash], { from })
    }
    for (const name of ['Nodes', 'Staking'] as const) await assertGenesisStorage(bench, name)
  })

  test('may retire and take their stake back like any other', async () => {
    const bench = await ContractBench.create()
    for (const { node, address: from } of farmers) {
      await bench.send('Nodes', 'retire', [node], { from })
      await bench.send('Staking', 'unstake', [stakeWei], { from })
    }
    assert.deepEqual(await bench.view('Nodes', 'activeNodes', 0, 100), [])
    assert.equal(await bench.view('Nodes', 'activeNodeCount'), 0n)
  })
})

async function assertGenesisStorage(bench: ContractBench, name: SystemContractName): Promise<void> {
  const { storage } = bench.genesis.alloc[SYSTEM_CONTRACTS[name]]!
  assert.ok(Object.keys(storage).length > 0)
  for (const [key, value] of Object.entries(storage)) {
    const at = hexToBytes(key as PrefixedHexString)
    const found = await bench.evm.stateManager.getStorage(systemContractAddress(name), at)
    assert.equal(bytesToHex(setLengthLeft(found, 32)), value, `${name} ${key}`)
  }
}
