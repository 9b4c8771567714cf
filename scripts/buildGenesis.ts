import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  Address,
  bigIntToBytes,
  bytesToBigInt,
  bytesToHex,
  hexToBytes,
  type PrefixedHexString,
  setLengthLeft,
  utf8ToBytes,
} from '@ethereumjs/util'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { HDNodeWallet, Mnemonic } from 'ethers'
import { publicKey, publicKeyToEIP2537, secretKeyFromSeed } from '../src/crypto/bls.ts'
import { publicKeyOf, publicKeyToAddress } from '../src/crypto/secp256k1.ts'
import {
  CREATE2_DEPLOYER,
  HISTORY_STORAGE,
  SYSTEM_CONTRACTS,
  type SystemContractName,
} from '../src/protocol/addresses.ts'
import {
  createDevnetFarmers,
  DEVNET_FARMER_TERMS,
  type DevnetFarmer,
} from '../src/protocol/devnetFarmers.ts'
import { DEVNET_VALIDATOR } from '../src/protocol/devnetValidator.ts'
import {
  encodeGenesis,
  type Genesis,
  type GenesisAccount,
  type Validator,
} from '../src/protocol/genesis.ts'
import { encodeHeaderExtra } from '../src/protocol/header.ts'
import {
  DEVNET_ACCOUNT_BALANCE_WEI,
  DEVNET_MNEMONIC,
  NETWORKS,
  type Network,
  type NetworkName,
} from '../src/protocol/networks.ts'
import { GENESIS_PARAMS, HEFT_POOL_WEI, UNBONDING_EPOCHS } from '../src/protocol/params.ts'
import * as slots from '../src/protocol/slots.ts'
import { SYSTEM_CONTRACT_ARTIFACTS } from '../src/protocol/systemContracts.ts'
import {
  encodeNodeUseWord,
  encodeNodeWord,
  encodeParamsWords,
  encodeStakerWord,
} from '../src/protocol/words.ts'

const GENESIS_FOLDER = fileURLToPath(new URL('../genesis/', import.meta.url))

/** The contract that EIP-2935 gives for the history of block hashes. */
const HISTORY_STORAGE_CODE =
  '0x3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500'

/** The deterministic deployment proxy that Ethereum tools look for. */
const CREATE2_DEPLOYER_CODE =
  '0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3'

const DEVNET_ACCOUNTS = 10

type Storage = GenesisAccount['storage']

/** Who has stake and nodes from the beginning. */
interface Founders {
  validator: Validator
  farmers: readonly DevnetFarmer[]
}

/** The genesis of a network: the system contracts and, on the devnet, its accounts, validator and farmers. */
export function buildGenesis(network: Network): Genesis {
  const founders =
    network.name === 'devnet'
      ? { validator: devnetValidator(), farmers: createDevnetFarmers() }
      : undefined
  return {
    network: network.name,
    chainId: network.chainId,
    timestamp: network.genesisTime,
    gasLimit: network.blockGasLimit,
    baseFeePerGas: network.genesisBaseFeeWei,
    extraData: bytesToHex(encodeHeaderExtra({ slot: 0n, totalInspections: 0n })),
    mixHash: bytesToHex(keccak_256(utf8ToBytes(`genaro ${network.name} genesis`))),
    validators: founders === undefined ? [] : [founders.validator],
    alloc: {
      ...systemContracts(network, founders),
      [HISTORY_STORAGE]: contract(HISTORY_STORAGE_CODE),
      ...(founders === undefined ? {} : devnetAlloc(founders.farmers)),
    },
  }
}

const contract = (
  code: PrefixedHexString,
  storage: Storage = {},
  balance = 0n,
): GenesisAccount => ({
  balance,
  nonce: 1n,
  code,
  storage,
})

function systemContracts(network: Network, founders: Founders | undefined) {
  const storage: Partial<Record<SystemContractName, Storage>> = {
    Params: paramsStorage(network),
    ...(founders === undefined
      ? {}
      : { Staking: stakingStorage(founders), Nodes: nodesStorage(founders.farmers) }),
  }
  const balances: Partial<Record<SystemContractName, bigint>> = {
    Heft: HEFT_POOL_WEI,
    ...(founders === undefined ? {} : { Staking: totalStakeWei(founders) }),
  }
  return Object.fromEntries(
    Object.entries(SYSTEM_CONTRACTS).map(([key, address]) => {
      const name = key as SystemContractName
      const code = SYSTEM_CONTRACT_ARTIFACTS[name].runtimeBytecode
      return [address, contract(code, storage[name], balances[name])]
    }),
  )
}

const totalStakeWei = ({ farmers }: Founders): bigint =>
  DEVNET_VALIDATOR.stakeWei + BigInt(farmers.length) * DEVNET_FARMER_TERMS.stakeWei

function paramsStorage({ epochLengthSlots, periodSlots, answerSlots }: Network): Storage {
  const words = encodeParamsWords({
    ...GENESIS_PARAMS,
    epochLengthSlots,
    unbondingEpochs: UNBONDING_EPOCHS,
    periodSlots,
    answerSlots,
  })
  return toStorage([
    [slots.paramsKeys.market, words.market],
    [slots.paramsKeys.staking, words.staking],
    [slots.paramsKeys.inspections, words.inspections],
    [slots.paramsKeys.heft, words.heft],
  ])
}

