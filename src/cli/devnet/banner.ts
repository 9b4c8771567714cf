import { formatAmount } from '../../api/units/amount.ts'
import type { ChainNode } from '../../node/node.ts'
import { DEVNET_ACCOUNT_BALANCE_WEI, DEVNET_MNEMONIC } from '../../protocol/networks.ts'
import type { Farmer } from '../../storage/farmer/farmer.ts'
import type { DevnetFlags } from '../commands/devnet.ts'
import { formatFacts } from '../output.ts'

/** What a developer needs to know of a running devnet. */
export interface DevnetDescription {
  url: string
  chainId: bigint
  clientVersion: string
  mnemonic: string
  accounts: { address: string; privateKey: string }[]
  balanceWei: bigint
  /** Null: kept in memory only. */
  dataDirectory: string | null
  /** Null: a block as transactions arrive. */
  slotSeconds: number | null
  /** Seconds without a block after which one is sealed, once there are files; 0: never. */
  heartbeatSeconds: number
  /** In slots: how often a farmer is inspected, and how long it has to answer. */
  inspections: { periodSlots: bigint; answerSlots: bigint }
  blockNumber: bigint
  /** Who holds files here. */
  farmers: { account: string; node: bigint; peerId: string; addresses: string[] }[]
}

export const describeDevnet = (
  { dataDir, slotTime }: DevnetFlags,
  { chain, devnet, clientVersion }: ChainNode,
  url: string,
  farmers: readonly Farmer[],
): DevnetDescription => ({
  url,
  chainId: chain.network.chainId,
  clientVersion,
  mnemonic: DEVNET_MNEMONIC,
  accounts: (devnet?.accounts ?? []).map(({ address, privateKey }) => ({ address, privateKey })),
  balanceWei: DEVNET_ACCOUNT_BALANCE_WEI,
  dataDirectory: dataDir ?? null,
  slotSeconds: slotTime ?? null,
  heartbeatSeconds: slotTime === undefined ? (devnet?.heartbeatSeconds ?? 0) : 0,
  inspections: {
    periodSlots: chain.network.periodSlots,
    answerSlots: chain.network.answerSlots,
  },
  blockNumber: chain.head.header.number,
  farmers: farmers.map((farmer) => ({
    account: farmer.account,
    node: farmer.node,
    peerId: farmer.peerId,
    addresses: farmer.addresses(),
  })),
})

/** The same for people, the address last because it is what one looks for. */
export function devnetText(devnet: DevnetDescription): string {
  const keys = devnet.accounts.map(
    ({ address, privateKey }, index) => `${String(index).padStart(3)}  ${address}  ${privateKey}`,
  )
  return [
    `Accounts, each with ${formatAmount(devnet.balanceWei)} at genesis, and their private keys`,
    ...keys,
    '',
    'These keys are known to everybody: whatever they get on another network is lost.',
    '',
    formatFacts([
      ['Mnemonic', devnet.mnemonic],
      ['Chain id', devnet.chainId],
      ['Blocks', blocksText(devnet)],
      ['Kept in', devnet.dataDirectory ?? 'memory only; --data-dir keeps it'],
      ['Head', `block ${devnet.blockNumber}`],
      [
        'Farmers',
        devnet.farmers.length === 0 ? 'none' : `${devnet.farmers.length}, ready for files`,
      ],
      ...(devnet.farmers.length === 0 ? [] : [['Inspections', inspectionsText(devnet)] as const]),
      ['JSON-RPC', `${devnet.url} (HTTP and WebSocket)`],
    ]),
    '',
    'Ready. Ctrl-C ends it.',
  ].join('\n')
}

const inspectionsText = ({ inspections, heartbeatSeconds }: DevnetDescription): string =>
  `every ${inspections.periodSlots} slots, answered within ${inspections.answerSlots}; ${heartbeatText(heartbeatSeconds)}`

const heartbeatText = (seconds: number): string =>
  seconds === 0 ? 'no heartbeat' : `with files, a block after ${seconds} s without one`

const blocksText = ({ slotSeconds }: DevnetDescription): string =>
  slotSeconds === null ? 'one as transactions arrive' : `one every ${slotSeconds} s`
