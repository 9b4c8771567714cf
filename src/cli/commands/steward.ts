import { Command } from 'commander'
import { stewardGrantCommand } from './stewardGrant.ts'
import { stewardKeyCommand } from './stewardKey.ts'
import { stewardNameCommand } from './stewardName.ts'
import { stewardRunCommand } from './stewardRun.ts'

/** `genaro steward`: letting another account repair files, and being one. */
export const stewardCommand = (): Command =>
  new Command('steward')
    .description('let another account repair your files, or repair those of others')
    .addCommand(stewardNameCommand())
    .addCommand(stewardKeyCommand())
    .addCommand(stewardGrantCommand())
    .addCommand(stewardRunCommand())