function devnetValidator() {
  const address = bytesToHex(publicKeyToAddress(publicKeyOf(DEVNET_VALIDATOR.privateKey)))
  return { address, blsPublicKey: bytesToHex(publicKey(devnetBLSSecret())) }
}

const devnetBLSSecret = (): Uint8Array => secretKeyFromSeed(DEVNET_VALIDATOR.blsSeed)

/** The validator and the farmers as their own `bet` and `registerKey` would have left them. */
function stakingStorage(founders: Founders): Storage {
  return toStorage([
    ...validatorEntries(founders.validator.address),
    ...founders.farmers.map(({ address }): Entry => [slots.stakerKey(address), farmerStakerWord()]),
    [slots.totalStakeKey, bigIntToBytes(totalStakeWei(founders))],
  ])
}

function validatorEntries(validator: PrefixedHexString): Entry[] {
  const account = new Address(hexToBytes(validator))
  const key = publicKeyToEIP2537(publicKey(devnetBLSSecret()))
  const { stakeWei } = DEVNET_VALIDATOR
  const staker = encodeStakerWord({ stakeWei, candidatePosition: 1n, hasKey: 1n, resigned: 0n })
  return [
    [slots.stakerKey(account), staker],
    ...slots
      .blsPublicKeyKeys(account)
      .map((slot, index): Entry => [slot, key.subarray(32 * index, 32 * (index + 1))]),
    [slots.blsKeyOwnerKey(key), account.bytes],
    [slots.candidateCountKey, Uint8Array.of(1)],
    [slots.candidateKey(0n), account.bytes],
  ]
}

function farmerStakerWord(): Uint8Array {
  const { stakeWei } = DEVNET_FARMER_TERMS
  return encodeStakerWord({ stakeWei, candidatePosition: 0n, hasKey: 0n, resigned: 0n })
}

/** The farmers' nodes as their own `register` would have left them. */
function nodesStorage(farmers: readonly DevnetFarmer[]): Storage {
  const count = Uint8Array.of(farmers.length)
  return toStorage([
    [slots.nodeCountKey, count],
    [slots.allActiveNodeCountKey, count],
    ...farmers.flatMap(nodeEntries),
  ])
}

function nodeEntries({ node, address, peerId }: DevnetFarmer): Entry[] {
  const { capacityBytes, endpointHash } = DEVNET_FARMER_TERMS
  const keys = slots.nodeKeys(node)
  const owner = bytesToBigInt(address.bytes)
  const use = { usedBytes: 0n, replicaCount: 0n, activePosition: node + 1n, dischargedTime: 0n }
  return [
    [keys.node, encodeNodeWord({ owner, capacityBytes, position: 1n })],
    [keys.endpointHash, endpointHash],
    ...slots.bytesEntries(keys.peerId, peerId),
    [keys.use, encodeNodeUseWord(use)],
    [slots.activeNodeCountKey(address), Uint8Array.of(1)],
    [slots.activeNodeKey(address, 0n), bigIntToBytes(node)],
    [slots.nodeByPeerIdKey(address, peerId), bigIntToBytes(node + 1n)],
    [slots.allActiveNodeKey(node), bigIntToBytes(node)],
  ]
}

type Entry = [key: Uint8Array, value: Uint8Array]

/** Values shorter than a word are its low bytes; a word of zeros is no entry. */
const toStorage = (entries: readonly Entry[]): Storage =>
  Object.fromEntries(
    entries
      .filter(([, value]) => value.some((byte) => byte !== 0))
      .map(([key, value]) => [bytesToHex(key), bytesToHex(setLengthLeft(value, 32))]),
  )

function devnetAlloc(farmers: readonly DevnetFarmer[]): Genesis['alloc'] {
  const parent = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(DEVNET_MNEMONIC), "m/44'/60'/0'/0")
  const accounts = Array.from({ length: DEVNET_ACCOUNTS }, (_, index) => [
    parent.deriveChild(index).address.toLowerCase(),
    funded(DEVNET_ACCOUNT_BALANCE_WEI),
  ])
  const farmerAccounts = farmers.map(({ address }) => [
    address.toString(),
    funded(DEVNET_FARMER_TERMS.balanceWei),
  ])
  return {
    [CREATE2_DEPLOYER]: contract(CREATE2_DEPLOYER_CODE),
    ...Object.fromEntries([...accounts, ...farmerAccounts]),
  }
}

const funded = (balance: bigint): GenesisAccount => ({
  balance,
  nonce: 0n,
  code: '0x',
  storage: {},
})

/** Where the genesis file of a network stands. */
export const genesisPath = (name: NetworkName): string => `${GENESIS_FOLDER}${name}.json`

if (import.meta.main) {
  for (const network of Object.values(NETWORKS)) {
    writeFileSync(genesisPath(network.name), encodeGenesis(buildGenesis(network)))
  }
}
