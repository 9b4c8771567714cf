// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Commitments to sentinel groups
/// @notice A group is one leaf of a Merkle tree: keccak256(0x04 ‖ group (uint32) ‖ salt ‖ positions (a word each) ‖
/// digest), where the digest is keccak256 of the replica's leaves at the positions, one after the other. A node is
/// keccak256(0x01 ‖ left ‖ right); one without a sibling moves up as it is.
library GroupTree {
    /// @notice The hash of a group.
    function leafHash(uint32 group, bytes32 salt, uint32[] calldata positions, bytes32 digest)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encodePacked(bytes1(0x04), group, salt, positions, digest));
    }

    /// @notice The root that a group's hash leads to; 0 when the path is too short or too long.
    /// @param groupCount Of the whole tree.
    /// @param path Siblings from the leaf up.
    function climb(bytes32 hash, uint256 group, uint256 groupCount, bytes32[] calldata path)
        internal
        pure
        returns (bytes32 root)
    {
        uint256 used;
        root = hash;
        for (uint256 width = groupCount; width > 1; width = (width + 1) / 2) {
            if (group ^ 1 < width) {
                if (used == path.length) return 0;
                bytes32 sibling = path[used++];
                root = group & 1 == 0 ? _join(root, sibling) : _join(sibling, root);
            }
            group >>= 1;
        }
        if (used != path.length) return 0;
    }

    function _join(bytes32 left, bytes32 right) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(bytes1(0x01), left, right));
    }
}
