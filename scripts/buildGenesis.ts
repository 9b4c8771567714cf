import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Address, bytesToHex, type PrefixedHexString, utf8ToBytes } from '@ethereumjs/util'
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
import { DEVNET_VALIDATOR } from '../src/protocol/devnetValidator.ts'
import { encodeGenesis, type Genesis, type GenesisAccount } from '../src/protocol/genesis.ts'
import { encodeHeaderExtra } from '../src/protocol/header.ts'
import {
  DEVNET_ACCOUNT_BALANCE_WEI,
  DEVNET_MNEMONIC,
  NETWORKS,
  type Network,
  type NetworkName,
} from '../src/protocol/networks.ts'
import { GENESIS_PARAMS, UNBONDING_EPOCHS } from '../src/protocol/params.ts'
import * as slots from '../src/protocol/slots.ts'
import { SYSTEM_CONTRACT_ARTIFACTS } from '../src/protocol/systemContracts.ts'
import { encodeParamsWords, encodeStakerWord } from '../src/protocol/words.ts'

const GENESIS_FOLDER = fileURLToPath(new URL('../genesis/', import.meta.url))

/** The contract that EIP-2935 gives for the history of block hashes. */
const HISTORY_STORAGE_CODE =
  '0x3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500'

/** The deterministic deployment proxy that Ethereum tools look for. */
const CREATE2_DEPLOYER_CODE =
  '0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3'

const DEVNET_ACCOUNTS = 10

type Storage = GenesisAccount['storage']

/** The genesis of a network: the system contracts and, on the devnet, its accounts and validator. */
export function buildGenesis(network: Network): Genesis {
  const validator = network.name === 'devnet' ? devnetValidator() : undefined
  return {
    network: network.name,
    chainId: network.chainId,
    timestamp: network.genesisTime,
    gasLimit: network.blockGasLimit,
    baseFeePerGas: network.genesisBaseFeeWei,
    extraData: bytesToHex(encodeHeaderExtra({ slot: 0n, totalInspections: 0n })),
    mixHash: bytesToHex(keccak_256(utf8ToBytes(`genaro ${network.name} genesis`))),
    validators: validator === undefined ? [] : [validator],
    alloc: {
      ...systemContracts(network, validator?.address),
      [HISTORY_STORAGE]: contract(HISTORY_STORAGE_CODE),
      ...(network.name === 'devnet' ? devnetAlloc() : {}),
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

/** `validator`: whose stake the Staking contract holds from the beginning, if anyone's. */
function systemContracts(network: Network, validator: PrefixedHexString | undefined) {
  const storage: Partial<Record<SystemContractName, Storage>> = {
    Params: paramsStorage(network),
    ...(validator === undefined ? {} : { Staking: stakingStorage(validator) }),
  }
  const balances: Partial<Record<SystemContractName, bigint>> =
    validator === undefined ? {} : { Staking: DEVNET_VALIDATOR.stakeWei }
  return Object.fromEntries(
    Object.entries(SYSTEM_CONTRACTS).map(([key, address]) => {
      const name = key as SystemContractName
      const code = SYSTEM_CONTRACT_ARTIFACTS[name].runtimeBytecode
      return [address, contract(code, storage[name], balances[name])]
    }),
  )
}

function paramsStorage({ epochLengthSlots }: Network): Storage {
  const unbondingEpochs = UNBONDING_EPOCHS
  const words = encodeParamsWords({ ...GENESIS_PARAMS, epochLengthSlots, unbondingEpochs })
  return toStorage([
    [slots.paramsKeys.market, words.market],
    [slots.paramsKeys.staking, words.staking],
  ])
}

function devnetValidator() {
  const address = bytesToHex(publicKeyToAddress(publicKeyOf(DEVNET_VALIDATOR.privateKey)))
  return { address, blsPublicKey: bytesToHex(publicKey(devnetBLSSecret())) }
}

const devnetBLSSecret = (): Uint8Array => secretKeyFromSeed(DEVNET_VALIDATOR.blsSeed)

/** The validator as its own `bet` and `registerKey` would have left it. */
function stakingStorage(validator: PrefixedHexString): Storage {
  const account = new Address(Buffer.from(validator.slice(2), 'hex'))
  const key = publicKeyToEIP2537(publicKey(devnetBLSSecret()))
  const { stakeWei } = DEVNET_VALIDATOR
  const staker = encodeStakerWord({ stakeWei, candidatePosition: 1n, hasKey: 1n, resigned: 0n })
  return toStorage([
    [slots.stakerKey(account), staker],
    ...slots
      .blsPublicKeyKeys(account)
      .map((slot, index): Entry => [slot, key.subarray(32 * index, 32 * (index + 1))]),
    [slots.blsKeyOwnerKey(key), account.bytes],
    [slots.candidateCountKey, Uint8Array.of(1)],
    [slots.candidateKey(0n), account.bytes],
    [slots.totalStakeKey, Buffer.from(stakeWei.toString(16).padStart(64, '0'), 'hex')],
  ])
}

type Entry = [key: Uint8Array, value: Uint8Array]

const toStorage = (entries: readonly Entry[]): Storage =>
  Object.fromEntries(
    entries.map(([key, value]) => [
      bytesToHex(key),
      `0x${toHex(value).padStart(64, '0')}` as const,
    ]),
  )

const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

function devnetAlloc(): Genesis['alloc'] {
  const parent = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(DEVNET_MNEMONIC), "m/44'/60'/0'/0")
  const accounts = Array.from({ length: DEVNET_ACCOUNTS }, (_, index) => [
    parent.deriveChild(index).address.toLowerCase(),
    { balance: DEVNET_ACCOUNT_BALANCE_WEI, nonce: 0n, code: '0x', storage: {} },
  ])
  return { [CREATE2_DEPLOYER]: contract(CREATE2_DEPLOYER_CODE), ...Object.fromEntries(accounts) }
}

/** Where the genesis file of a network stands. */
export const genesisPath = (name: NetworkName): string => `${GENESIS_FOLDER}${name}.json`

if (import.meta.main) {
  for (const network of Object.values(NETWORKS)) {
    writeFileSync(genesisPath(network.name), encodeGenesis(buildGenesis(network)))
  }
}
