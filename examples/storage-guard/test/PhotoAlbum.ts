import { expect } from 'chai'
import { network } from 'hardhat'

const MARKET = '0x6000000000000000000000000000000000000002'
const MARKET_ABI = [
  'function buySpace(bytes12 tag, uint64 sizeBytes, uint48 termSeconds, uint16 backups, uint8 cleanUp) payable returns (bytes32 id)',
  'function quoteSpace(uint64 sizeBytes, uint48 termSeconds, uint16 backups) view returns (uint256 priceWei, uint256 bundledTrafficBytes)',
  'event SpaceBought(bytes32 indexed id, address indexed owner, uint64 sizeBytes, uint48 startTime, uint48 endTime, uint16 backups, uint256 priceWei)',
]
const GB = 1_000_000_000n
const DAY = 86_400n
const PHOTO = `0x${'ab'.repeat(32)}`

const { ethers } = await network.create()

/** Buys a bucket with an ordinary transaction and returns its id. */
async function buySpace(sizeBytes: bigint, termSeconds: bigint, backups: bigint): Promise<string> {
  const [owner] = await ethers.getSigners()
  const market = new ethers.Contract(MARKET, MARKET_ABI, owner)
  const [value] = await market.quoteSpace!(sizeBytes, termSeconds, backups)
  const tag = ethers.hexlify(ethers.randomBytes(12))
  const sent = await market.buySpace!(tag, sizeBytes, termSeconds, backups, 0, { value })
  await sent.wait()
  return ethers.concat([owner!.address, tag])
}

const deployAlbum = async () => {
  const album = await ethers.deployContract('PhotoAlbum')
  await album.waitForDeployment()
  return album
}

describe('PhotoAlbum', () => {
  it('shows a photo until the term of its bucket has ended', async () => {
    const [owner] = await ethers.getSigners()
    const album = await deployAlbum()
    const bucket = await buySpace(3n * GB, 90n * DAY, 6n)

    await expect(album.publish(bucket, owner!.address, PHOTO))
      .to.emit(album, 'FilePublished')
      .withArgs(bucket, owner!.address, PHOTO)
    expect(await album.newestPhoto(bucket)).to.equal(PHOTO)

    await ethers.provider.send('evm_increaseTime', [Number(90n * DAY)])
    await ethers.provider.send('evm_mine', [])
    await expect(album.newestPhoto(bucket))
      .to.be.revertedWithCustomError(album, 'TermTooShort')
      .withArgs(0, 90n * DAY)
    await expect(album.publish(bucket, owner!.address, PHOTO)).to.be.revertedWithCustomError(
      album,
      'TermTooShort',
    )
  })

  it('refuses a bucket with too short a term, too few backups or too little space', async () => {
    const [owner] = await ethers.getSigners()
    const album = await deployAlbum()
    const cases = [
      { bucket: await buySpace(3n * GB, 89n * DAY, 6n), error: 'TermTooShort' },
      { bucket: await buySpace(3n * GB, 90n * DAY, 2n), error: 'TooFewBackups' },
      { bucket: await buySpace(GB - 1n, 90n * DAY, 6n), error: 'SpaceTooSmall' },
    ]
    for (const { bucket, error } of cases) {
      await expect(album.publish(bucket, owner!.address, PHOTO)).to.be.revertedWithCustomError(
        album,
        error,
      )
    }
  })

  it("takes photos from a bucket's owner alone", async () => {
    const [owner, other] = await ethers.getSigners()
    const album = await deployAlbum()
    const bucket = await buySpace(3n * GB, 90n * DAY, 6n)
    await expect(album.connect(other!).publish(bucket, owner!.address, PHOTO))
      .to.be.revertedWithCustomError(album, 'NotBucketOwner')
      .withArgs(owner!.address, other!.address)
  })
})
