// Built from contracts/ by `npm run contracts`.
export const Beacon = {
  abi: [
    {"inputs":[],"name":"PlainTransferRefused","type":"error"},
    {"inputs":[{"name":"slot","type":"uint256"}],"name":"SlotNotInRing","type":"error"},
    {"inputs":[{"name":"selector","type":"bytes4"}],"name":"UnknownFunction","type":"error"},
    {"stateMutability":"payable","type":"fallback"},
    {"inputs":[],"name":"currentEpoch","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
    {"inputs":[],"name":"currentSlot","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
    {"inputs":[{"name":"slot","type":"uint256"}],"name":"mixAt","outputs":[{"name":"","type":"bytes32"}],"stateMutability":"view","type":"function"},
    {"stateMutability":"payable","type":"receive"},
  ],
  runtimeBytecode: '0x608060405260043610610037575f3560e01c8063235a1d9d146100805780633359632e146100b157806376671808146100ce57610055565b36610055576040516326d9bdeb60e11b815260040160405180910390fd5b604051630150879b60e41b81526001600160e01b03195f351660048201526024015b60405180910390fd5b34801561008b575f5ffd5b5061009f61009a3660046101d3565b6100e2565b60405190815260200160405180910390f35b3480156100bc575f5ffd5b505f5467ffffffffffffffff1661009f565b3480156100d9575f5ffd5b5061009f610150565b5f8060016100f2612000856101fe565b612000811061010357610103610211565b60020201600181015481549192509067ffffffffffffffff1684141580610128575080155b1561014957604051632aece51360e11b815260048101859052602401610077565b9392505050565b5f60076003609d1b016001600160a01b0316633e98fe396040518163ffffffff1660e01b8152600401602060405180830381865afa158015610194573d5f5f3e3d5ffd5b505050506040513d601f19601f820116820180604052508101906101b89190610225565b5f546101ce919067ffffffffffffffff1661023c565b905090565b5f602082840312156101e3575f5ffd5b5035919050565b634e487b7160e01b5f52601260045260245ffd5b5f8261020c5761020c6101ea565b500690565b634e487b7160e01b5f52603260045260245ffd5b5f60208284031215610235575f5ffd5b5051919050565b5f8261024a5761024a6101ea565b50049056',
  storageLayout: [
    {"label":"_currentSlot","slot":"0","offset":0,"type":"t_uint64"},
    {"label":"_ring","slot":"1","offset":0,"type":"t_array(t_struct(Entry)_storage)8192_storage"},
  ],
  structs: {
    Entry: [
    {"label":"slot","slot":"0","offset":0,"type":"t_uint64"},
    {"label":"mix","slot":"1","offset":0,"type":"t_bytes32"},
  ],
  },
} as const
