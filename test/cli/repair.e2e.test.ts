import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type DevnetProcess, startDevnetProcess, temporaryDirectory } from './devnetProcess.ts'
import { NO_INSPECTIONS } from './filesBench.ts'
import { runGenaro } from './runGenaro.ts'

describe('repair on the command line', () => {
  let devnet: DevnetProcess
  let directory: string
  let bucketId: string
  let id: string
  const cleanUps: (() => unknown)[] = []
  before(async () => {
    const scope = { after: (cleanUp: () => unknown) => cleanUps.push(cleanUp) }
    directory = temporaryDirectory(scope)
    devnet = await startDevnetProcess(scope, ['--farmers', '6', ...NO_INSPECTIONS])
    const bought = await genaro(['bucket', 'buy', '--size', '1GB', '--term', '30d'])
    bucketId = bought.id!
    const path = join(directory, 'note.txt')
    writeFileSync(path, 'worth keeping')
    id = (await genaro(['upload', path], owner())).id!
  })
  after(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp()
  })

  const person = (name: string): Record<string, string> => ({
    GENARO_SEED_FILE: join(directory, `${name}-seed`),
    GENARO_WORK_DIR: join(directory, name),
  })
  const owner = () => person('owner')
  const steward = () => ({ ...person('steward'), GENARO_KEY: devnet.accounts[3]!.privateKey })

  async function genaro(
    args: readonly string[],
    environment = {},
  ): Promise<Record<string, string>> {
    const line = [...args, '--json', '--rpc', devnet.url]
    const { code, stdout, stderr } = await runGenaro(line, environment)
    assert.equal(code, 0, `${args.join(' ')}: ${stderr}`)
    return JSON.parse(stdout) as Record<string, string>
  }

  test('says of a whole file that nothing is missing', async () => {
    const result: Record<string, unknown> = await genaro(['repair', id], owner())
    assert.equal(result.isWhole, true)
    assert.deepEqual(result.missing, [])
    // One cell has three shards: itself and its parity; the manifest has three copies.
    assert.equal(result.checkedCount, 6)
  })

  test('lets a steward look after it that cannot read it', async () => {
    const file = join(directory, 'grant.json')
    const { key } = await genaro(['steward', 'key'], steward())
    await genaro(['traffic', 'buy', '10MB'], steward())
    const early = await runGenaro(
      ['steward', 'grant', id, key!, file, '--rpc', devnet.url],
      owner(),
    )
    assert.equal(early.code, 1)
    assert.match(early.stderr, /not the steward/)
    await genaro(['steward', 'name', bucketId, devnet.accounts[3]!.address], owner())
    await genaro(['steward', 'grant', id, key!, file], owner())
    assert.ok(!readFileSync(file, 'utf8').includes('note'))
    const result: Record<string, unknown> = await genaro(
      ['steward', 'run', '--grant', file],
      steward(),
    )
    assert.equal(result.isWhole, true)
    assert.equal(result.manifestCount, 3)
  })

  test('says what is wrong with an id that no file has', async () => {
    const line = ['repair', `0x${'ab'.repeat(32)}`, '--rpc', devnet.url]
    const { code, stdout, stderr } = await runGenaro(line, owner())
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.match(stderr, /no file 0xabab/)
  })
})
