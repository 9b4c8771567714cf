// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IInspectedStaking} from "./IInspectionPeers.sol";
import {InspectionRecords} from "./InspectionRecords.sol";
import {SystemAddresses} from "./SystemAddresses.sol";

/// @title What follows from passing and from failing
/// @notice A pass of a scheduled challenge proves time and counts for heft; a failure is a strike, and three in a row
/// without a pass discharge the node. Of the failures in one round only the first is a strike, so that nobody can
/// turn an outage into three strikes within a round; one that lasts from a round to the one after may bring a strike in
/// both.
abstract contract Strikes is InspectionRecords {
    uint256 private constant STRIKE_LIMIT = 3;
    uint256 private constant WINDOW_LENGTH = 24;
    uint256 private constant LEAF_BYTES = 1024;

    /// @dev Coins that bonds became, by who may take them out.
    mapping(address account => uint256) internal _creditWei;

    /// @notice Counts a failure shown elsewhere; for the SentinelGroups contract.
    function strike(uint256 node) external {
        if (msg.sender != SystemAddresses.SENTINEL_GROUPS) {
            revert OnlyContract(SystemAddresses.SENTINEL_GROUPS, msg.sender);
        }
        _strike(uint64(node), 0, _round.number);
    }

    /// @notice Settles a challenge whose deadline has passed; for the step, as a call of its own.
    function settleExpired(uint256 id) external {
        _requireSelf();
        Challenge storage item = _challenges[id];
        if (item.replicaId == 0) _failScheduled(id, item);
        else _failExtra(id, item);
    }

    /// @notice Closes the tree of a retired node; for the Nodes contract.
    function nodeRetired(uint256 node) external {
        if (msg.sender != SystemAddresses.NODES) {
            revert OnlyContract(SystemAddresses.NODES, msg.sender);
        }
        _close(_trees[node]);
    }

    function _passScheduled(uint256 id, Challenge storage item) internal {
        Tree storage tree = _trees[item.node];
        uint64 leaves = item.paidLeaves;
        emit Passed(item.node, id, leaves);
        _totalInspections += uint128(leaves * LEAF_BYTES);
        uint48 time = uint48(block.timestamp);
        tree.strikes = 0;
        tree.provenSeconds += time - tree.lastSettledTime;
        tree.lastSettledTime = time;
        tree.joinedSince = false;
        tree.lastPassedTime = time;
        tree.challengeId = 0;
        _pushWindow(tree, leaves, true);
        _forget(id);
    }

    function _failScheduled(uint256 id, Challenge storage item) internal {
        (uint64 node, uint64 round) = (item.node, item.round);
        _trees[node].challengeId = 0;
        _forget(id);
        _proveNothing(node, _trees[node]);
        _strike(node, id, round);
    }

    /// @dev What became of a round in which the node was to show its tree, and did not.
    function _proveNothing(uint64 node, Tree storage tree) internal {
        _restart(node, tree);
        _pushWindow(tree, 0, false);
    }

    /// @dev The bond goes back and the replica is forfeited; one that was released meanwhile can no longer be shown.
    function _failExtra(uint256 id, Challenge storage item) private {
        bytes32 replicaId = item.replicaId;
        uint64 node = item.node;
        try _replicas().joinable(replicaId) returns (uint64, bytes32, uint32, bool) {
            _endExtra(id, item, item.challenger, item.bondWei);
            _replicas().forfeit(replicaId);
            _strike(node, id, _round.number);
        } catch {
            _void(id, item);
        }
    }

    function _strike(uint64 node, uint256 id, uint64 round) internal {
        Tree storage tree = _trees[node];
        if (tree.closed) return;
        bool isFirst = tree.struckRound != round || tree.strikes == 0;
        uint8 strikes = isFirst ? tree.strikes + 1 : tree.strikes;
        tree.strikes = strikes;
        if (round > tree.struckRound) tree.struckRound = round;
        emit Struck(node, id, strikes);
        if (strikes >= STRIKE_LIMIT) _discharge(node, tree);
    }

    /// @dev Notes the leaves a scheduled challenge proved, in the place of those of 24 challenges ago.
    function _pushWindow(Tree storage tree, uint64 leaves, bool passed) internal {
        bool watched = _isWatched(tree);
        uint256 next = tree.windowNext;
        tree.windowSum = tree.windowSum + leaves - tree.window[next];
        tree.window[next] = leaves;
        uint24 bit = uint24(1 << next);
        tree.windowPasses = passed ? tree.windowPasses | bit : tree.windowPasses & ~bit;
        tree.windowNext = uint8((next + 1) % WINDOW_LENGTH);
        if (tree.windowCount < WINDOW_LENGTH) tree.windowCount++;
        _noteWatched(tree, watched);
    }

    /// @dev Takes a pending extra challenge off the node's short list, and gives coins of its bond to an account.
    function _endExtra(uint256 id, Challenge storage item, address account, uint256 amountWei)
        internal
    {
        _creditWei[account] += amountWei;
        Tree storage tree = _trees[item.node];
        if (item.isPublic) tree.publicExtras--;
        delete _extraOf[item.replicaId];
        uint64[] storage ids = tree.extraIds;
        uint256 count = ids.length;
        for (uint256 i; i < count; i++) {
            if (ids[i] != id) continue;
            ids[i] = ids[count - 1];
            ids.pop();
            break;
        }
        _forget(id);
    }

    /// @dev Ends a challenge without an outcome.
    function _void(uint256 id, Challenge storage item) internal {
        emit ChallengeVoided(item.node, id);
        if (item.replicaId != 0) return _endExtra(id, item, item.challenger, item.bondWei);
        _trees[item.node].challengeId = 0;
        _forget(id);
    }

    function _requireSelf() internal view {
        if (msg.sender != address(this)) revert OnlyContract(address(this), msg.sender);
    }

    function _forget(uint256 id) private {
        delete _challenges[id];
        _pendingWork--;
    }

    function _discharge(uint64 node, Tree storage tree) private {
        _close(tree);
        address owner = _nodes().discharge(node);
        uint256 minimumWei = _params().minimumStakeWei();
        uint256 slashedWei = IInspectedStaking(SystemAddresses.STAKING).slash(owner, minimumWei);
        emit Discharged(node, owner, slashedWei);
    }

    /// @dev Nothing is asked of a closed tree, and nothing joins it; what was proven stays proven.
    function _close(Tree storage tree) private {
        if (tree.closed) return;
        tree.closed = true;
        uint256 id = tree.challengeId;
        if (id != 0) _void(id, _challenges[id]);
        for (uint256 left = tree.extraIds.length; left != 0; left--) {
            id = tree.extraIds[left - 1];
            _void(id, _challenges[id]);
        }
        bool watched = _isWatched(tree);
        tree.root = 0;
        tree.totalLeaves = 0;
        tree.height = 0;
        tree.paidLeaves = 0;
        tree.deadLeaves = 0;
        tree.windowSum = 0;
        delete tree.window;
        _noteWatched(tree, watched);
    }
}
