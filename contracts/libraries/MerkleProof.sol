// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Proofs of several leaves of a replica at once
/// @notice A leaf hashes as keccak256(0x00 ‖ index (uint64) ‖ leaf), a node as keccak256(0x01 ‖ left ‖ right); a node
/// without a sibling moves up as it is. A proof is the leaves, then the hashes that are missing, level by level from
/// the leaves up and from left to right.
library MerkleProof {
    uint256 internal constant LEAF_BYTES = 1024;

    /// @notice The root that leaves and hashes in the call data lead to.
    /// @param leafCount Of the whole tree.
    /// @param indices Of the leaves, at least one, strictly ascending and below `leafCount`; used up.
    /// @param proof Where in the call data the leaves begin. Nothing tells it where the call data ends: compare `end`.
    /// @return root What they lead to.
    /// @return end Where in the call data the proof ends.
    function climb(uint256 leafCount, uint256[] memory indices, uint256 proof)
        internal
        pure
        returns (bytes32 root, uint256 end)
    {
        uint256[] memory hashes = new uint256[](indices.length);
        end = _hashLeaves(indices, hashes, proof);
        uint256 known = indices.length;
        for (uint256 width = leafCount; width > 1; width = (width + 1) / 2) {
            (known, end) = _climbLevel(width, known, indices, hashes, end);
        }
        root = bytes32(hashes[0]);
    }

    function _hashLeaves(uint256[] memory indices, uint256[] memory hashes, uint256 leaves)
        private
        pure
        returns (uint256 end)
    {
        assembly ("memory-safe") {
            let message := mload(0x40)
            let last := shl(5, mload(indices))
            for { let at := 32 } iszero(gt(at, last)) { at := add(at, 32) } {
                mstore(message, shl(184, mload(add(indices, at))))
                calldatacopy(add(message, 9), leaves, LEAF_BYTES)
                mstore(add(hashes, at), keccak256(message, 1033))
                leaves := add(leaves, LEAF_BYTES)
            }
            end := leaves
        }
    }

    /// @dev Replaces the first `known` nodes of a level by those above them.
    function _climbLevel(
        uint256 width,
        uint256 known,
        uint256[] memory indices,
        uint256[] memory hashes,
        uint256 next
    ) private pure returns (uint256 above, uint256 end) {
        assembly ("memory-safe") {
            let message := mload(0x40)
            mstore8(message, 1)
            let last := shl(5, known)
            let out := 0
            for { let at := 32 } iszero(gt(at, last)) { at := add(at, 32) } {
                let index := mload(add(indices, at))
                let hash := mload(add(hashes, at))
                let sibling := xor(index, 1)
                if lt(sibling, width) {
                    switch and(index, 1)
                    case 1 {
                        mstore(add(message, 1), calldataload(next))
                        mstore(add(message, 33), hash)
                        next := add(next, 32)
                    }
                    default {
                        mstore(add(message, 1), hash)
                        let isKnown := 0
                        if lt(at, last) {
                            isKnown := eq(mload(add(indices, add(at, 32))), sibling)
                        }
                        switch isKnown
                        case 1 {
                            at := add(at, 32)
                            mstore(add(message, 33), mload(add(hashes, at)))
                        }
                        default {
                            mstore(add(message, 33), calldataload(next))
                            next := add(next, 32)
                        }
                    }
                    hash := keccak256(message, 65)
                }
                out := add(out, 32)
                mstore(add(indices, out), shr(1, index))
                mstore(add(hashes, out), hash)
            }
            above := shr(5, out)
            end := next
        }
    }
}
