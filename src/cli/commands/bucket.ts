import { Command } from 'commander'
import { bucketBuyCommand } from './bucketBuy.ts'
import { bucketExtendCommand } from './bucketExtend.ts'
import { bucketListCommand } from './bucketList.ts'

/** `genaro bucket …`: bought space. */
export const bucketCommand = (): Command =>
  new Command('bucket')
    .description('buy, list and extend space')
    .helpCommand(false)
    .addCommand(bucketBuyCommand())
    .addCommand(bucketListCommand())
    .addCommand(bucketExtendCommand())
