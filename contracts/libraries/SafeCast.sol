// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Narrowing that refuses instead of cutting off
library SafeCast {
    /// @notice The value does not fit into so many bits.
    error ValueTooLarge(uint256 value, uint256 bits);

    function toUint64(uint256 value) internal pure returns (uint64) {
        if (value > type(uint64).max) revert ValueTooLarge(value, 64);
        return uint64(value);
    }

    function toUint128(uint256 value) internal pure returns (uint128) {
        if (value > type(uint128).max) revert ValueTooLarge(value, 128);
        return uint128(value);
    }
}
