import type { Address } from '@ethereumjs/util'
import { type RPCError, serverError } from '../../api/rpc/errors.ts'
import type { TransactionRequest } from '../../api/rpc/transactionRequest.ts'
import { SimulationError } from '../../chain/checkMessage.ts'
import { type Simulation, type SimulationContext, simulate } from '../../chain/simulate.ts'
import type { ChainNode } from '../node.ts'
import {
  createContextSource,
  type ExecutionPlace,
  executionError,
  feeCapOf,
  gasCap,
  toMessage,
} from './execution.ts'

const TRANSFER_GAS = 21_000n
/** What a call that sends value gives on top (EIP-150), the usual reason to need more than was used. */
const CALL_STIPEND = 2_300n

type Run = (gasLimit: bigint) => Promise<Simulation>

/**
 * The least gas limit, within 1.5 %, at which the transaction succeeds. Gas used is not enough: a call
 * passes on at most 63/64 of what is left, and refunds come only at the end. Throws `RPCError`: the
 * revert, or why no limit is enough.
 */
export async function estimateGas(
  node: ChainNode,
  request: TransactionRequest,
  place: ExecutionPlace,
): Promise<bigint> {
  const openContext = createContextSource(node, place)
  const context = await openContext()
  const highest = await highestLimit(context, request)
  const run: Run = async (gasLimit) => simulate(await openContext(), toMessage(request, gasLimit))
  if (highest >= TRANSFER_GAS && (await isPlainTransfer(context, request))) {
    if (await succeeds(run, TRANSFER_GAS)) return TRANSFER_GAS
  }
  const most = await run(highest).catch((error: unknown) => {
    throw isGasTooLow(error) ? exceedsAllowance(highest) : error
  })
  if (most.failure !== undefined) throw notEnough(most, highest, request.to)
  return search(run, most.gasUsed, highest)
}

/** The gas limit asked for, the protocol's, and what the caller can pay, whichever is least. */
async function highestLimit(
  { state, header }: SimulationContext,
  request: TransactionRequest,
): Promise<bigint> {
  const { from, gas, value = 0n } = request
  const cap = gasCap(header.gasLimit)
  const asked = gas === undefined || gas === 0n || gas > cap ? cap : gas
  const feeCap = feeCapOf(request)
  if (from === undefined || feeCap === 0n) return asked
  const balance = (await state.getAccount(from))?.balance ?? 0n
  if (balance < value) throw serverError('insufficient funds for gas * price + value')
  const payable = (balance - value) / feeCap
  return payable < asked ? payable : asked
}

/** Whether nothing but a transfer happens: no data, and nothing to run at the other end. */
async function isPlainTransfer(
  { state }: SimulationContext,
  { to, data, accessList, authorizationList }: TransactionRequest,
): Promise<boolean> {
  if (to === undefined || (data?.length ?? 0) > 0) return false
  if (accessList !== undefined || authorizationList !== undefined) return false
  return (await state.getCodeSize(to)) === 0
}

/** Whether a run at this limit succeeds; a limit below the intrinsic gas does not. */
async function succeeds(run: Run, gasLimit: bigint): Promise<boolean> {
  try {
    return (await run(gasLimit)).failure === undefined
  } catch (error) {
    if (isGasTooLow(error)) return false
    throw error
  }
}

const isGasTooLow = (error: unknown): boolean =>
  error instanceof SimulationError && error.code === 'GAS_TOO_LOW'

const exceedsAllowance = (highest: bigint): RPCError =>
  serverError(`gas required exceeds allowance (${highest})`)

/** A failure at the highest limit: when gas ran out, the limit is what stands in the way. */
function notEnough(simulation: Simulation, highest: bigint, to?: Address): RPCError {
  return simulation.failure === 'out of gas'
    ? exceedsAllowance(highest)
    : executionError(simulation, to)
}

/**
 * Halves the range between what fails and what succeeds, after one guess that mostly fits: refunds give back at most a
 * fifth of what was used (EIP-3529).
 */
async function search(run: Run, gasUsed: bigint, highest: bigint): Promise<bigint> {
  if (await succeeds(run, gasUsed)) return gasUsed
  let failing = gasUsed
  let succeeding = highest
  let guess = (((gasUsed * 5n) / 4n + CALL_STIPEND) * 64n) / 63n
  while (succeeding - failing > 1n && (succeeding - failing) * 1_000n > succeeding * 15n) {
    if (guess <= failing || guess >= succeeding) guess = (succeeding + failing) / 2n
    if (await succeeds(run, guess)) succeeding = guess
    else failing = guess
    guess = (succeeding + failing) / 2n
  }
  return succeeding
}
