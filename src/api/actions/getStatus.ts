import type { JsonRpcApiProvider } from 'ethers'
import { NETWORKS } from '../../protocol/networks.ts'
import { beaconContract, heftContract, paramsContract, stakingContract } from '../contracts.ts'
import { read } from '../send.ts'

/** What a node says about itself and its chain. */
export interface Status {
  clientVersion: string
  chainId: bigint
  /** The network's name; undefined for a chain id that is none of ours. */
  network: string | undefined
  blockNumber: number
  /** Unix seconds. */
  blockTime: bigint
  slot: bigint
  epoch: bigint
  gasPriceWei: bigint
  /** Per GB, day and backup. */
  spacePriceWei: bigint
  /** Per GB. */
  trafficPriceWei: bigint
  minimumStakeWei: bigint
  candidateCount: bigint
  totalStakeWei: bigint
  totalHeft: bigint
}

/** Reads how a node and its chain are. Throws `ApiError`. */
export async function getStatus(provider: JsonRpcApiProvider): Promise<Status> {
  const [node, chain] = await Promise.all([
    read(() => readNode(provider)),
    read(() => readChain(provider)),
  ])
  return { ...node, ...chain }
}

async function readNode(provider: JsonRpcApiProvider) {
  const [clientVersion, { chainId }, block, gasPrice] = await Promise.all([
    provider.send('web3_clientVersion', []) as Promise<string>,
    provider.getNetwork(),
    provider.getBlock('latest'),
    provider.send('eth_gasPrice', []) as Promise<string>,
  ])
  return {
    clientVersion,
    chainId,
    network: Object.values(NETWORKS).find((network) => network.chainId === chainId)?.name,
    blockNumber: block!.number,
    blockTime: BigInt(block!.timestamp),
    gasPriceWei: BigInt(gasPrice),
  }
}

async function readChain(provider: JsonRpcApiProvider) {
  const params = paramsContract(provider)
  const beacon = beaconContract(provider)
  const staking = stakingContract(provider)
  const [
    slot,
    epoch,
    spacePriceWei,
    trafficPriceWei,
    minimumStakeWei,
    candidateCount,
    totalStakeWei,
    totalHeft,
  ] = await Promise.all([
    beacon.currentSlot(),
    beacon.currentEpoch(),
    params.spacePriceWei(),
    params.trafficPriceWei(),
    params.minimumStakeWei(),
    staking.candidateCount(),
    staking.totalStake(),
    heftContract(provider).totalHeft(),
  ])
  return {
    slot,
    epoch,
    spacePriceWei,
    trafficPriceWei,
    minimumStakeWei,
    candidateCount,
    totalStakeWei,
    totalHeft,
  }
}
