// The paper's story with viem: buy space with an ordinary transaction, deploy a contract that reads what was
// bought, see it pass, let the term end, see it stop.
import { randomBytes } from 'node:crypto'
import {
  type Abi,
  BaseError,
  ContractFunctionRevertedError,
  concat,
  createTestClient,
  http,
  parseAbi,
  publicActions,
  toHex,
  walletActions,
} from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { genaroDevnet } from '../../src/api/viemChain.ts'
import { compile } from '../compile.ts'

const GB = 1_000_000_000n
const DAY = 86_400n
const TERM = 90n * DAY

// The devnet's first account signs here, in this process, as a wallet would.
const owner = mnemonicToAccount('test test test test test test test test test test test junk')
const client = createTestClient({
  mode: 'hardhat',
  chain: genaroDevnet,
  transport: http(process.env.GENARO_RPC),
  account: owner,
  pollingInterval: 100,
})
  .extend(publicActions)
  .extend(walletActions)

const wait = (hash: `0x${string}`) => client.waitForTransactionReceipt({ hash })

// 1. Buy 3 GB for 90 days with six backups. StorageMarket is a contract like any other.
const market = {
  address: '0x6000000000000000000000000000000000000002',
  abi: parseAbi([
    'function quoteSpace(uint64 sizeBytes, uint48 termSeconds, uint16 backups) view returns (uint256 priceWei, uint256 bundledTrafficBytes)',
    'function buySpace(bytes12 tag, uint64 sizeBytes, uint48 termSeconds, uint16 backups, uint8 cleanUp) payable returns (bytes32 id)',
  ]),
} as const
const space = [3n * GB, Number(TERM), 6] as const
const [price] = await client.readContract({ ...market, functionName: 'quoteSpace', args: space })
const tag = toHex(randomBytes(12))
await wait(
  await client.writeContract({
    ...market,
    functionName: 'buySpace',
    args: [tag, ...space, 0],
    value: price,
  }),
)
// A bucket's id is its owner's address and the tag.
const bucket = concat([owner.address, tag])
console.log(`bought bucket ${bucket} for ${price} wei`)

// 2. Deploy the guard: at least 90 days, six backups and 3 GB. It asks for no used bytes and no heft (0), since
// nothing is stored yet.
const compiled = compile('contracts/examples/StorageGuard.sol', 'StorageGuard')
const abi = compiled.abi as Abi
const { contractAddress } = await wait(
  await client.deployContract({
    abi,
    bytecode: compiled.bytecode,
    args: [{ termSeconds: TERM, backups: 6n, usedBytes: 0n, sizeBytes: 3n * GB, heft: 0n }],
  }),
)
if (!contractAddress) throw new Error('the guard was not deployed')
const guard = { address: contractAddress, abi } as const
console.log(`deployed StorageGuard at ${guard.address}`)

// 3. It passes.
const publish = {
  ...guard,
  functionName: 'publish',
  args: [bucket, owner.address, toHex(randomBytes(32))],
} as const
await wait(await client.writeContract(publish))
const files = await client.readContract({ ...guard, functionName: 'fileCount', args: [bucket] })
console.log(`published: the bucket holds ${files} file`)

// 4. The term ends; the opcodes read 0 from then on, and the guard stops.
await client.increaseTime({ seconds: Number(TERM) })
await client.mine({ blocks: 1 })
try {
  await client.simulateContract(publish)
  throw new Error('the guard let an ended bucket pass')
} catch (error) {
  const cause =
    error instanceof BaseError && error.walk((e) => e instanceof ContractFunctionRevertedError)
  const name = cause instanceof ContractFunctionRevertedError ? cause.data?.errorName : undefined
  if (name !== 'TermTooShort') throw error
  console.log(`refused after the term: ${name}`)
}
