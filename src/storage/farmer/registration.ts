import { bytesToHex } from '@ethereumjs/util'
import type { JsonRpcApiProvider, Signer } from 'ethers'
import { listNodes } from '../../api/actions/listNodes.ts'
import { registerNode } from '../../api/actions/registerNode.ts'
import { stake } from '../../api/actions/stake.ts'
import { nodesContract, paramsContract, stakingContract } from '../../api/contracts.ts'
import { read, sendCall } from '../../api/send.ts'
import { parsePeerId } from '../../p2p/addresses.ts'
import type { Logger } from '../../util/logger.ts'

export interface RegistrationOptions {
  provider: JsonRpcApiProvider
  signer: Signer
  peerId: string
  capacityBytes: bigint
  logger: Logger
}

/** Nothing is committed to: where the node is reached stands in its peer record. */
const NO_ENDPOINT = `0x${'00'.repeat(32)}`

/**
 * The index of the account's node with this peer id. What is missing is done: the stake that a node locks, the
 * registration, the capacity when it changed. Throws `ApiError`, such as `INSUFFICIENT_FUNDS`.
 */
export async function ensureRegistered(options: RegistrationOptions): Promise<bigint> {
  const { provider, signer, peerId, capacityBytes, logger } = options
  const owner = await signer.getAddress()
  const multihash = bytesToHex(parsePeerId(peerId).toMultihash().bytes)
  const known = (await listNodes(provider, { owner })).find((node) => node.peerId === multihash)
  if (known === undefined) {
    await ensureStake(options, owner)
    const { node } = await registerNode(signer, {
      peerId: multihash,
      capacityBytes,
      endpointHash: NO_ENDPOINT,
    })
    logger.info('registered node', { node, peerId })
    return node
  }
  // Less than what it holds cannot be offered; the farmer itself takes no more either way.
  let offeredBytes = capacityBytes
  if (known.usedBytes > offeredBytes) offeredBytes = known.usedBytes
  if (known.capacityBytes !== offeredBytes) {
    await sendCall(() => nodesContract(signer).update(known.node, offeredBytes, known.endpointHash))
    logger.info('changed what the node offers', { node: known.node, capacityBytes: offeredBytes })
  }
  return known.node
}

async function ensureStake(
  { provider, signer, logger }: RegistrationOptions,
  owner: string,
): Promise<void> {
  const staking = stakingContract(provider)
  const [lockedWei, stakeWei, minimumWei] = await read(() =>
    Promise.all([
      staking.lockedStakeOf(owner),
      staking.stakeOf(owner),
      paramsContract(provider).minimumStakeWei(),
    ]),
  )
  const missingWei = lockedWei + minimumWei - stakeWei
  if (missingWei <= 0n) return
  await stake(signer, { amountWei: missingWei })
  logger.info('staked', { amountWei: missingWei })
}
