/**
 * What the world state costs beside the stock one, in CPU microseconds, both in this run and over the same
 * accounts. The ratios are what to trust: other processes slow both alike.
 * Run with `node bench/state.ts [accounts]`.
 */
import { Common, Mainnet } from '@ethereumjs/common'
import { MerklePatriciaTrie } from '@ethereumjs/mpt'
import { Caches, MerkleStateManager } from '@ethereumjs/statemanager'
import { Address, createAccount, equalsBytes } from '@ethereumjs/util'
import { createStateDatabase } from '../src/chain/state/stateDatabase.ts'
import type { StateDatabase } from '../src/chain/state/worldState.ts'
import { customCrypto } from '../src/crypto/customCrypto.ts'
import { keccak256 } from '../src/crypto/keccak.ts'
import { createMemoryStore, type KeyValueStore } from '../src/util/keyValueStore.ts'

const ACCOUNTS = Number(process.argv[2] ?? 1_000)
const TRANSFERS = 200
const EMPTY_ROOT = keccak256(Uint8Array.of(0x80))

type StateManager = Pick<
  MerkleStateManager,
  'getAccount' | 'putAccount' | 'checkpoint' | 'commit' | 'getStateRoot' | 'putStorage'
>

const addresses = Array.from(
  { length: ACCOUNTS },
  (_, index) => new Address(keccak256(Uint8Array.of(index & 255, index >> 8)).slice(12)),
)
const slotOf = (index: number): Uint8Array => keccak256(Uint8Array.of(1, index & 255, index >> 8))

async function fund(state: StateManager): Promise<void> {
  for (const address of addresses)
    await state.putAccount(address, createAccount({ balance: 10n ** 21n }))
}

/** What `runTx` asks of a state for a plain transfer. */
async function transfer(state: StateManager, index: number): Promise<void> {
  await state.checkpoint()
  const from = addresses[(index * 7) % ACCOUNTS]!
  const to = addresses[(index * 13 + 5) % ACCOUNTS]!
  const sender = (await state.getAccount(from))!
  sender.nonce += 1n
  sender.balance -= 1_000n
  await state.putAccount(from, sender)
  await state.checkpoint()
  const receiver = (await state.getAccount(to))!
  receiver.balance += 1_000n
  await state.putAccount(to, receiver)
  await state.commit()
  await state.commit()
}

async function transfers(state: StateManager, count: number, from: number): Promise<Uint8Array> {
  await state.checkpoint()
  for (let index = 0; index < count; index++) await transfer(state, from + index)
  await state.commit()
  return state.getStateRoot()
}

async function writeSlots(state: StateManager, count: number, from: number): Promise<Uint8Array> {
  await state.checkpoint()
  for (let index = 0; index < count; index++) {
    await state.putStorage(
      addresses[0]!,
      slotOf((from + index) % 5_000),
      Uint8Array.of(1, from & 127),
    )
  }
  await state.commit()
  return state.getStateRoot()
}

/** CPU microseconds of one run, the best of several. */
async function cpuMicros(runs: number, work: (run: number) => Promise<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage()
    await work(run)
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, user + system)
  }
  return best
}

/** Ours, block after block: open, execute, root, store. */
function createBlockRunner(database: StateDatabase, store: KeyValueStore, start: Uint8Array) {
  let root = start
  return async (work: (state: StateManager) => Promise<unknown>): Promise<Uint8Array> => {
    const state = database.open(root)
    await work(state)
    root = state.root()
    await store.write(state.changes())
    return root
  }
}

function report(what: string, operations: number, ours: number, stock: number): void {
  const each = (micros: number): string => (micros / operations).toFixed(1).padStart(9)
  console.log(
    `${what.padEnd(44)}${each(ours)}${each(stock)}${(stock / ours).toFixed(1).padStart(8)}×`,
  )
}

async function main(): Promise<void> {
  const store = createMemoryStore()
  const database = createStateDatabase({ store })
  const runBlock = createBlockRunner(database, store, EMPTY_ROOT)
  await runBlock(fund)

  const common = new Common({ chain: Mainnet, customCrypto })
  const trie = new MerklePatriciaTrie({ useKeyHashing: true, common })
  const stock = new MerkleStateManager({ common, trie, caches: new Caches() })
  await stock.checkpoint()
  await fund(stock)
  await stock.commit()

  console.log(
    `${ACCOUNTS} accounts; CPU µs per operation`.padEnd(44),
    '    ours',
    '   stock',
    '  ratio',
  )
  for (const [count, runs] of [
    [TRANSFERS, 30],
    [1, 400],
  ] as const) {
    const ours = await cpuMicros(runs, (run) => runBlock((s) => transfers(s, count, run * count)))
    const theirs = await cpuMicros(runs, (run) => transfers(stock, count, run * count))
    report(`open, ${count} transfer(s), root, changes: per block`, 1, ours, theirs)
  }
  for (const count of [200, 1]) {
    const ours = await cpuMicros(30, (run) => runBlock((s) => writeSlots(s, count, run * count)))
    const theirs = await cpuMicros(30, (run) => writeSlots(stock, count, run * count))
    report(`${count} slot(s) of one contract, root: per block`, 1, ours, theirs)
  }
  const root = await runBlock(async () => {})
  const opens = await cpuMicros(50, async () => {
    for (let index = 0; index < 1_000; index++) database.open(root)
  })
  console.log(`${'open a stored root'.padEnd(44)}${(opens / 1_000).toFixed(2).padStart(9)}`)
  if (!equalsBytes(root, await stock.getStateRoot())) throw new Error('The two states differ')
}

await main()
