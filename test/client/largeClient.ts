// A client in a process of its own, whose memory is its own: uploads or downloads one file and prints as JSON its id and
// the most memory that was in use: `node largeClient.ts '{"upload": PATH, …}'`.
import { Wallet } from 'ethers'
import { connectProvider } from '../../src/api/provider.ts'
import { createClient } from '../../src/client/createClient.ts'
import { TEST_SEED } from './network.ts'

/** What it is asked to do. */
export interface LargeTask {
  rpcURL: string
  privateKey: string
  bootstrap: string[]
  workDirectory: string
  /** A path to upload; or else `id` is fetched to `target`. */
  upload?: string
  id?: string
  target?: string
}

/** What it says at its end. */
export interface LargeOutcome {
  id: string
  /** Bytes; threads included. */
  peakMemoryBytes: number
}

if (import.meta.main) {
  const { rpcURL, privateKey, upload, id, target, ...options }: LargeTask = JSON.parse(
    process.argv[2]!,
  )
  const provider = await connectProvider(rpcURL)
  const signer = new Wallet(privateKey, provider)
  const client = await createClient({ ...options, provider, signer, masterSeed: TEST_SEED })
  const { id: stored } =
    upload === undefined ? await client.download(id!, target!) : await client.upload(upload)
  await client.close()
  provider.destroy()
  const outcome: LargeOutcome = {
    id: stored,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1_024,
  }
  process.stdout.write(JSON.stringify(outcome))
}
