// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Pages of long lists
library Paging {
    /// @notice How many items a page really has, when `limit` are asked for from `offset` on.
    function pageLength(uint256 length, uint256 offset, uint256 limit)
        internal
        pure
        returns (uint256)
    {
        if (offset >= length) return 0;
        uint256 left = length - offset;
        return limit < left ? limit : left;
    }

    /// @notice The addresses from `offset` on, at most `limit`; empty past the end.
    function page(address[] storage list, uint256 offset, uint256 limit)
        internal
        view
        returns (address[] memory items)
    {
        items = new address[](pageLength(list.length, offset, limit));
        for (uint256 i; i < items.length; i++) items[i] = list[offset + i];
    }

    /// @notice The ids from `offset` on, at most `limit`; empty past the end.
    function page(bytes32[] storage list, uint256 offset, uint256 limit)
        internal
        view
        returns (bytes32[] memory items)
    {
        items = new bytes32[](pageLength(list.length, offset, limit));
        for (uint256 i; i < items.length; i++) items[i] = list[offset + i];
    }

    /// @notice The numbers from `offset` on, at most `limit`; empty past the end.
    function page(uint256[] storage list, uint256 offset, uint256 limit)
        internal
        view
        returns (uint256[] memory items)
    {
        items = new uint256[](pageLength(list.length, offset, limit));
        for (uint256 i; i < items.length; i++) items[i] = list[offset + i];
    }
}
