// The paper's story with ethers: buy space with an ordinary transaction, deploy a contract that reads what was
// bought, see it pass, let the term end, see it stop.
import { Contract, ContractFactory, concat, hexlify, JsonRpcProvider, randomBytes } from 'ethers'
import { compile } from '../compile.ts'

const GB = 1_000_000_000n
const DAY = 86_400n
const TERM = 90n * DAY

const provider = new JsonRpcProvider(process.env.GENARO_RPC ?? 'http://127.0.0.1:8545', undefined, {
  // Blocks come with each transaction here; ethers would answer nonces from a cache of a quarter second.
  cacheTimeout: -1,
})
// The devnet signs for its accounts. Elsewhere: new Wallet(process.env.GENARO_KEY, provider)
const owner = await provider.getSigner(0)

// 1. Buy 3 GB for 90 days with six backups. StorageMarket is a contract like any other.
const market = new Contract(
  '0x6000000000000000000000000000000000000002',
  [
    'function quoteSpace(uint64 sizeBytes, uint48 termSeconds, uint16 backups) view returns (uint256 priceWei, uint256 bundledTrafficBytes)',
    'function buySpace(bytes12 tag, uint64 sizeBytes, uint48 termSeconds, uint16 backups, uint8 cleanUp) payable returns (bytes32 id)',
  ],
  owner,
)
const [price] = await market.quoteSpace!(3n * GB, TERM, 6)
const tag = hexlify(randomBytes(12))
const bought = await market.buySpace!(tag, 3n * GB, TERM, 6, 0, { value: price })
await bought.wait()
// A bucket's id is its owner's address and the tag.
const bucket = concat([owner.address, tag])
console.log(`bought bucket ${bucket} for ${price} wei`)

// 2. Deploy the guard: at least 90 days, six backups and 3 GB. It asks for no used bytes and no heft (0), since
// nothing is stored yet.
const { abi, bytecode } = compile('contracts/examples/StorageGuard.sol', 'StorageGuard')
const thresholds = [TERM, 6n, 0n, 3n * GB, 0n]
const deployed = await new ContractFactory(abi as never, bytecode, owner).deploy(thresholds)
await deployed.waitForDeployment()
const guard = new Contract(deployed.target, abi as never, owner)
console.log(`deployed StorageGuard at ${guard.target}`)

// 3. It passes.
const fileHash = hexlify(randomBytes(32))
await (await guard.publish!(bucket, owner.address, fileHash)).wait()
console.log(`published: the bucket holds ${await guard.fileCount!(bucket)} file`)

// 4. The term ends; the opcodes read 0 from then on, and the guard stops.
await provider.send('evm_increaseTime', [Number(TERM)])
await provider.send('evm_mine', [])
try {
  await guard.publish!.staticCall(bucket, owner.address, fileHash)
  throw new Error('the guard let an ended bucket pass')
} catch (error) {
  const { revert } = error as { revert?: { name: string } }
  if (revert?.name !== 'TermTooShort') throw error
  console.log(`refused after the term: ${revert.name}`)
}
provider.destroy()
