// Built from contracts/ by `npm run contracts`.
export const SentinelGroups = {
  abi: [
    {"inputs":[],"name":"PlainTransferRefused","type":"error"},
    {"inputs":[{"name":"selector","type":"bytes4"}],"name":"UnknownFunction","type":"error"},
    {"stateMutability":"payable","type":"fallback"},
    {"stateMutability":"payable","type":"receive"},
  ],
  runtimeBytecode: '0x6080604052366021576040516326d9bdeb60e11b815260040160405180910390fd5b604051630150879b60e41b81526001600160e01b03195f3516600482015260240160405180910390fd',
  storageLayout: [],
  structs: {
  },
} as const
