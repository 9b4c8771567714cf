// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title What every system contract has in common
/// @notice System contracts stand in genesis at fixed addresses, without constructor, owner or upgrade.
abstract contract SystemContract {
    /// @notice Coins were sent without saying what for; they would be lost here.
    error PlainTransferRefused();

    /// @notice The contract has no function with this selector.
    error UnknownFunction(bytes4 selector);

    receive() external payable {
        revert PlainTransferRefused();
    }

    fallback() external payable {
        revert UnknownFunction(msg.sig);
    }
}
