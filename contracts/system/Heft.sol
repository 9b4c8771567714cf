// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SystemContract} from "./SystemContract.sol";

/// @title The storage weight of accounts
/// @notice Heft counts the verified fingerprints an account answers for. Only the protocol writes it, from
/// inspections the chain itself verified; the opcode SENTINEL_HEFT reads the same slots.
/// @custom:predeploy 0x6000000000000000000000000000000000000003
contract Heft is SystemContract {
    mapping(address account => uint256 heft) private _heft;
    uint256 private _totalHeft;

    /// @notice The heft of an account; 0 when it has none.
    function heftOf(address account) external view returns (uint256) {
        return _heft[account];
    }

    /// @notice The heft of all accounts together.
    function totalHeft() external view returns (uint256) {
        return _totalHeft;
    }
}
