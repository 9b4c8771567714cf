// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Lists whose order means nothing
/// @notice The last item takes the place of one that goes; whoever keeps places has to note the new one.
library Unordered {
    /// @notice Takes out the item at a place counted from 1, and says which now stands there.
    function takeOut(bytes32[] storage list, uint256 position) internal returns (bytes32 moved) {
        moved = list[list.length - 1];
        list[position - 1] = moved;
        list.pop();
    }

    /// @notice Takes out the item at a place counted from 1, and says which now stands there.
    function takeOut(uint256[] storage list, uint256 position) internal returns (uint256 moved) {
        moved = list[list.length - 1];
        list[position - 1] = moved;
        list.pop();
    }
}
