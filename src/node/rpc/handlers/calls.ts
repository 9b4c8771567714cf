import type { RPCAccessList } from '../../../api/rpc/results.ts'
import type { TransactionRequest } from '../../../api/rpc/transactionRequest.ts'
import { type SimulationContext, simulate } from '../../../chain/simulate.ts'
import type { ChainNode } from '../../node.ts'
import { estimateGas } from '../estimateGas.ts'
import {
  createContextSource,
  type ExecutionPlace,
  executionError,
  gasCap,
  toMessage,
} from '../execution.ts'
import { toHex, toQuantity } from '../format/hex.ts'
import type { Handlers } from '../handler.ts'

type Names = 'eth_call' | 'eth_estimateGas' | 'eth_createAccessList'

/** Trying transactions out. Estimates stand in the next block by default, where they would run. */
export function createCallHandlers(node: ChainNode): Handlers<Names> {
  return {
    eth_call: async ([request, block, stateOverrides, blockOverrides]) => {
      const simulation = await run(node, request, { block, stateOverrides, blockOverrides })
      if (simulation.failure !== undefined) throw executionError(simulation, request.to)
      return toHex(simulation.returnValue)
    },
    eth_estimateGas: async ([request, block = { tag: 'pending' }, stateOverrides]) =>
      toQuantity(await estimateGas(node, request, { block, stateOverrides })),
    eth_createAccessList: ([request, block = { tag: 'pending' }, stateOverrides]) =>
      createAccessList(node, request, { block, stateOverrides }),
  }
}

const run = (node: ChainNode, request: TransactionRequest, place: ExecutionPlace) =>
  runIn(createContextSource(node, place), request)

async function runIn(openContext: () => Promise<SimulationContext>, request: TransactionRequest) {
  const context = await openContext()
  const cap = gasCap(context.header.gasLimit)
  const { gas = cap } = request
  return simulate(context, toMessage(request, gas === 0n || gas > cap ? cap : gas))
}

const MAX_ROUNDS = 8

/** Repeats the call with the list it touched until the list stays the same: a list can change paths. */
async function createAccessList(
  node: ChainNode,
  request: TransactionRequest,
  place: ExecutionPlace,
): Promise<RPCAccessList> {
  const openContext = createContextSource(node, place)
  let accessList = request.accessList ?? []
  for (let round = 1; ; round++) {
    const simulation = await runIn(openContext, { ...request, accessList })
    const isSame = JSON.stringify(simulation.accessList) === JSON.stringify(accessList)
    if (isSame || round === MAX_ROUNDS) {
      return {
        accessList: simulation.accessList,
        gasUsed: toQuantity(simulation.gasUsed),
        ...(simulation.failure === undefined
          ? {}
          : { error: executionError(simulation, request.to).message }),
      }
    }
    accessList = simulation.accessList
  }
}
