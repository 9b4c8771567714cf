// Built from contracts/ by `npm run contracts`.
export const StorageView = {
  abi: [
    {"inputs":[],"name":"DirtyAddress","type":"error"},
    {"inputs":[],"name":"ShortCalldata","type":"error"},
    {"inputs":[{"name":"selector","type":"bytes4"}],"name":"UnknownFunction","type":"error"},
    {"inputs":[],"name":"ValueRefused","type":"error"},
    {"inputs":[{"name":"owner","type":"address"},{"name":"streamId","type":"bytes32"},{"name":"version","type":"uint256"}],"name":"dataVersionRead","outputs":[{"name":"status","type":"uint256"},{"components":[{"name":"account","type":"address"},{"name":"amount","type":"uint256"}],"name":"shares","type":"tuple[8]"}],"stateMutability":"view","type":"function"},
    {"inputs":[{"name":"owner","type":"address"},{"name":"streamId","type":"bytes32"}],"name":"dataVersionUpdate","outputs":[{"name":"accepted","type":"uint256"}],"stateMutability":"nonpayable","type":"function"},
    {"inputs":[{"name":"account","type":"address"}],"name":"sentinelHeft","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
    {"inputs":[{"name":"owner","type":"address"},{"name":"bucketId","type":"bytes32"}],"name":"ssize","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
    {"inputs":[{"name":"owner","type":"address"},{"name":"bucketId","type":"bytes32"}],"name":"storageGas","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
    {"inputs":[{"name":"owner","type":"address"},{"name":"bucketId","type":"bytes32"}],"name":"storageGasPrice","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
    {"inputs":[{"name":"owner","type":"address"},{"name":"bucketId","type":"bytes32"}],"name":"storageGasUsed","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
  ],
  runtimeBytecode: '0x34610103575f3560e01c8063d42bb766146100ea5780636d9b06f2146100d157806329060add146100b8578063b6c7d0dd1461009f5780639d6922631461008957806342f8d5171461006e5763a9868257036101aa5761005d610108565b602435610068610135565b22610152565b61007661012b565b604435602435610084610135565b610159565b610091610121565b610099610135565b27610152565b6100a7610108565b6024356100b2610135565b26610152565b6100c0610108565b6024356100cb610135565b25610152565b6100d9610108565b6024356100e4610135565b24610152565b6100f2610108565b6024356100fd610135565b23610152565b61019b565b6044361061011257565b637e5ae22960e11b5f5260045ffd5b6024361061011257565b6064361061011257565b600435908160a01c61014357565b6322e97c0560e21b5f5260045ffd5b5f5260205ff35b215f5260205260405260605260805260a05260c05260e05261010052610120526101405261016052610180526101a0526101c0526101e052610200526102205ff35b632d9d8d1360e21b5f5260045ffd5b630150879b60e41b5f90815280356001600160e01b031916600452602490fd',
  storageLayout: [],
  structs: {
  },
} as const
