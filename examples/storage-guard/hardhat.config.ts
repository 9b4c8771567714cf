import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import toolbox from '@nomicfoundation/hardhat-toolbox-mocha-ethers'
import { defineConfig } from 'hardhat/config'

const here = (folder: string): string => join(import.meta.dirname, folder)

export default defineConfig({
  plugins: [toolbox],
  solidity: {
    version: '0.8.37',
    // The compiler comes from npm, so nothing is downloaded while compiling.
    path: fileURLToPath(import.meta.resolve('solc/soljson.js')),
    settings: { evmVersion: 'osaka', optimizer: { enabled: true, runs: 200 } },
  },
  networks: {
    genaro: {
      type: 'http',
      url: process.env.GENARO_RPC ?? 'http://127.0.0.1:8545',
      // The devnet signs for its ten accounts; elsewhere put your keys here (`configVariable`).
      accounts: 'remote',
    },
  },
  // Written out, so that the project also works as a folder inside another package.
  paths: {
    sources: here('contracts'),
    tests: { mocha: here('test'), solidity: here('test') },
    artifacts: here('artifacts'),
    cache: here('cache'),
  },
  typechain: { outDir: here('types') },
})
