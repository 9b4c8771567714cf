import type { Signer } from 'ethers'
import { SYSTEM_CONTRACTS } from '../../protocol/addresses.ts'
import { createSignedStruct } from '../../protocol/typedData.ts'
import { bytesOfHex, type Field, type RawField, readHex, readUint } from './wire.ts'

/**
 * Says that a peer acts for an account: a bucket's owner (or its steward) signs one for its own peer id and shows
 * it to every farmer, so that strangers cannot fill disks in its name. It is void in any other peer's hands,
 * since the peer id is proven by the connection.
 */
export interface PeerGrant {
  /** 20 bytes in hex. */
  account: string
  /** Unix seconds. */
  expiry: bigint
  /** EIP-712 signature over account, peer id and expiry: 65 bytes in hex. */
  signature: string
}

/** How long a farmer takes a grant to last at most. */
export const MAX_GRANT_SECONDS = 86_400n

/** What is signed. */
export const peerGrantData = createSignedStruct<Omit<PeerGrant, 'signature'> & { peerId: string }>({
  name: 'Genaro Peers',
  contract: SYSTEM_CONTRACTS.Nodes,
  primaryType: 'PeerGrant',
  fields: [
    { name: 'account', type: 'address' },
    { name: 'peerId', type: 'string' },
    { name: 'expiry', type: 'uint64' },
  ],
})

export interface GrantOptions {
  peerId: string
  chainId: bigint
  /** Now by the chain, which may be ahead of this machine on a development network. */
  nowSeconds: bigint
  /** An hour by default, `MAX_GRANT_SECONDS` at most. */
  lastsSeconds?: bigint
}

/** Signs a grant for our own peer id. */
export async function signPeerGrant(
  signer: Signer,
  { peerId, chainId, nowSeconds, lastsSeconds = 3_600n }: GrantOptions,
): Promise<PeerGrant> {
  const account = (await signer.getAddress()).toLowerCase()
  const expiry = nowSeconds + lastsSeconds
  return {
    account,
    expiry,
    signature: await peerGrantData.sign(signer, chainId, { account, peerId, expiry }),
  }
}

/** A grant as part of a message. */
export const grantFields = ({ account, expiry, signature }: PeerGrant): Field[] => [
  bytesOfHex(account, 'account', 20),
  expiry,
  bytesOfHex(signature, 'signature', 65),
]

/** Throws `StorageError` `BAD_MESSAGE`. */
export const readGrant = ([account, expiry, signature]: RawField[]): PeerGrant => ({
  account: readHex(account, 'account', 20),
  expiry: readUint(expiry, 'expiry', 64),
  signature: readHex(signature, 'signature', 65),
})
