import { FetchRequest, JsonRpcProvider } from 'ethers'
import { ApiError } from './errors.ts'
import { explainError } from './explainError.ts'
import { DEFAULT_RPC_URL, parseRPCURL } from './rpcURL.ts'

const TIMEOUT_MILLISECONDS = 30_000
const POLLING_MILLISECONDS = 250

/**
 * An ethers provider for a node that has answered once. It asks for the chain id first, because ethers alone
 * would go on asking an absent node for ever. Throws `ApiError` with code `RPC_UNREACHABLE`, `RPC_REFUSED` or
 * `BAD_URL`.
 */
export async function connectProvider(rpcURL: string = DEFAULT_RPC_URL): Promise<JsonRpcProvider> {
  const request = new FetchRequest(parseRPCURL(rpcURL))
  request.timeout = TIMEOUT_MILLISECONDS
  const chainId = await askChainId(request)
  return new JsonRpcProvider(request, chainId, {
    staticNetwork: true,
    polling: true,
    pollingInterval: POLLING_MILLISECONDS,
    // With instant sealing a nonce is stale at once; ethers would keep answers for a quarter second.
    cacheTimeout: -1,
  })
}

async function askChainId(template: FetchRequest): Promise<bigint> {
  const request = template.clone()
  request.body = { jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }
  const answer = await request.send().then(
    (response): unknown => (response.ok() ? parseJSON(response.bodyText) : undefined),
    (error: unknown) => {
      throw explainError(error, { rpcURL: request.url })
    },
  )
  const result = (answer as { result?: unknown } | undefined)?.result
  if (typeof result !== 'string' || !/^0x[0-9a-f]{1,16}$/i.test(result)) {
    throw new ApiError('RPC_REFUSED', {
      message: `What answers at ${request.url} is not an Ethereum node: it does not tell its chain id`,
      hint: 'Pass the JSON-RPC URL of a Genaro node.',
      facts: { rpcURL: request.url },
    })
  }
  return BigInt(result)
}

function parseJSON(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
