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
  const [event] = eventsOf<Arguments>(receipt, contract, name)
  if (event === undefined) throw new Error(`transaction ${receipt.hash} emitted no ${name}`)
  return event
}

/** The arguments of all events of a name that a contract emitted in a transaction, in their order. */
export const eventsOf = <Arguments>(
  receipt: TransactionReceipt,
  contract: BaseContract,
  name: string,
): Arguments[] =>
  receipt.logs
    .filter((log) => log.address === contract.target)
    .map((log) => contract.interface.parseLog(log))
    .filter((event) => event?.name === name)
    .map((event) => event!.args.toObject() as Arguments)
