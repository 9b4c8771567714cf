import { getHeadTime } from '../api/actions/getHeadTime.ts'
import type { ClientContext } from './context.ts'

/** Now, by whichever of the chain and this machine is ahead, in Unix seconds: so farmers count too. */
export async function nowSeconds({ provider }: Pick<ClientContext, 'provider'>): Promise<bigint> {
  const head = await getHeadTime(provider)
  const here = BigInt(Math.floor(Date.now() / 1_000))
  return head < here ? here : head
}
