// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SystemContract} from "./SystemContract.sol";

/// @title Paying out coins
/// @notice The receiver may run code, so paying is always the last step of a call.
abstract contract Payments is SystemContract {
    /// @notice The account refused its own coins.
    error PaymentRefused();

    function _pay(address account, uint256 amountWei) internal {
        (bool paid,) = account.call{value: amountWei}("");
        if (!paid) revert PaymentRefused();
    }
}
