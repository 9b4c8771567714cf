import { type Command, Option } from 'commander'
import { DEFAULT_RPC_URL } from '../api/rpcURL.ts'
import { CLIError } from './failure.ts'

/** The flags of every command that talks to a node. */
export interface NodeFlags {
  rpc: string
  json?: boolean
}

/** The flags of a command that acts for an account. */
export interface AccountFlags extends NodeFlags {
  account?: string
}

export const jsonOption = (): Option => new Option('--json', 'print one JSON object on stdout')

export const withNodeOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--rpc <url>', 'JSON-RPC address of the node')
        .env('GENARO_RPC')
        .default(DEFAULT_RPC_URL),
    )
    .addOption(jsonOption())

export const withAccountOptions = (command: Command): Command =>
  withNodeOptions(command).option(
    '--account <account>',
    "number or address of one of the node's own accounts (default: the key in GENARO_KEY, else account 0)",
  )

/** The number range a flag allows. */
export interface NumberRange {
  min: number
  max: number
  whole?: boolean
}

/** Reads a number flag; throws `CLIError` with code `BAD_FLAG`. */
export const parseNumber =
  (flag: string, { min, max, whole = true }: NumberRange) =>
  (text: string): number => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
    if (!(value >= min && value <= max) || (whole && !Number.isInteger(value))) {
      throw new CLIError('BAD_FLAG', {
        message: `${flag} must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}, got "${text}"`,
        hint: 'Correct the flag; --help lists them all.',
        facts: { flag, text },
      })
    }
    return value
  }

/** Joins an argument that may be written in several words, such as `5000 GNX`. */
export const joinWords = (words: readonly string[]): string => words.join(' ')
