// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title What Inspections asks of the other system contracts
interface IInspectedReplicas {
    /// @notice A replica that runs, and whether it was bought at or above the floor price; reverts when it is unknown
    /// or released.
    function joinable(bytes32 replicaId)
        external
        view
        returns (uint64 node, bytes32 root, uint32 leafCount, bool paid);

    /// @notice The leaves a node is paid for, as they were counted last.
    function paidLeavesOf(uint256 node) external view returns (uint256 leaves, uint256 leastLeaves);

    /// @notice Whether an account owns the bucket of a replica or is its steward.
    function isManager(bytes32 replicaId, address account) external view returns (bool);

    /// @notice Ends a replica whose farmer failed to show it.
    function forfeit(bytes32 replicaId) external;
}

interface IInspectedNodes {
    /// @notice The account a node belongs to.
    function ownerOf(uint256 node) external view returns (address);

    /// @notice How many nodes were ever registered.
    function nodeCount() external view returns (uint256);

    /// @notice How many nodes are active.
    function activeNodeCount() external view returns (uint256);

    /// @notice Puts a node out of service for good.
    function discharge(uint256 node) external returns (address owner);
}

interface IInspectedStaking {
    /// @notice Burns stake of an account, as far as it has any.
    function slash(address account, uint256 amountWei) external returns (uint256 slashedWei);
}

interface IInspectionParams {
    /// @notice The length of a round, the time to answer, and the bond of an extra challenge.
    function inspectionTerms()
        external
        view
        returns (uint256 periodSlots, uint256 answerSlots, uint256 challengeBondWei);

    /// @notice The stake a node costs when it is discharged, in wei.
    function minimumStakeWei() external view returns (uint256);
}
