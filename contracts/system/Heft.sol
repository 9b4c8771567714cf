// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Beacon} from "./Beacon.sol";
import {HeftReward} from "./HeftReward.sol";
import {Inspections} from "./Inspections.sol";
import {Nodes} from "./Nodes.sol";
import {Replicas} from "./Replicas.sol";
import {SystemAddresses} from "./SystemAddresses.sol";

/// @title The storage weight of accounts
/// @notice Heft counts the verified fingerprints an account answers for: one for each MiB that its nodes were paid
/// for through a whole epoch, and proved. Only the protocol writes it, from inspections the chain itself verified; the opcode
/// SENTINEL_HEFT reads the same slots.
/// @custom:predeploy 0x6000000000000000000000000000000000000003
contract Heft is HeftReward {
    /// @notice Only the protocol itself may call this.
    error OnlySystem(address caller);
    /// @notice Only the Nodes contract may call this.
    error OnlyNodes(address caller);

    /// @notice The heft of all nodes is up to date with the epoch.
    event HeftSynced(uint256 indexed epoch, uint256 totalHeft);

    address private constant SYSTEM_SENDER = 0xffffFFFfFFffffffffffffffFfFFFfffFFFfFFfE;
    uint256 private constant MAX_VISITS = 256;

    /// @notice Brings heft up to date, for the protocol's own sender 0xff…fe: begun in an epoch's first block, 256
    /// nodes a block, continued in the next ones. Epochs without blocks are made up for at once.
    /// @return acted Whether anything was to do; if not, the protocol undoes the call.
    function sync() external returns (bool acted) {
        if (msg.sender != SYSTEM_SENDER) revert OnlySystem(msg.sender);
        uint256 left = _cursor;
        if (left == 0) {
            uint256 epoch = Beacon(payable(SystemAddresses.BEACON)).currentEpoch();
            if (epoch <= _syncedEpoch || _isIdle()) return false;
            _syncedEpoch = uint64(epoch);
            left = type(uint256).max;
        }
        left = _visitNodes(left);
        _cursor = uint64(left);
        if (left == 0) emit HeftSynced(_syncedEpoch, _totalHeft);
        return true;
    }

    /// @notice Takes a node that left off its owner's heft; for the Nodes contract.
    function nodeLeft(uint256 node, address owner) external {
        if (msg.sender != SystemAddresses.NODES) revert OnlyNodes(msg.sender);
        _setLeaves(node, owner, 0);
    }

    /// @notice The last epoch heft was brought up to date in, and how many nodes are still to visit in it.
    function syncState() external view returns (uint256 epoch, uint256 nodesLeft) {
        return (_syncedEpoch, _cursor);
    }

    /// @dev The list is gone through from its end: whatever leaves it meanwhile, a node not visited yet only ever
    /// moves to a place not visited yet.
    function _visitNodes(uint256 left) private returns (uint256) {
        Nodes nodes = Nodes(payable(SystemAddresses.NODES));
        Inspections inspections = Inspections(payable(SystemAddresses.INSPECTIONS));
        Replicas replicas = Replicas(payable(SystemAddresses.REPLICAS));
        uint256 count = nodes.activeNodeCount();
        if (left > count) left = count;
        uint256 first = left > MAX_VISITS ? left - MAX_VISITS : 0;
        uint256[] memory page = nodes.activeNodes(first, left - first);
        for (uint256 i; i < page.length; i++) {
            uint256 node = page[i];
            uint256 leaves = inspections.windowLeaves(node);
            uint256 paidLeaves = replicas.takePaidLeaves(node);
            _setLeaves(node, nodes.ownerOf(node), leaves < paidLeaves ? leaves : paidLeaves);
        }
        return first;
    }

    /// @dev Without replicas no heft comes into being, and none is there to fall.
    function _isIdle() private view returns (bool) {
        return _totalHeft == 0 && Replicas(payable(SystemAddresses.REPLICAS)).replicaCount() == 0;
    }
}
