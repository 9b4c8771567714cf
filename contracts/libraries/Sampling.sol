// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Which leaves a seed asks for
/// @notice The leaves are cut into regions; the seed picks a non-empty group of them, and one leaf in each.
library Sampling {
    /// @dev The paper's granularity g, finer than the six of its examples. Below one leaf for each region nothing
    /// can be asked.
    uint256 internal constant REGION_COUNT = 20;

    uint256 private constant GROUP_COUNT = 2 ** REGION_COUNT - 1;

    /// @notice The positions asked for, strictly ascending, out of at least `REGION_COUNT` leaves.
    function positions(bytes32 seed, uint256 totalLeaves)
        internal
        pure
        returns (uint256[] memory found)
    {
        uint256 group = 1 + (uint256(seed) >> 192) % GROUP_COUNT;
        found = new uint256[](REGION_COUNT);
        uint256 count;
        uint256 start;
        for (uint256 region; region < REGION_COUNT; region++) {
            uint256 end = totalLeaves * (region + 1) / REGION_COUNT;
            if ((group >> region) & 1 == 1) {
                uint256 draw = uint256(keccak256(abi.encode(seed, region))) >> 128;
                found[count++] = start + (draw * (end - start) >> 128);
            }
            start = end;
        }
        assembly ("memory-safe") {
            mstore(found, count)
        }
    }
}
