import { network } from 'hardhat'

const { ethers } = await network.create()

const album = await ethers.deployContract('PhotoAlbum')
await album.waitForDeployment()
console.log(await album.getAddress())
