import { type JsonRpcProvider, JsonRpcSigner, type Signer, Wallet } from 'ethers'
import { ApiError } from '../api/errors.ts'
import { explainError } from '../api/explainError.ts'
import { connectProvider } from '../api/provider.ts'
import type { AccountFlags, NodeFlags } from './options.ts'

/** Runs `use` with a provider for the node of `--rpc`, and lets go of it afterwards. */
export async function withProvider<Result>(
  { rpc }: NodeFlags,
  use: (provider: JsonRpcProvider) => Promise<Result>,
): Promise<Result> {
  const provider = await connectProvider(rpc)
  try {
    return await use(provider)
  } finally {
    provider.destroy()
  }
}

/** Runs `use` with a signer for the account that the flags and `GENARO_KEY` name. */
export const withSigner = <Result>(
  flags: AccountFlags,
  use: (signer: Signer) => Promise<Result>,
): Promise<Result> =>
  withProvider(flags, async (provider) => await use(await chooseSigner(provider, flags.account)))

/** The address the flags and `GENARO_KEY` name, for commands that only look. */
export const chosenAddress = async (
  provider: JsonRpcProvider,
  { account }: AccountFlags,
): Promise<string> => await (await chooseSigner(provider, account)).getAddress()

/**
 * `--account` picks one of the accounts the node itself signs for; without it the key in `GENARO_KEY` signs,
 * and without that the node's first account, which only a devnet has.
 */
async function chooseSigner(
  provider: JsonRpcProvider,
  account: string | undefined,
): Promise<Signer> {
  if (account !== undefined) return await nodeSigner(provider, account)
  const key = process.env.GENARO_KEY
  return key ? keySigner(provider, key) : await nodeSigner(provider, '0')
}

function keySigner(provider: JsonRpcProvider, key: string): Signer {
  if (!/^(0x)?[0-9a-f]{64}$/i.test(key.trim())) throw badKey()
  try {
    return new Wallet(key.trim(), provider)
  } catch {
    throw badKey()
  }
}

/** Names nothing of the value: it may be a real key with a slip in it. */
const badKey = (): ApiError =>
  new ApiError('BAD_KEY', {
    message: 'GENARO_KEY does not hold a private key',
    hint: 'Set it to 64 hexadecimal digits, with or without 0x.',
  })

async function nodeSigner(provider: JsonRpcProvider, account: string): Promise<Signer> {
  if (/^(0x)?[0-9a-f]{64}$/i.test(account)) {
    throw new ApiError('BAD_KEY', {
      message: '--account takes the number or address of an account, not a private key',
      hint: 'Put the key into the environment variable GENARO_KEY; a command line is seen by others.',
    })
  }
  const addresses = await nodeAccounts(provider)
  if (addresses.length === 0) throw noAccount()
  const address = /^\d+$/.test(account)
    ? addresses[Number(account)]
    : addresses.find((each) => each.toLowerCase() === account.toLowerCase())
  if (address === undefined) throw noSuchAccount(account, addresses.length)
  return new JsonRpcSigner(provider, address)
}

async function nodeAccounts(provider: JsonRpcProvider): Promise<string[]> {
  try {
    return (await provider.send('eth_accounts', [])) as string[]
  } catch (error) {
    throw explainError(error)
  }
}

const noAccount = (): ApiError =>
  new ApiError('NO_ACCOUNT', {
    message: 'The node signs for no account, so there is nobody to act for',
    hint: 'Put a private key into the environment variable GENARO_KEY.',
  })

const noSuchAccount = (account: string, count: number): ApiError =>
  new ApiError('NO_SUCH_ACCOUNT', {
    message: `The node does not sign for account "${account}"`,
    hint: `Pass a number from 0 to ${count - 1}, one of the node's addresses, or set GENARO_KEY.`,
    facts: { account, count },
  })
