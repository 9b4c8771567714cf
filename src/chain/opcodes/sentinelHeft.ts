import { systemContractAddress } from '../../protocol/addresses.ts'
import { heftKey } from '../../protocol/slots.ts'
import { type OpcodeImplementation, readGas, readSlot, toAccount } from './frame.ts'

const HEFT = systemContractAddress('Heft')

/** SENTINEL_HEFT: the verified fingerprints an account answers for (YP 3.4, 3.5). */
export const sentinelHeft: OpcodeImplementation = {
  gas(frame, gas, rules) {
    const [account] = frame.stack.peek(1)
    return gas + readGas(frame, rules, HEFT, heftKey(toAccount(account!)))
  },
  async run(frame) {
    const account = toAccount(frame.stack.pop())
    frame.stack.push(await readSlot(frame, HEFT, heftKey(account)))
  },
}
