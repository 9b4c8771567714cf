import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Wallet } from 'ethers'
import { type DevnetProcess, startDevnetProcess } from './devnetProcess.ts'
import { runGenaro } from './runGenaro.ts'

const PHOTOS = '70686f746f73000000000000'
const GNX = 10n ** 18n
const DAY = 86_400

describe('commands on a devnet', () => {
  let devnet: DevnetProcess
  const cleanUps: (() => unknown)[] = []
  before(async () => {
    devnet = await startDevnetProcess({ after: (cleanUp) => cleanUps.push(cleanUp) })
  })
  after(() => Promise.all(cleanUps.map((cleanUp) => cleanUp())))

  /** Runs a command that must work and returns its JSON. */
  async function genaro(args: readonly string[], environment = {}): Promise<Record<string, never>> {
    const line = [...args, '--json', '--rpc', devnet.url]
    const { code, stdout, stderr } = await runGenaro(line, environment)
    assert.equal(code, 0, `${args.join(' ')}: ${stderr}`)
    assert.equal(stdout.trim().split('\n').length, 1)
    assert.ok(!stdout.includes('undefined'))
    return JSON.parse(stdout) as Record<string, never>
  }

  /** Runs a command that must fail without a word on stdout, and returns what it said. */
  async function fails(args: readonly string[], environment = {}): Promise<string> {
    const { code, stdout, stderr } = await runGenaro([...args, '--rpc', devnet.url], environment)
    assert.equal(code, 1, stderr)
    assert.equal(stdout, '')
    return stderr
  }

  /** What a command says to people. */
  async function text(args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await runGenaro([...args, '--rpc', devnet.url])
    assert.equal(code, 0, stderr)
    assert.equal(stderr, '')
    assert.ok(!/undefined|NaN|null/.test(stdout), stdout)
    return stdout
  }

  test('status tells network, prices and candidates', async () => {
    const status = await genaro(['status'])
    assert.equal(status.chainId, '31300')
    assert.equal(status.network, 'devnet')
    assert.equal(status.candidateCount, '1')
    assert.equal(status.spacePriceWei, '500000000000000')
    assert.match(await text(['status']), /^Space +0\.0005 GNX per GB, day and backup$/m)
  })

  test('bucket buy, list and extend act for account 0 at the quoted price', async () => {
    const owner = devnet.accounts[0]!.address
    const id = `${owner.toLowerCase()}${PHOTOS}`
    const space = ['--size', '3GB', '--term', '90d', '--backups', '6']
    const quote = await genaro(['bucket', 'buy', ...space, '--quote'])
    assert.equal(quote.priceWei, String((3n * 90n * 6n * GNX) / 2000n))
    const bought = await genaro(['bucket', 'buy', ...space, '--tag', 'photos'])
    assert.equal(bought.id, id)
    assert.equal(bought.owner, owner)
    assert.equal(bought.priceWei, quote.priceWei)
    assert.equal(Number(bought.endTime) - Number(bought.startTime), 90 * DAY)

    const again = await fails(['bucket', 'buy', ...space, '--tag', 'photos'])
    assert.match(again, new RegExp(`^error: The account has a bucket ${id} whose term`))
    assert.match(again, /\nhint: Choose another tag/)

    const extension = ['bucket', 'extend', id, '--add-size', '1GB', '--add-term', '30d']
    const priceWei = BigInt((await genaro([...extension, '--quote'])).priceWei!)
    const extended = await genaro(extension)
    assert.equal(extended.sizeBytes, '4000000000')
    assert.equal(Number(extended.endTime) - Number(bought.endTime), 30 * DAY)
    assert.ok(BigInt(extended.priceWei!) <= priceWei)

    const { buckets } = await genaro(['bucket', 'list'])
    assert.deepEqual(buckets, [
      {
        id,
        owner,
        sizeBytes: '4000000000',
        usedBytes: '0',
        backups: 6,
        startTime: bought.startTime,
        endTime: extended.endTime,
        escrowWei: (buckets as unknown as { escrowWei: string }[])[0]?.escrowWei,
        live: true,
      },
    ] as never)
    assert.match(await text(['bucket', 'list']), new RegExp(`^${id}  4 GB  0 B   6 `, 'm'))
    assert.match(await text(['bucket', 'buy', ...space]), /^Paid +0\.81 GNX$/m)
    const none = await text(['bucket', 'list', devnet.accounts[5]!.address])
    assert.match(none, /has no buckets/)
  })

  test("nobody extends another's bucket", async () => {
    const id = `${devnet.accounts[0]!.address.toLowerCase()}${PHOTOS}`
    const said = await fails(['bucket', 'extend', id, '--add-term', '1d', '--account', '1'])
    assert.match(said, /belongs to another account|There is no bucket/)
  })

  test('traffic buy adds credit', async () => {
    const bought = await genaro(['traffic', 'buy', '10', 'GB', '--account', '2'])
    assert.equal(bought.priceWei, String(GNX / 2n))
    assert.equal(bought.creditBytes, '10000000000')
    assert.equal((await genaro(['traffic', 'buy', '10GB', '--quote'])).priceWei, String(GNX / 2n))
  })

  test('stake, unstake and withdraw lead the whole way back to the balance', async () => {
    const me = ['--account', devnet.accounts[3]!.address]
    assert.equal((await genaro(['stake', '100', ...me])).stakeWei, String(100n * GNX))
    const unstaked = await genaro(['unstake', '40 GNX', ...me])
    assert.equal(unstaked.stakeWei, String(60n * GNX))
    assert.match(await fails(['withdraw', ...me]), /Nothing has finished unbonding\nhint: /)
    const account = await genaro(['account', ...me])
    const [unbonding] = account.unbonding as unknown as { releaseSlot: string }[]
    await devnet.rpc('hardhat_mine', `0x${Number(unbonding!.releaseSlot).toString(16)}`)
    assert.equal((await genaro(['withdraw', ...me])).amountWei, String(40n * GNX))
    assert.match(await text(['account', ...me]), /^Stake +60 GNX$/m)
    assert.match(await fails(['unstake', '61', ...me]), /stake is 60 GNX, less than 61 GNX/)
  })

  test('GENARO_KEY signs here, and --account goes before it', async () => {
    const key = { GENARO_KEY: devnet.accounts[4]!.privateKey }
    assert.equal((await genaro(['stake', '1'], key)).account, devnet.accounts[4]!.address)
    const other = await genaro(['stake', '1', '--account', '5'], key)
    assert.equal(other.account, devnet.accounts[5]!.address)
  })

  test('an account without coins is told so before anything is sent', async () => {
    const { address, privateKey } = Wallet.createRandom()
    const said = await fails(['stake', '1'], { GENARO_KEY: privateKey })
    assert.match(said, new RegExp(`^error: ${address} has 0 GNX; this costs 1 GNX and gas\nhint: `))
    assert.ok(!said.includes(privateKey.slice(2)))
  })

  test('a key in the wrong place or with a slip in it is refused and never repeated', async () => {
    const { privateKey } = devnet.accounts[6]!
    const line = ['stake', '1', '--rpc', devnet.url]
    const misplaced = await runGenaro([...line, '--account', privateKey])
    assert.equal(misplaced.code, 2)
    assert.match(misplaced.stderr, /not a private key\nhint: .*GENARO_KEY/)
    const broken = privateKey.slice(0, -1)
    const slipped = await runGenaro(line, { GENARO_KEY: broken })
    assert.equal(slipped.code, 2)
    assert.match(slipped.stderr, /GENARO_KEY does not hold a private key/)
    for (const { stdout, stderr } of [misplaced, slipped]) {
      assert.ok(!`${stdout}${stderr}`.includes(broken.slice(2)))
    }
  })

  test('an account the node does not have is refused with those it has', async () => {
    assert.match(await fails(['account', '--account', '10']), /account "10"\nhint: .* from 0 to 9/)
  })
})
