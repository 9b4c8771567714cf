import { type Signer, ZeroAddress } from 'ethers'
import { stakingContract } from '../contracts.ts'
import { read, type Sent, sendCall, sentOf } from '../send.ts'

export interface RegisterKeyOptions {
  /** The G1 point as 128 bytes (EIP-2537), in hex. */
  blsPublicKey: string
  /** The signature of `Staking.proofMessage` as a G2 point of 256 bytes (EIP-2537), in hex. */
  proofOfPossession: string
  /** Who receives the rewards; the account itself when absent. */
  payee?: string
}

export interface RegisterKeyResult extends Sent {
  account: string
  isCandidate: boolean
}

/** Registers the BLS key a candidate needs, or takes back a resignation (SPEC 4, kind 1). Throws `ApiError`. */
export async function registerKey(
  signer: Signer,
  { blsPublicKey, proofOfPossession, payee = ZeroAddress }: RegisterKeyOptions,
): Promise<RegisterKeyResult> {
  const staking = stakingContract(signer)
  const sent = await sendCall(() => staking.registerKey(blsPublicKey, proofOfPossession, payee))
  const account = await signer.getAddress()
  const isCandidate = await read(() => staking.isCandidate(account))
  return { ...sentOf(sent), account, isCandidate }
}
