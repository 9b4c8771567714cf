import { Interface, type InterfaceAbi } from 'ethers'
import { SYSTEM_CONTRACTS, type SystemContractName } from '../protocol/addresses.ts'
import { Beacon } from '../protocol/generated/Beacon.ts'
import { Heft } from '../protocol/generated/Heft.ts'
import { Nodes } from '../protocol/generated/Nodes.ts'
import { Params } from '../protocol/generated/Params.ts'
import { Staking } from '../protocol/generated/Staking.ts'
import { StorageMarket } from '../protocol/generated/StorageMarket.ts'
import { StorageView } from '../protocol/generated/StorageView.ts'
import { Streams } from '../protocol/generated/Streams.ts'

const COMPILED: Record<SystemContractName, { abi: InterfaceAbi }> = {
  Staking,
  StorageMarket,
  Heft,
  Nodes,
  StorageView,
  Beacon,
  Params,
  Streams,
}

const interfaces = new Map<SystemContractName, Interface>()

/** The functions, events and errors of a system contract in the form ethers takes. */
export function systemContractInterface(name: SystemContractName): Interface {
  const known = interfaces.get(name)
  if (known !== undefined) return known
  const made = new Interface(COMPILED[name].abi)
  interfaces.set(name, made)
  return made
}

/** Which system contract stands at an address. */
export const systemContractAt = (address: string): SystemContractName | undefined =>
  (Object.keys(SYSTEM_CONTRACTS) as SystemContractName[]).find(
    (name) => SYSTEM_CONTRACTS[name] === address.toLowerCase(),
  )
