// CPU per transfer inside the process, without JSON-RPC: decoding, sender recovery, pool, execution, state
// root, seal and commit. One transaction per block as automining makes them, and 200 per block.
//   node bench/blocks.ts
import { createTxFromRLP } from '@ethereumjs/tx'
import { hexToBytes } from '@ethereumjs/util'
import { Wallet } from 'ethers'
import { createDevnet } from '../src/node/devnet.ts'
import type { ChainNode } from '../src/node/node.ts'

const ROUNDS = 4
const PER_ROUND = 400
const SENDERS = 8

async function signAll(node: ChainNode): Promise<`0x${string}`[]> {
  const raw: `0x${string}`[] = []
  const wallets = node.devnet!.accounts.slice(0, SENDERS).map((key) => new Wallet(key.privateKey))
  for (let i = 0; i < ROUNDS * PER_ROUND; i++) {
    const signed = await wallets[i % SENDERS]!.signTransaction({
      type: 2,
      chainId: node.chain.network.chainId,
      nonce: Math.floor(i / SENDERS),
      to: `0x${(i % 1_000).toString(16).padStart(40, '1')}`,
      value: 1n,
      gasLimit: 21_000n,
      maxFeePerGas: 100_000_000_000n,
      maxPriorityFeePerGas: 1_000_000_000n,
    })
    raw.push(signed as `0x${string}`)
  }
  return raw
}

/** The best of the rounds, in CPU microseconds per transfer. */
async function measure(
  name: string,
  submit: (node: ChainNode, raw: readonly `0x${string}`[]) => Promise<void>,
): Promise<void> {
  const node = await createDevnet()
  const raw = await signAll(node)
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage()
    await submit(node, raw.slice(round * PER_ROUND, (round + 1) * PER_ROUND))
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, (user + system) / PER_ROUND)
  }
  console.log(`${name.padEnd(28)} ${best.toFixed(0).padStart(6)} µs`)
  await node.close()
}

const decode = (node: ChainNode, raw: `0x${string}`) =>
  createTxFromRLP(hexToBytes(raw), { common: node.chain.common })

await measure('one transfer per block', async (node, raw) => {
  for (const transaction of raw) await node.submit(decode(node, transaction))
})

await measure('200 transfers per block', async (node, raw) => {
  node.devnet!.setAutomine(false)
  for (const [i, transaction] of raw.entries()) {
    await node.submit(decode(node, transaction))
    if (i % 200 === 199) await node.devnet!.mine()
  }
})
