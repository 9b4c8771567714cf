import { bytesToHex } from '@ethereumjs/util'
import { Wallet } from 'ethers'
import { GNX } from '../../src/protocol/params.ts'
import { createFarmer, type FarmerOptions } from '../../src/storage/farmer/createFarmer.ts'
import type { Farmer } from '../../src/storage/farmer/farmer.ts'
import type { Scope, TestNetwork } from './network.ts'

/** Starts a farmer that the genesis does not know, with money to stake. It ends with the scope. */
export async function startNewcomer(
  scope: Scope,
  network: TestNetwork,
  number: number,
  options: Partial<FarmerOptions> = {},
): Promise<Farmer> {
  const accountKey = new Uint8Array(32).fill(0x40)
  accountKey[31] = number
  const { address } = new Wallet(bytesToHex(accountKey))
  const rich = new Wallet(network.node.devnet!.accounts[2]!.privateKey, network.provider)
  await (await rich.sendTransaction({ to: address, value: 6_000n * GNX })).wait()
  const farmer = await createFarmer({
    rpcURL: network.rpcURL,
    accountKey,
    capacityBytes: 20e9,
    bootstrap: network.farmers.slice(-1).flatMap((each) => each.addresses()),
    ...options,
  })
  scope.after(() => farmer.stop())
  network.farmers.push(farmer)
  return farmer
}
