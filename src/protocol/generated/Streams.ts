// Built from contracts/ by `npm run contracts`.
export const Streams = {
  abi: [
    {"inputs":[],"name":"PlainTransferRefused","type":"error"},
    {"inputs":[{"name":"selector","type":"bytes4"}],"name":"UnknownFunction","type":"error"},
    {"anonymous":false,"inputs":[{"indexed":true,"name":"id","type":"bytes32"},{"indexed":true,"name":"requester","type":"address"},{"indexed":false,"name":"version","type":"uint256"}],"name":"UpdateRequested","type":"event"},
    {"stateMutability":"payable","type":"fallback"},
    {"inputs":[{"name":"id","type":"bytes32"},{"name":"account","type":"address"}],"name":"mayUpdate","outputs":[{"name":"","type":"bool"}],"stateMutability":"view","type":"function"},
    {"inputs":[{"name":"id","type":"bytes32"}],"name":"streamOf","outputs":[{"components":[{"name":"headVersion","type":"uint64"},{"name":"requestedVersion","type":"uint64"},{"name":"status","type":"uint8"}],"name":"","type":"tuple"}],"stateMutability":"view","type":"function"},
    {"inputs":[{"name":"id","type":"bytes32"},{"name":"version","type":"uint256"}],"name":"versionOf","outputs":[{"components":[{"name":"status","type":"uint256"},{"components":[{"name":"account","type":"address"},{"name":"amount","type":"uint256"}],"name":"shares","type":"tuple[8]"}],"name":"","type":"tuple"}],"stateMutability":"view","type":"function"},
    {"stateMutability":"payable","type":"receive"},
  ],
  runtimeBytecode: '0x608060405260043610610037575f3560e01c8063340132551461007f5780635fccc5f9146100b35780639bc926b8146100df57610055565b36610055576040516326d9bdeb60e11b815260040160405180910390fd5b604051630150879b60e41b81526001600160e01b03195f3516600482015260240160405180910390fd5b34801561008a575f5ffd5b5061009e6100993660046102d1565b61010b565b60405190151581526020015b60405180910390f35b3480156100be575f5ffd5b506100d26100cd36600461030a565b61014f565b6040516100aa919061032a565b3480156100ea575f5ffd5b506100fe6100f936600461037b565b6101e3565b6040516100aa91906103a6565b5f6001600160a01b038216606084901c148061014857505f8381526002602090815260408083206001600160a01b038616845290915290205460ff165b9392505050565b61015761027a565b5f838152600160208181526040808420868552825280842081518083018352815481528251610100810190935294909392850192840190600890835b828210156101d4576040805180820190915260028302850180546001600160a01b031682526001908101546020808401919091529183529092019101610193565b50505091525090949350505050565b610203604080516060810182525f80825260208201819052909182015290565b5f82815260208181526040918290208251606081018452815467ffffffffffffffff8082168352680100000000000000008204169382019390935292909190830190600160801b900460ff16600381111561026057610260610392565b600381111561027157610271610392565b90525092915050565b60405180604001604052805f8152602001610293610298565b905290565b6040518061010001604052806008905b604080518082019091525f80825260208201528152602001906001900390816102a85790505090565b5f5f604083850312156102e2575f5ffd5b8235915060208301356001600160a01b03811681146102ff575f5ffd5b809150509250929050565b5f5f6040838503121561031b575f5ffd5b50508035926020909101359150565b8151815260208083015161022083019183015f5b600881101561037257825180516001600160a01b03168352602090810151818401529092019160409091019060010161033e565b50505092915050565b5f6020828403121561038b575f5ffd5b5035919050565b634e487b7160e01b5f52602160045260245ffd5b5f60608201905067ffffffffffffffff835116825267ffffffffffffffff60208401511660208301526040830151600481106103f057634e487b7160e01b5f52602160045260245ffd5b806040840152509291505056',
  storageLayout: [
    {"label":"_streams","slot":"0","offset":0,"type":"t_mapping(t_bytes32,t_struct(Stream)_storage)"},
    {"label":"_versions","slot":"1","offset":0,"type":"t_mapping(t_bytes32,t_mapping(t_uint256,t_struct(Version)_storage))"},
    {"label":"_mayUpdate","slot":"2","offset":0,"type":"t_mapping(t_bytes32,t_mapping(t_address,t_bool))"},
  ],
  structs: {
    Share: [
    {"label":"account","slot":"0","offset":0,"type":"t_address"},
    {"label":"amount","slot":"1","offset":0,"type":"t_uint256"},
  ],
    Stream: [
    {"label":"headVersion","slot":"0","offset":0,"type":"t_uint64"},
    {"label":"requestedVersion","slot":"0","offset":8,"type":"t_uint64"},
    {"label":"status","slot":"0","offset":16,"type":"t_enum(Status)"},
  ],
    Version: [
    {"label":"status","slot":"0","offset":0,"type":"t_uint256"},
    {"label":"shares","slot":"1","offset":0,"type":"t_array(t_struct(Share)_storage)8_storage"},
  ],
  },
} as const
