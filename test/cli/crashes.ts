import assert from 'node:assert/strict'
import { Wallet } from 'ethers'
import { type DevnetProcess, type Scope, startDevnetProcess } from './devnetProcess.ts'

/** A transaction whose receipt the node gave out, so it must never be lost. */
interface Acknowledged {
  hash: string
  from: string
  nonce: number
  blockHash: string
}

const FEES = { maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 9n, gasLimit: 21_000n }

/**
 * Starts the devnet on a directory, loads it from several accounts, kills it with `kill -9` after a while, and
 * looks for everything it had acknowledged in the next run, `times` over. Returns how many transactions were
 * acknowledged.
 */
export async function crashRepeatedly(
  scope: Scope,
  directory: string,
  times: number,
): Promise<number> {
  const acknowledged: Acknowledged[] = []
  for (let run = 0; run <= times; run++) {
    const devnet = await startDevnetProcess(scope, ['--data-dir', directory])
    await checkAcknowledged(devnet, acknowledged)
    if (run === times) {
      assert.equal(await devnet.end('SIGTERM'), 0)
      break
    }
    const before = acknowledged.length
    const stopped = load(devnet, acknowledged)
    // Differs from run to run, so that the kill falls into different moments of a block.
    const target = before + 3 + ((run * 7) % 23)
    while (acknowledged.length < target) await new Promise((resolve) => setTimeout(resolve, 1))
    assert.equal(await devnet.end('SIGKILL'), null)
    await stopped
  }
  return acknowledged.length
}

/** Sends transfers from four accounts at once until the node is gone. */
async function load(devnet: DevnetProcess, acknowledged: Acknowledged[]): Promise<void> {
  await Promise.all(
    devnet.accounts.slice(0, 4).map(async ({ privateKey }) => {
      const wallet = new Wallet(privateKey)
      try {
        const next = await devnet.rpc('eth_getTransactionCount', wallet.address, 'latest')
        for (let nonce = Number(next); ; nonce++) {
          acknowledged.push(await transfer(devnet, wallet, nonce))
        }
      } catch (error) {
        if (devnet.child.exitCode === null && devnet.child.signalCode === null) {
          // A connection may break before the end of the process is known here.
          assert.match(String(error), /fetch failed|terminated|other side closed/)
        }
      }
    }),
  )
}

async function transfer(
  devnet: DevnetProcess,
  wallet: Wallet,
  nonce: number,
): Promise<Acknowledged> {
  const raw = await wallet.signTransaction({
    ...FEES,
    type: 2,
    chainId: devnet.chainId,
    nonce,
    to: devnet.accounts[9]!.address,
    value: 1n,
  })
  const hash = await devnet.rpc('eth_sendRawTransaction', raw)
  for (;;) {
    const receipt = await devnet.rpc<{ blockHash: string } | null>(
      'eth_getTransactionReceipt',
      hash,
    )
    if (receipt !== null) {
      return { hash, from: wallet.address, nonce, blockHash: receipt.blockHash }
    }
  }
}

/** Every acknowledged transaction is in the same block as before, and the state knows all of them. */
async function checkAcknowledged(
  devnet: DevnetProcess,
  acknowledged: readonly Acknowledged[],
): Promise<void> {
  const nonces = new Map<string, number>()
  for (const { hash, from, nonce, blockHash } of acknowledged) {
    const receipt = await devnet.rpc<{ blockHash: string; status: string } | null>(
      'eth_getTransactionReceipt',
      hash,
    )
    assert.equal(receipt?.blockHash, blockHash, `lost ${hash}`)
    assert.equal(receipt.status, '0x1')
    nonces.set(from, Math.max(nonces.get(from) ?? 0, nonce + 1))
  }
  for (const [from, atLeast] of nonces) {
    assert.ok(Number(await devnet.rpc('eth_getTransactionCount', from, 'latest')) >= atLeast)
  }
}
