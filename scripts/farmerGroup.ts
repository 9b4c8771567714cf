// Runs farmers in one process for tests, as the parent asks over the process's channel (startFarmerGroup.ts).
import type { JsonRpcProvider } from 'ethers'
import { connectProvider } from '../src/api/provider.ts'
import { createFarmer } from '../src/storage/farmer/createFarmer.ts'
import type { Farmer } from '../src/storage/farmer/farmer.ts'
import { errorMessage } from '../src/util/errors.ts'
import type { GroupAnswer, GroupOrder } from './startFarmerGroup.ts'

const farmers = new Map<bigint, Farmer>()

/** One for all farmers of the process: each of its own would ask for the head four times a second. */
const providers = new Map<string, Promise<JsonRpcProvider>>()

function providerOf(rpcURL: string): Promise<JsonRpcProvider> {
  const known = providers.get(rpcURL) ?? connectProvider(rpcURL)
  providers.set(rpcURL, known)
  return known
}

async function obey(order: GroupOrder): Promise<GroupAnswer['farmer']> {
  if (order.kind === 'stop') {
    await farmers.get(order.node)?.stop()
    farmers.delete(order.node)
    return undefined
  }
  const { rpcURL, ...options } = order.options
  const farmer = await createFarmer({ ...options, provider: await providerOf(rpcURL) })
  farmers.set(farmer.node, farmer)
  const { node, account, peerId } = farmer
  return { node, account, peerId, addresses: [...farmer.addresses()] }
}

process.on('message', async (order: GroupOrder) => {
  const { id } = order
  try {
    process.send!({ id, farmer: await obey(order) } satisfies GroupAnswer)
  } catch (error) {
    process.send!({ id, error: errorMessage(error) } satisfies GroupAnswer)
  }
})

process.on('disconnect', async () => {
  await Promise.allSettled([...farmers.values()].map((farmer) => farmer.stop()))
  process.exit()
})
