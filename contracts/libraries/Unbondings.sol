// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice Stake on its way back; `releaseSlot` is the first slot it can be withdrawn in.
struct Unbonding {
    uint128 amountWei;
    uint64 releaseSlot;
}

/// @title Stake on its way back
/// @notice A list of bounded length, so that paying out always fits into a transaction.
library Unbondings {
    /// @notice All places for open unbondings are taken; withdraw or wait first.
    error TooManyUnbondings(uint256 limit);

    uint256 private constant MAX_UNBONDINGS = 16;

    /// @notice Adds an unbonding; it joins the last one when both are released in the same slot.
    function start(Unbonding[] storage list, uint128 amountWei, uint64 releaseSlot) internal {
        uint256 length = list.length;
        if (length != 0 && list[length - 1].releaseSlot == releaseSlot) {
            list[length - 1].amountWei += amountWei;
            return;
        }
        if (length == MAX_UNBONDINGS) revert TooManyUnbondings(MAX_UNBONDINGS);
        list.push(Unbonding(amountWei, releaseSlot));
    }

    /// @notice Takes out what is released by a slot, and says how much it is together.
    function takeMatured(Unbonding[] storage list, uint256 slot) internal returns (uint256 amountWei) {
        uint256 kept;
        uint256 length = list.length;
        for (uint256 i; i < length; i++) {
            Unbonding memory unbonding = list[i];
            if (unbonding.releaseSlot <= slot) {
                amountWei += unbonding.amountWei;
            } else {
                if (kept != i) list[kept] = unbonding;
                kept++;
            }
        }
        for (uint256 i = length; i > kept; i--) list.pop();
    }

    /// @notice Takes up to an amount out of the list, what is released last first, and says how much that was.
    function take(Unbonding[] storage list, uint256 amountWei) internal returns (uint256 takenWei) {
        while (takenWei < amountWei && list.length != 0) {
            Unbonding storage last = list[list.length - 1];
            uint256 left = amountWei - takenWei;
            if (last.amountWei > left) {
                last.amountWei -= uint128(left);
                return amountWei;
            }
            takenWei += last.amountWei;
            list.pop();
        }
    }
}
