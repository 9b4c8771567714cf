// Built from contracts/ by `npm run contracts`.
export const Params = {
  abi: [
    {"inputs":[],"name":"PlainTransferRefused","type":"error"},
    {"inputs":[{"name":"selector","type":"bytes4"}],"name":"UnknownFunction","type":"error"},
    {"stateMutability":"payable","type":"fallback"},
    {"inputs":[],"name":"bundledDownloadsPerYear","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
    {"inputs":[],"name":"burnShareBasisPoints","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
    {"inputs":[],"name":"epochLengthSlots","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
    {"inputs":[],"name":"marketTerms","outputs":[{"name":"spacePrice","type":"uint256"},{"name":"trafficPrice","type":"uint256"},{"name":"burnShare","type":"uint256"},{"name":"bundledDownloads","type":"uint256"}],"stateMutability":"view","type":"function"},
    {"inputs":[],"name":"minimumStakeWei","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
    {"inputs":[],"name":"spacePriceWei","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
    {"inputs":[],"name":"trafficPriceWei","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
    {"inputs":[],"name":"unbondingEpochs","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
    {"stateMutability":"payable","type":"receive"},
  ],
  runtimeBytecode: '0x60806040526004361061007e575f3560e01c806378d8cf181161004d57806378d8cf1814610163578063a83061ff14610181578063bdad2cb3146101a2578063eb0589fb146101fb5761009c565b80630df53d46146100c65780631e0bc2a3146100f85780633e98fe3914610118578063663163721461013d5761009c565b3661009c576040516326d9bdeb60e11b815260040160405180910390fd5b604051630150879b60e41b81526001600160e01b03195f3516600482015260240160405180910390fd5b3480156100d1575f5ffd5b505f54600160601b90046001600160601b03165b6040519081526020015b60405180910390f35b348015610103575f5ffd5b505f54600160d01b900463ffffffff166100e5565b348015610123575f5ffd5b50600154600160801b900467ffffffffffffffff166100e5565b348015610148575f5ffd5b506001546fffffffffffffffffffffffffffffffff166100e5565b34801561016e575f5ffd5b505f54600160c01b900461ffff166100e5565b34801561018c575f5ffd5b50600154600160c01b900463ffffffff166100e5565b3480156101ad575f5ffd5b505f54604080516001600160601b038084168252600160601b8404166020820152600160c01b830461ffff1691810191909152600160d01b90910463ffffffff1660608201526080016100ef565b348015610206575f5ffd5b505f546001600160601b03166100e556',
  storageLayout: [
    {"label":"_spacePriceWei","slot":"0","offset":0,"type":"t_uint96"},
    {"label":"_trafficPriceWei","slot":"0","offset":12,"type":"t_uint96"},
    {"label":"_burnShareBasisPoints","slot":"0","offset":24,"type":"t_uint16"},
    {"label":"_bundledDownloadsPerYear","slot":"0","offset":26,"type":"t_uint32"},
    {"label":"_minimumStakeWei","slot":"1","offset":0,"type":"t_uint128"},
    {"label":"_epochLengthSlots","slot":"1","offset":16,"type":"t_uint64"},
    {"label":"_unbondingEpochs","slot":"1","offset":24,"type":"t_uint32"},
  ],
  structs: {
  },
} as const
