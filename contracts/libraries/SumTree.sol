// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title The Merkle-sum tree of a farmer's replicas
/// @notice A node is a hash and the number of leaves below it. An empty place, and every subtree without an entry,
/// is hash 0 and sum 0.
library SumTree {
    /// @dev Bytes of a sibling in a path: the sum (uint64), then the hash.
    uint256 internal constant SIBLING_BYTES = 40;

    /// @notice The hash of a place that holds a replica; its sum is the number of leaves.
    function entryHash(bytes32 replicaId, bytes32 root, uint256 leafCount)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encodePacked(bytes1(0x02), replicaId, root, uint64(leafCount)));
    }

    /// @notice The hash of the node above two.
    function join(uint64 leftSum, bytes32 left, uint64 rightSum, bytes32 right)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encodePacked(bytes1(0x03), leftSum, left, rightSum, right));
    }

    /// @notice Climbs from the node at a place to the root.
    /// @param siblings Where in the call data the path begins, from the leaf up.
    /// @param height The number of siblings; a place that has no such path gives the root 0.
    /// @return root The hash that is reached.
    /// @return totalLeaves Its sum.
    /// @return firstLeaf How many leaves lie left of the place.
    function climb(uint256 siblings, uint256 height, uint256 place, bytes32 hash, uint256 sum)
        internal
        pure
        returns (bytes32 root, uint256 totalLeaves, uint256 firstLeaf)
    {
        if (place >> height != 0) return (0, 0, 0);
        assembly ("memory-safe") {
            // The message of an inner node: 0x03 ‖ left sum ‖ left hash ‖ right sum ‖ right hash.
            let message := mload(0x40)
            mstore8(message, 3)
            for { let level := 0 } lt(level, height) { level := add(level, 1) } {
                let siblingSum := shr(192, calldataload(siblings))
                let isRight := and(shr(level, place), 1)
                let own := add(message, add(1, mul(40, isRight)))
                mstore(own, shl(192, sum))
                mstore(add(own, 8), hash)
                calldatacopy(add(message, sub(41, mul(40, isRight))), siblings, 40)
                firstLeaf := add(firstLeaf, mul(isRight, siblingSum))
                let any := or(or(hash, sum), or(siblingSum, calldataload(add(siblings, 8))))
                sum := add(sum, siblingSum)
                hash := 0
                if any { hash := keccak256(message, 81) }
                siblings := add(siblings, 40)
            }
            root := hash
            totalLeaves := sum
        }
    }
}
