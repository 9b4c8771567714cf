// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SystemContract} from "./SystemContract.sol";

/// @title Sentinel groups an owner committed to, with which it can prove a farmer's fault on chain
/// @custom:predeploy 0x600000000000000000000000000000000000000b
contract SentinelGroups is SystemContract {}
