import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { createDevnetFarmers } from '../../src/protocol/devnetFarmers.ts'
import { LEAF_BYTES } from '../../src/protocol/replicaLayout.ts'
import { createFarmer, type FarmerOptions } from '../../src/storage/farmer/createFarmer.ts'
import type { Farmer } from '../../src/storage/farmer/farmer.ts'
import { dataFile } from '../../src/storage/farmer/replicaRecord.ts'
import { patternBytes, type Scope, type TestNetwork } from './network.ts'

/** Starts one of the devnet's farmers with a directory that a test can reach. It ends with the scope. */
export async function startReachable(
  scope: Scope,
  network: TestNetwork,
  index: number,
  options: Partial<FarmerOptions> = {},
): Promise<{ farmer: Farmer; fileOf(replicaId: string): string }> {
  const { privateKey, nodeKey } = createDevnetFarmers()[index]!
  const dataDirectory = network.directory()
  const farmer = await createFarmer({
    rpcURL: network.rpcURL,
    accountKey: privateKey,
    nodeKey,
    dataDirectory,
    capacityBytes: 20e9,
    bootstrap: network.addresses().slice(0, 1),
    ...options,
  })
  scope.after(() => farmer.stop())
  network.farmers.push(farmer)
  return { farmer, fileOf: (id) => join(dataDirectory, 'replicas', dataFile(id)) }
}

/** Writes other bytes over each so-many-th leaf of a file. */
export async function overwriteLeaves(file: string, every: number): Promise<void> {
  const handle = await open(file, 'r+')
  const leaves = (await handle.stat()).size / LEAF_BYTES
  const other = patternBytes(LEAF_BYTES, 99)
  for (let leaf = 0; leaf < leaves; leaf += every) {
    await handle.write(other, 0, LEAF_BYTES, leaf * LEAF_BYTES)
  }
  await handle.close()
}
