import { setTimeout as sleep } from 'node:timers/promises'
import { type BaseContract, type JsonRpcApiProvider, type LogDescription, toBeHex } from 'ethers'
import { read } from '../../api/send.ts'
import { throwIfAborted } from '../errors.ts'

export interface WaitOptions {
  /** Milliseconds to wait at most. */
  timeoutMs: number
  /** Milliseconds between two looks. */
  pollMs: number
  signal: AbortSignal
  /** Called at each look that found nothing yet. */
  onLook?: () => Promise<void>
}

/** The events of a contract that end something. */
export interface Ending {
  contract: BaseContract
  names: readonly string[]
  /** The first two indexed arguments. */
  indexed: readonly [bigint, bigint | string]
  fromBlock: number
}

/**
 * Waits until a contract told how something ended, and returns the events of that block; undefined when it takes too
 * long. Throws `ApiError`, and `ClientError` `ABORTED`.
 */
export async function awaitEnding(
  provider: JsonRpcApiProvider,
  { contract, names, indexed, fromBlock }: Ending,
  { timeoutMs, pollMs, signal, onLook = async () => {} }: WaitOptions,
): Promise<LogDescription[] | undefined> {
  const topics = [
    names.map((name) => contract.interface.getEvent(name)!.topicHash),
    ...indexed.map((value) => toBeHex(value, 32)),
  ]
  const query = { address: String(contract.target), topics, fromBlock, toBlock: 'latest' }
  const deadline = performance.now() + timeoutMs
  for (;;) {
    throwIfAborted(signal)
    const logs = await read(() => provider.getLogs(query))
    if (logs.length > 0) return logs.map((log) => contract.interface.parseLog(log)!)
    if (performance.now() >= deadline) return undefined
    await onLook()
    await sleep(pollMs, undefined, { signal }).catch(() => throwIfAborted(signal))
  }
}
