import type { Block } from '@ethereumjs/block'
import type { ExecResult } from '@ethereumjs/evm'
import { asTypedTransaction, type NetworkTransaction } from '../../protocol/networkTransaction.ts'
import { createHeftSync, createInspectionStep } from '../../protocol/networkTransactionCodec.ts'
import type { Machine } from '../machine.ts'
import { addToBody, type ExecutedBody } from './body.ts'
import { hasInspectionWork, isHeftSyncDue } from './derivedGuards.ts'
import { runNetworkCall } from './networkCall.ts'
import { toNetworkReceipt } from './networkReceipt.ts'
import type { InspectionRules } from './rules.ts'

/**
 * What every node does by itself at the end of a block (SPEC 4): the step of the inspections, then, in the first block
 * of an epoch, the renewal of heft. A step with nothing to do leaves no trace.
 */
export async function applyDerivedSteps(
  rules: InspectionRules,
  machine: Machine,
  block: Block,
  isLaneFull: boolean,
  body: ExecutedBody,
): Promise<void> {
  const { number, extraData } = block.header
  const chainId = machine.common.chainId()
  const state = machine.stateManager
  if (await hasInspectionWork(state)) {
    await applyStep(machine, block, createInspectionStep(chainId, number, isLaneFull), body)
  }
  if (await isHeftSyncDue(rules, state, extraData)) {
    await applyStep(machine, block, createHeftSync(chainId, number), body)
  }
}

/** A failing step must not stop the chain: it is undone, and its receipt shows it with status 0. */
async function applyStep(
  machine: Machine,
  block: Block,
  step: NetworkTransaction,
  body: ExecutedBody,
): Promise<void> {
  const result = await runNetworkCall(machine, block, step, hasActed)
  if (result.exceptionError === undefined && !hasActed(result)) return
  addToBody(body, asTypedTransaction(step), toNetworkReceipt(machine, step, result, body.gasUsed))
}

/** A step returns whether it changed anything. */
const hasActed = ({ exceptionError, returnValue }: ExecResult): boolean =>
  exceptionError === undefined && returnValue.some((byte) => byte !== 0)
