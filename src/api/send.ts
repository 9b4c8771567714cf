import type { ContractTransactionResponse, Signer, TransactionReceipt } from 'ethers'
import { ApiError } from './errors.ts'
import { explainError } from './explainError.ts'
import { formatAmount } from './units/amount.ts'

/** What every action that sends a transaction says about it. */
export interface Sent {
  transactionHash: string
  blockNumber: number
  gasUsed: bigint
  /** What the sender paid for gas, in wei. */
  feeWei: bigint
}

/** A transaction that is in a block and succeeded. */
export interface Included extends Sent {
  receipt: TransactionReceipt
}

/**
 * Sends one call and waits until it is in a block. Throws `ApiError` with the contract's reason in words when it
 * is refused or reverts, whether before or after it was sent.
 */
export async function sendCall(
  send: () => Promise<ContractTransactionResponse>,
): Promise<Included> {
  try {
    const receipt = await (await send()).wait()
    if (receipt === null) throw new Error('the node lost the transaction')
    return {
      transactionHash: receipt.hash,
      blockNumber: receipt.blockNumber,
      gasUsed: receipt.gasUsed,
      feeWei: receipt.fee,
      receipt,
    }
  } catch (error) {
    throw explainError(error)
  }
}

/** Without the receipt, which is ethers' own object. */
export const sentOf = ({ transactionHash, blockNumber, gasUsed, feeWei }: Included): Sent => ({
  transactionHash,
  blockNumber,
  gasUsed,
  feeWei,
})

/** Throws `ApiError` with code `INSUFFICIENT_FUNDS` before anything is sent that cannot be paid. */
export async function requireBalance(signer: Signer, costWei: bigint): Promise<void> {
  const address = await signer.getAddress()
  const balanceWei = await read(async () => await signer.provider!.getBalance(address))
  if (balanceWei >= costWei) return
  throw new ApiError('INSUFFICIENT_FUNDS', {
    message: `${address} has ${formatAmount(balanceWei)}; this costs ${formatAmount(costWei)} and gas`,
    hint: 'Send GNX to the account, or act for another with --account.',
    facts: { address, balanceWei, costWei },
  })
}

/** Runs a read and turns whatever it throws into an `ApiError`. */
export async function read<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask()
  } catch (error) {
    throw explainError(error)
  }
}
