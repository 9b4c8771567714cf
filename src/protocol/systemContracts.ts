import { Interface, type InterfaceAbi } from 'ethers/abi'
import type { SystemContractName } from './addresses.ts'
import { Beacon } from './generated/Beacon.ts'
import { Heft } from './generated/Heft.ts'
import { Inspections } from './generated/Inspections.ts'
import { Nodes } from './generated/Nodes.ts'
import { Params } from './generated/Params.ts'
import { Replicas } from './generated/Replicas.ts'
import { SentinelGroups } from './generated/SentinelGroups.ts'
import { Staking } from './generated/Staking.ts'
import { StorageMarket } from './generated/StorageMarket.ts'
import { StorageView } from './generated/StorageView.ts'
import { Streams } from './generated/Streams.ts'

/** What the compiler made of one system contract. */
export interface SystemContractArtifact {
  abi: InterfaceAbi
  /** The code at the contract's address, 0x-prefixed. */
  runtimeBytecode: `0x${string}`
  /** Where its variables stand, as solc tells it. */
  storageLayout: readonly StorageVariable[]
  /** The members of its structs in storage, by name; their slots count from the struct's first. */
  structs: Readonly<Record<string, readonly StorageVariable[]>>
}

/** A variable's place in storage: slot, and offset in bytes from the lowest. */
export interface StorageVariable {
  label: string
  slot: string
  offset: number
  type: string
}

/** ABI, code and storage layout of every system contract. */
export const SYSTEM_CONTRACT_ARTIFACTS = {
  Staking,
  StorageMarket,
  Heft,
  Nodes,
  StorageView,
  Beacon,
  Params,
  Streams,
  Replicas,
  Inspections,
  SentinelGroups,
} as const satisfies Record<SystemContractName, SystemContractArtifact>

const interfaces = new Map<SystemContractName, Interface>()

/** The functions, events and errors of a system contract, ready to encode and decode. */
export function systemContractInterface(name: SystemContractName): Interface {
  let known = interfaces.get(name)
  if (known === undefined) {
    known = new Interface(SYSTEM_CONTRACT_ARTIFACTS[name].abi)
    interfaces.set(name, known)
  }
  return known
}
