import { bytesToHex, utf8ToBytes } from '@ethereumjs/util'
import type { JsonRpcApiProvider, Signer } from 'ethers'
import { getNode } from '../../api/actions/getNode.ts'
import { listNodes } from '../../api/actions/listNodes.ts'
import { registerNode } from '../../api/actions/registerNode.ts'
import { stake } from '../../api/actions/stake.ts'
import { nodesContract, paramsContract, stakingContract } from '../../api/contracts.ts'
import { ApiError } from '../../api/errors.ts'
import { read, sendCall } from '../../api/send.ts'
import { parsePeerId } from '../../p2p/addresses.ts'
import type { KeyValueStore } from '../../util/keyValueStore.ts'
import type { Logger } from '../../util/logger.ts'

export interface RegistrationOptions {
  provider: JsonRpcApiProvider
  signer: Signer
  peerId: string
  capacityBytes: bigint
  /** Where the node's index is kept, so that one that was discharged is not mistaken for a new one. */
  metadata: KeyValueStore
  logger: Logger
}

/** Nothing is committed to: where the node is reached stands in its peer record. */
const NO_ENDPOINT = `0x${'00'.repeat(32)}`

/**
 * The index of the account's node with this peer id. What is missing is done: the stake that a node locks, the
 * registration, the capacity when it changed. One that was discharged stays what it is: to stake again is its
 * operator's decision, with another data directory. Throws `ApiError`, such as `INSUFFICIENT_FUNDS`.
 */
export async function ensureRegistered(options: RegistrationOptions): Promise<bigint> {
  const { metadata, peerId } = options
  const multihash = bytesToHex(parsePeerId(peerId).toMultihash().bytes)
  const discharged = await findDischarged(options, multihash)
  if (discharged !== undefined) return discharged
  const node = await registerOrUpdate(options, multihash)
  await metadata.write([{ key: NODE_KEY, value: utf8ToBytes(String(node)) }])
  return node
}

const NODE_KEY = utf8ToBytes('node')

/** The node this directory belongs to, when the chain discharged it. */
async function findDischarged(
  { provider, signer, metadata }: RegistrationOptions,
  multihash: string,
): Promise<bigint | undefined> {
  const kept = metadata.get(NODE_KEY)
  if (kept === undefined) return undefined
  const node = BigInt(new TextDecoder().decode(kept))
  try {
    const { owner, peerId, dischargedTime } = await getNode(provider, { node })
    const isOurs = peerId === multihash && owner === (await signer.getAddress())
    return isOurs && dischargedTime !== undefined ? node : undefined
  } catch (error) {
    // A development chain was taken back to before its registration.
    if (error instanceof ApiError && error.code === 'CALL_REVERTED') return undefined
    throw error
  }
}

async function registerOrUpdate(options: RegistrationOptions, multihash: string): Promise<bigint> {
  const { provider, signer, peerId, capacityBytes, logger } = options
  const owner = await signer.getAddress()
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
