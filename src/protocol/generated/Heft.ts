// Built from contracts/ by `npm run contracts`.
export const Heft = {
  abi: [
    {"inputs":[],"name":"PlainTransferRefused","type":"error"},
    {"inputs":[{"name":"selector","type":"bytes4"}],"name":"UnknownFunction","type":"error"},
    {"stateMutability":"payable","type":"fallback"},
    {"inputs":[{"name":"account","type":"address"}],"name":"heftOf","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
    {"inputs":[],"name":"totalHeft","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
    {"stateMutability":"payable","type":"receive"},
  ],
  runtimeBytecode: '0x6080604052600436106028575f3560e01c80632bac3ad614606f5780633c3dcf4f146090576045565b366045576040516326d9bdeb60e11b815260040160405180910390fd5b604051630150879b60e41b81526001600160e01b03195f3516600482015260240160405180910390fd5b3480156079575f5ffd5b506001545b60405190815260200160405180910390f35b348015609a575f5ffd5b50607e60a636600460c0565b6001600160a01b03165f9081526020819052604090205490565b5f6020828403121560cf575f5ffd5b81356001600160a01b038116811460e4575f5ffd5b939250505056',
  storageLayout: [
    {"label":"_heft","slot":"0","offset":0,"type":"t_mapping(t_address,t_uint256)"},
    {"label":"_totalHeft","slot":"1","offset":0,"type":"t_uint256"},
  ],
  structs: {
  },
} as const
