// What a browser wallet does: plain JSON-RPC by fetch, and transactions it signs itself. Sends every kind of special
// transaction a user can send, with the same method calls as MetaMask.
import { Interface, type TransactionLike, Wallet } from 'ethers'

const RPC = process.env.GENARO_RPC ?? 'http://127.0.0.1:8545'
// The devnet's second account, so that the first is left for other examples; a known key, worth nothing elsewhere.
const KEY =
  process.env.GENARO_KEY ?? '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d'

let lastId = 0

/** One JSON-RPC request. */
async function rpc<Result = string>(method: string, ...params: unknown[]): Promise<Result> {
  const response = await fetch(RPC, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: ++lastId, method, params }),
  })
  const { result, error } = (await response.json()) as {
    result: Result
    error?: { message: string }
  }
  if (error) throw new Error(`${method}: ${error.message}`)
  return result
}

interface Receipt {
  status: string
  blockNumber: string
  gasUsed: string
}

const wallet = new Wallet(KEY)
const hex = (value: bigint): string => `0x${value.toString(16)}`

/** Fees as a wallet picks them: twice the next block's base fee, and the usual tip on top. */
async function chooseFees() {
  const history = await rpc<{ baseFeePerGas: string[] }>('eth_feeHistory', '0x5', 'latest', [50])
  const baseFee = BigInt(history.baseFeePerGas.at(-1) ?? 0)
  const tip = BigInt(await rpc('eth_maxPriorityFeePerGas'))
  return { maxPriorityFeePerGas: tip, maxFeePerGas: 2n * baseFee + tip }
}

/** Estimates, signs, sends and waits, in the order MetaMask does. */
async function send(to: string, data: string, value = 0n): Promise<Receipt> {
  const transaction: TransactionLike = {
    type: 2,
    chainId: BigInt(await rpc('eth_chainId')),
    nonce: Number(BigInt(await rpc('eth_getTransactionCount', wallet.address, 'pending'))),
    to,
    data,
    value,
    gasLimit: BigInt(
      await rpc('eth_estimateGas', { from: wallet.address, to, data, value: hex(value) }),
    ),
    ...(await chooseFees()),
  }
  const hash = await rpc('eth_sendRawTransaction', await wallet.signTransaction(transaction))
  for (;;) {
    const receipt = await rpc<Receipt | null>('eth_getTransactionReceipt', hash)
    if (receipt) {
      if (receipt.status !== '0x1') throw new Error(`${hash} failed`)
      return receipt
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

const STAKING = '0x6000000000000000000000000000000000000001'
const MARKET = '0x6000000000000000000000000000000000000002'
const NODES = '0x6000000000000000000000000000000000000004'
const calls = new Interface([
  'function bet() payable',
  'function unstake(uint256 amountWei)',
  'function buySpace(bytes12 tag, uint64 sizeBytes, uint48 termSeconds, uint16 backups, uint8 cleanUp) payable returns (bytes32 id)',
  'function quoteSpace(uint64 sizeBytes, uint48 termSeconds, uint16 backups) view returns (uint256 priceWei, uint256 bundledTrafficBytes)',
  'function extendBucket(bytes32 id, uint64 addBytes, uint48 addSeconds) payable',
  'function quoteExtension(bytes32 id, uint64 addBytes, uint48 addSeconds) view returns (uint256 priceWei, uint256 bundledTrafficBytes)',
  'function buyTraffic(uint64 trafficBytes) payable',
  'function quoteTraffic(uint64 trafficBytes) view returns (uint256 priceWei)',
  'function register(bytes peerId, uint64 capacityBytes, bytes32 endpointHash) returns (uint256 node)',
  'function activeNodesOf(address owner, uint256 offset, uint256 limit) view returns (uint256[])',
  'function retire(uint256 node)',
])
const GNX = 10n ** 18n
const GB = 1_000_000_000n
const DAY = 86_400n

/** Reads with eth_call; the first result. */
async function read(to: string, name: string, args: unknown[]) {
  const data = calls.encodeFunctionData(name, args)
  return calls.decodeFunctionResult(name, await rpc('eth_call', { to, data }, 'latest'))[0]
}

/** Sends one special transaction and says what it cost. */
async function special(kind: string, to: string, name: string, args: unknown[], value = 0n) {
  const { gasUsed, blockNumber } = await send(to, calls.encodeFunctionData(name, args), value)
  console.log(`${kind.padEnd(22)} block ${BigInt(blockNumber)}, ${BigInt(gasUsed)} gas`)
}

const random = (bytes: number): string =>
  `0x${Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex')}`

await special('kind 1, bet', STAKING, 'bet', [], 5_001n * GNX)

const tag = random(12)
const bucket = wallet.address + tag.slice(2)
const space = [3n * GB, 30n * DAY, 3]
await special(
  'kind 3, buy space',
  MARKET,
  'buySpace',
  [tag, ...space, 0],
  await read(MARKET, 'quoteSpace', space),
)
await special(
  'kind 4, buy traffic',
  MARKET,
  'buyTraffic',
  [10n * GB],
  await read(MARKET, 'quoteTraffic', [10n * GB]),
)
// The price of an extension falls with time, so what was quoted always suffices; what is too much comes back.
const extension = [bucket, GB, 30n * DAY]
await special(
  'kind 6, extend bucket',
  MARKET,
  'extendBucket',
  extension,
  await read(MARKET, 'quoteExtension', extension),
)
await special('kind 8, register node', NODES, 'register', [random(34), 100n * GB, random(32)])
const [node] = await read(NODES, 'activeNodesOf', [wallet.address, 0, 1])
await special('kind 8, retire node', NODES, 'retire', [node])
await special('kind 5, unstake', STAKING, 'unstake', [1n * GNX])
