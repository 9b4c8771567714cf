import assert from 'node:assert/strict'
import { createBlock } from '@ethereumjs/block'
import { createEVM, type EVM } from '@ethereumjs/evm'
import { SimpleStateManager } from '@ethereumjs/statemanager'
import {
  Address,
  bigIntToBytes,
  bytesToHex,
  createAccount,
  hexToBytes,
  type PrefixedHexString,
  setLengthLeft,
  toChecksumAddress,
  unpadBytes,
} from '@ethereumjs/util'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { type ErrorDescription, Interface, type LogDescription, Result } from 'ethers/abi'
import { storageOpcodes } from '../../src/chain/opcodes/storageOpcodes.ts'
import {
  SYSTEM_CONTRACTS,
  type SystemContractName,
  systemContractAddress,
} from '../../src/protocol/addresses.ts'
import { createCommon } from '../../src/protocol/common.ts'
import { type Genesis, readGenesis } from '../../src/protocol/genesis.ts'
import { GNX } from '../../src/protocol/params.ts'
import { beaconCurrentSlotKey } from '../../src/protocol/slots.ts'
import { systemContractInterface } from '../../src/protocol/systemContracts.ts'

/** A contract as the bench calls it: a system contract by name, or any other. */
export type Target = SystemContractName | { address: Address; abi: Interface }

export interface CallOptions {
  from?: Address
  value?: bigint
  isStatic?: boolean
  gasLimit?: bigint
}

/** What came of a call. `error` is the decoded custom error, when it reverted with one of the contract's. */
export interface Outcome {
  failure: string | undefined
  error: ErrorDescription | undefined
  /** The decoded values, structs and lists as plain arrays. */
  result: unknown[]
  returnData: Uint8Array
  /** With the 21,000 of a transaction and its call data; refunds not taken off. */
  gasUsed: bigint
  /** Of the execution alone. */
  executionGas: bigint
  events: LogDescription[]
}

export const account = (number: number): Address =>
  new Address(setLengthLeft(bigIntToBytes(BigInt(0xacc0000 + number)), 20))

/** An address as decoded results and events hold it. */
export const checksum = (address: Address): string => toChecksumAddress(address.toString())

export const ALICE = account(1)
export const BOB = account(2)
const FUNDS = 1_000_000_000n * GNX
const GAS_LIMIT = 16_000_000n

/** The devnet's genesis state in an EVM, to try the contracts in: time and slot are the test's. */
export class ContractBench {
  readonly evm: EVM
  readonly genesis: Genesis
  time: bigint
  /** The number of the block that calls run in. */
  blockNumber = 1n
  /** That block's beacon value, its PREVRANDAO. */
  mix: Uint8Array = new Uint8Array(32)

  private constructor(evm: EVM, genesis: Genesis) {
    this.evm = evm
    this.genesis = genesis
    this.time = genesis.timestamp
  }

  static async create(): Promise<ContractBench> {
    const genesis = readGenesis('devnet')
    const common = createCommon({ chainId: genesis.chainId })
    const evm = await createEVM({
      common,
      stateManager: new SimpleStateManager({ common }),
      customOpcodes: storageOpcodes(),
      blockchain: chainOfHashes,
    })
    const bench = new ContractBench(evm, genesis)
    for (const [address, entry] of Object.entries(genesis.alloc)) {
      const at = new Address(hexToBytes(address as PrefixedHexString))
      const { balance, nonce } = entry
      await evm.stateManager.putAccount(at, createAccount({ balance, nonce }))
      if (entry.code !== '0x') await evm.stateManager.putCode(at, hexToBytes(entry.code))
      for (const [key, value] of Object.entries(entry.storage)) {
        await bench.putStorage(at, hexToBytes(key as PrefixedHexString), hexToBytes(value))
      }
    }
    for (const at of [ALICE, BOB]) await bench.fund(at)
    return bench
  }

  fund(at: Address, balance = FUNDS): Promise<void> {
    return this.evm.stateManager.putAccount(at, createAccount({ balance }))
  }

  async balanceOf(at: Address): Promise<bigint> {
    return (await this.evm.stateManager.getAccount(at))?.balance ?? 0n
  }

  putStorage(at: Address, key: Uint8Array, value: Uint8Array): Promise<void> {
    return this.evm.stateManager.putStorage(at, key, unpadBytes(value))
  }

  /** Writes a fixture into a system contract, as the protocol does. */
  putSystemStorage(name: SystemContractName, key: Uint8Array, value: bigint): Promise<void> {
    return this.putStorage(systemContractAddress(name), key, bigIntToBytes(value))
  }

  async setSlot(slot: bigint): Promise<void> {
    await this.putSystemStorage('Beacon', beaconCurrentSlotKey, slot)
  }

  /** Deploys creation code; arguments are already appended. */
  async deploy(abi: readonly unknown[], creationCode: string, args: unknown[] = []) {
    const contract = new Interface(abi as string[])
    const data = hexToBytes(
      `${creationCode}${contract.encodeDeploy(args).slice(2)}` as PrefixedHexString,
    )
    const { execResult, createdAddress } = await this.run({ from: ALICE, data })
    assert.equal(execResult.exceptionError, undefined, 'the deployment failed')
    return { address: createdAddress!, abi: contract }
  }

