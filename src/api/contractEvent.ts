import type { BaseContract, TransactionReceipt } from 'ethers'

/**
 * The arguments of the first event of a name that a contract emitted in a transaction, by their names. An action
 * reads what a transaction did here rather than in the state, where a later transaction may show already.
 */
export function eventOf<Arguments>(
  receipt: TransactionReceipt,
  contract: BaseContract,
  name: string,
): Arguments {
  for (const log of receipt.logs) {
    if (log.address !== contract.target) continue
    const event = contract.interface.parseLog(log)
    if (event?.name === name) return event.args.toObject() as Arguments
  }
  throw new Error(`transaction ${receipt.hash} emitted no ${name}`)
}
