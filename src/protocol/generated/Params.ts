// Built from contracts/ by `npm run contracts`.
export const Params = {
  abi: [
    {"inputs":[],"name":"PlainTransferRefused","type":"error"},
    {"inputs":[{"name":"selector","type":"bytes4"}],"name":"UnknownFunction","type":"error"},
    {"stateMutability":"payable","type":"fallback"},
    {"inputs":[],"name":"bundledDownloadsPerYear","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
    {"inputs":[],"name":"burnShareBasisPoints","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
    {"inputs":[],"name":"epochLengthSlots","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
    {"inputs":[],"name":"expansionBasisPoints","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
    {"inputs":[],"name":"marketTerms","outputs":[{"name":"spacePrice","type":"uint256"},{"name":"trafficPrice","type":"uint256"},{"name":"burnShare","type":"uint256"},{"name":"bundledDownloads","type":"uint256"}],"stateMutability":"view","type":"function"},
    {"inputs":[],"name":"minimumStakeWei","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
    {"inputs":[],"name":"spacePriceWei","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
    {"inputs":[],"name":"trafficPriceWei","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
    {"inputs":[],"name":"unbondingEpochs","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
    {"stateMutability":"payable","type":"receive"},
  ],
  runtimeBytecode: '0x608060405260043610610089575f3560e01c80636b926192116100585780636b9261921461016e57806378d8cf181461018c578063a83061ff146101aa578063bdad2cb3146101cb578063eb0589fb14610224576100a7565b80630df53d46146100d15780631e0bc2a3146101035780633e98fe39146101235780636631637214610148576100a7565b366100a7576040516326d9bdeb60e11b815260040160405180910390fd5b604051630150879b60e41b81526001600160e01b03195f3516600482015260240160405180910390fd5b3480156100dc575f5ffd5b505f54600160601b90046001600160601b03165b6040519081526020015b60405180910390f35b34801561010e575f5ffd5b505f54600160d01b900463ffffffff166100f0565b34801561012e575f5ffd5b50600154600160801b900467ffffffffffffffff166100f0565b348015610153575f5ffd5b506001546fffffffffffffffffffffffffffffffff166100f0565b348015610179575f5ffd5b505f54600160f01b900461ffff166100f0565b348015610197575f5ffd5b505f54600160c01b900461ffff166100f0565b3480156101b5575f5ffd5b50600154600160c01b900463ffffffff166100f0565b3480156101d6575f5ffd5b505f54604080516001600160601b038084168252600160601b8404166020820152600160c01b830461ffff1691810191909152600160d01b90910463ffffffff1660608201526080016100fa565b34801561022f575f5ffd5b505f546001600160601b03166100f056',
  storageLayout: [
    {"label":"_spacePriceWei","slot":"0","offset":0,"type":"t_uint96"},
    {"label":"_trafficPriceWei","slot":"0","offset":12,"type":"t_uint96"},
    {"label":"_burnShareBasisPoints","slot":"0","offset":24,"type":"t_uint16"},
    {"label":"_bundledDownloadsPerYear","slot":"0","offset":26,"type":"t_uint32"},
    {"label":"_expansionBasisPoints","slot":"0","offset":30,"type":"t_uint16"},
    {"label":"_minimumStakeWei","slot":"1","offset":0,"type":"t_uint128"},
    {"label":"_epochLengthSlots","slot":"1","offset":16,"type":"t_uint64"},
    {"label":"_unbondingEpochs","slot":"1","offset":24,"type":"t_uint32"},
  ],
  structs: {
  },
} as const
