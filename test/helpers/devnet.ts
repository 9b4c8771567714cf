import { createTxFromRLP, type TypedTransaction } from '@ethereumjs/tx'
import { type Address, bytesToHex, createAddressFromString, hexToBytes } from '@ethereumjs/util'
import { type TransactionRequest, Wallet } from 'ethers'
import type { Receipt } from '../../src/chain/chain.ts'
import { createDevnet, type DevnetOptions } from '../../src/node/devnet.ts'
import type { ChainNode, DevnetControl } from '../../src/node/node.ts'

/** A devnet in this process, and the means to act on it as its accounts. */
export interface TestDevnet extends AsyncDisposable {
  node: ChainNode
  control: DevnetControl
  wallet(index: number): Wallet
  /** Signs a transaction of an account; nonce, gas and fees have defaults that suffice. */
  sign(index: number, request?: TransactionRequest): Promise<TypedTransaction>
  /** Signs, submits and returns the receipt; fails when the transaction is not in a block. */
  send(index: number, request?: TransactionRequest): Promise<Receipt>
  receiptOf(hash: Uint8Array): Receipt | undefined
}

export async function startTestDevnet(options: DevnetOptions = {}): Promise<TestDevnet> {
  const node = await createDevnet(options)
  const control = node.devnet!

  const wallet = (index: number): Wallet => new Wallet(control.accounts[index]!.privateKey)
  const sign = async (
    index: number,
    request: TransactionRequest = {},
  ): Promise<TypedTransaction> => {
    const signer = wallet(index)
    const signed = await signer.signTransaction({
      type: 2,
      chainId: node.chain.network.chainId,
      nonce: Number(await node.pool.nextNonce(createAddressFromString(signer.address))),
      gasLimit: 1_000_000n,
      maxFeePerGas: 100_000_000_000n,
      maxPriorityFeePerGas: 1_000_000_000n,
      ...request,
    })
    return createTxFromRLP(hexToBytes(signed as `0x${string}`), { common: node.chain.common })
  }
  const receiptOf = (hash: Uint8Array): Receipt | undefined => {
    const place = node.chain.findTransaction(hash)
    return place && node.chain.receiptsOf(place.blockHash)?.[place.index]
  }

  return {
    node,
    control,
    wallet,
    sign,
    receiptOf,
    async send(index, request) {
      const hash = await node.submit(await sign(index, request))
      const receipt = receiptOf(hash)
      if (receipt === undefined) throw new Error(`${bytesToHex(hash)} is in no block`)
      return receipt
    },
    [Symbol.asyncDispose]: () => node.close(),
  }
}

export const balanceOf = async ({ node }: TestDevnet, account: Address): Promise<bigint> =>
  (await node.chain.stateOf(node.chain.head).getAccount(account))?.balance ?? 0n
