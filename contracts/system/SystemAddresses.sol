// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Where the system contracts stand
/// @notice The order is part of the protocol: append, never insert.
library SystemAddresses {
    address internal constant STAKING = 0x6000000000000000000000000000000000000001;
    address internal constant STORAGE_MARKET = 0x6000000000000000000000000000000000000002;
    address internal constant HEFT = 0x6000000000000000000000000000000000000003;
    address internal constant NODES = 0x6000000000000000000000000000000000000004;
    address internal constant STORAGE_VIEW = 0x6000000000000000000000000000000000000005;
    address internal constant BEACON = 0x6000000000000000000000000000000000000006;
    address internal constant PARAMS = 0x6000000000000000000000000000000000000007;
    address internal constant STREAMS = 0x6000000000000000000000000000000000000008;
    address internal constant REPLICAS = 0x6000000000000000000000000000000000000009;
    address internal constant INSPECTIONS = 0x600000000000000000000000000000000000000a;
    address internal constant SENTINEL_GROUPS = 0x600000000000000000000000000000000000000b;
}