  /** Calls a function of a contract. */
  async call(
    target: Target,
    method: string,
    args: readonly unknown[] = [],
    options: CallOptions = {},
  ): Promise<Outcome> {
    const { abi } = this.resolve(target)
    const outcome = await this.callRaw(target, encodeCall(abi, method, args), options)
    if (outcome.failure !== undefined) return outcome
    const result = abi.decodeFunctionResult(method, outcome.returnData)
    return { ...outcome, result: toPlain(result) as unknown[] }
  }

  /** Calls a contract with any data. */
  async callRaw(
    target: Target,
    data: Uint8Array,
    { from = ALICE, value = 0n, isStatic = false, gasLimit = GAS_LIMIT }: CallOptions = {},
  ): Promise<Outcome> {
    const { address, abi } = this.resolve(target)
    const { execResult } = await this.run({ from, to: address, data, value, isStatic, gasLimit })
    const failure = execResult.exceptionError?.error
    return {
      failure,
      error:
        execResult.returnValue.length < 4 || failure === undefined
          ? undefined
          : parseError(abi, execResult.returnValue),
      result: [],
      returnData: execResult.returnValue,
      gasUsed: execResult.executionGasUsed + intrinsicGas(data),
      executionGas: execResult.executionGasUsed,
      events: (execResult.logs ?? []).flatMap(([at, topics, logged]) => {
        const source = this.interfaceAt(bytesToHex(at)) ?? abi
        const event = source.parseLog({ topics: topics.map(bytesToHex), data: bytesToHex(logged) })
        return event === null ? [] : [event]
      }),
    }
  }

  /** The first value that a function returns; fails the test when it reverts. */
  async view(target: Target, method: string, ...args: unknown[]): Promise<unknown> {
    return succeeded(await this.call(target, method, args)).result[0]
  }

  /** Calls and fails the test when the call fails. */
  async send(
    target: Target,
    method: string,
    args: readonly unknown[] = [],
    options: CallOptions = {},
  ): Promise<Outcome> {
    return succeeded(await this.call(target, method, args, options))
  }

  private resolve(target: Target): { address: Address; abi: Interface } {
    return typeof target === 'string'
      ? { address: systemContractAddress(target), abi: systemContractInterface(target) }
      : target
  }

  private interfaceAt(address: string): Interface | undefined {
    const name = Object.entries(SYSTEM_CONTRACTS).find(([, at]) => at === address)?.[0]
    return name === undefined ? undefined : systemContractInterface(name as SystemContractName)
  }

  private async run(message: {
    from: Address
    to?: Address
    data: Uint8Array
    value?: bigint
    isStatic?: boolean
    gasLimit?: bigint
  }) {
    const { common } = this.evm
    const { time: timestamp, blockNumber: number, mix: mixHash } = this
    const header = { timestamp, number, mixHash, gasLimit: 30_000_000n }
    const { from: caller, ...rest } = message
    const result = await this.evm.runCall({
      gasLimit: GAS_LIMIT,
      ...rest,
      caller,
      origin: caller,
      block: createBlock({ header }, { common }),
    })
    await this.evm.journal.cleanup()
    this.evm.stateManager.originalStorageCache.clear()
    return result
  }
}

/** The hash of a block of the bench, as contracts see it. */
export const blockHashOf = (number: bigint): Uint8Array =>
  keccak_256(setLengthLeft(bigIntToBytes(number), 32))

/** Blocks that are nothing but their hashes. */
const chainOfHashes = {
  getBlock: async (number: number) => ({ hash: () => blockHashOf(BigInt(number)) }),
  putBlock: async () => {},
  shallowCopy: () => chainOfHashes,
}

/** The call data of a function; addresses may be given as `Address`. */
export const encodeCall = (abi: Interface, method: string, args: readonly unknown[]): Uint8Array =>
  hexToBytes(
    abi.encodeFunctionData(
      method,
      args.map((argument) => (argument instanceof Address ? argument.toString() : argument)),
    ) as PrefixedHexString,
  )

/** The contract's own error, or that of a system contract it called. */
function parseError(abi: Interface, data: Uint8Array): ErrorDescription | undefined {
  const known = Object.keys(SYSTEM_CONTRACTS).map((name) =>
    systemContractInterface(name as SystemContractName),
  )
  for (const candidate of [abi, ...known]) {
    const error = candidate.parseError(data)
    if (error !== null) return error
  }
  return undefined
}

const toPlain = (value: unknown): unknown =>
  value instanceof Result ? value.toArray().map(toPlain) : value

const intrinsicGas = (data: Uint8Array): bigint =>
  21_000n + data.reduce((gas, byte) => gas + (byte === 0 ? 4n : 16n), 0n)

/** Fails the test unless the call succeeded. */
export function succeeded(outcome: Outcome): Outcome {
  const { failure, error } = outcome
  assert.equal(failure, undefined, `failed: ${error?.name ?? failure}(${error?.args ?? ''})`)
  return outcome
}

/** Fails the test unless the outcome is a revert with this custom error. */
export function assertReverted(outcome: Outcome, error: string, ...args: unknown[]): void {
  assert.equal(outcome.failure, 'revert', `expected ${error}, got ${outcome.failure ?? 'success'}`)
  assert.equal(outcome.error?.name, error, `reverted with ${bytesToHex(outcome.returnData)}`)
  if (args.length > 0) assert.deepEqual([...(outcome.error?.args ?? [])], args)
}

/** The events of an outcome by name, with their arguments. */
export const eventNames = ({ events }: Outcome): string[] => events.map(({ name }) => name)
