// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Sampling} from "../libraries/Sampling.sol";
import {Beacon} from "./Beacon.sol";
import {Strikes} from "./Strikes.sol";
import {SystemAddresses} from "./SystemAddresses.sol";

/// @title Who is asked when
/// @notice In each round every node with enough leaves is asked once, at a slot its index gives. A challenge freezes
/// the tree, opens two blocks later with a seed from that block's beacon value, and ends at its deadline. Work per
/// block is bounded; what does not fit waits for the next blocks, and at a round's end for the first block of the next
/// one. Nothing about one node can stop the others: it is tried by itself, and ends without an outcome if that fails. A
/// tree with too many dead leaves is not asked about, so that its farmer can drop them; it proves nothing meanwhile.
abstract contract InspectionSchedule is Strikes {
    /// @notice Only the protocol itself may call this.
    error OnlySystem(address caller);

    event AnswerLaneFull(uint256 slot);
    /// @notice More than an eighth of the tree's leaves are dead, for the first time seen so at `staleTime`: the round
    /// proves nothing, and after a day it is a strike.
    event TreeStale(
        uint256 indexed node,
        uint256 round,
        uint64 deadLeaves,
        uint64 totalLeaves,
        uint256 staleTime
    );

    address private constant SYSTEM = 0xffffFFFfFFffffffffffffffFfFFFfffFFFfFFfE;
    bytes32 private constant SCHEDULED_TAG = keccak256("Genaro scheduled inspection");
    bytes32 private constant EXTRA_TAG = keccak256("Genaro extra inspection");
    uint256 private constant MAX_SNAPSHOTS = 32;
    // More than may come in with a block, the extra challenges too: so the queue never backs up.
    uint256 private constant MAX_QUEUED = 48;
    uint256 private constant MAX_VISITS = 256;
    // Passing over this much that needs nothing is worth being noted.
    uint256 private constant NOTED_VISITS = 64;
    uint256 private constant VISITS_PER_SLOT = 128;
    uint256 private constant OPENING_BLOCKS = 2;
    uint256 private constant DEAD_SHARE = 8;
    uint256 private constant STALE_SECONDS = 1 days;
    // What one node's part may cost, far more than it does; and what a step leaves for its end.
    uint256 private constant ITEM_GAS = 12_000_000;
    uint256 private constant LAST_GAS = 2 * ITEM_GAS;

    // How much of its bounds a step has used.
    struct Turn {
        uint256 snapshots;
        uint256 visits;
    }

    /// @notice The schedule's work at the end of a block, for the protocol's own sender 0xff…fe.
    /// @param laneFull Whether no further answer would have fitted into this block.
    /// @return acted Whether anything changed; if not, the protocol undoes the call.
    function step(bool laneFull) external returns (bool acted) {
        if (msg.sender != SYSTEM) revert OnlySystem(msg.sender);
        if (_pendingWork == 0) return false;
        uint64 slot = _slot();
        if (laneFull) {
            acted = true;
            _queue.fullSlots++;
            emit AnswerLaneFull(slot);
        }
        uint64 clock = slot - _queue.fullSlots;
        if (_settleExpired(slot, clock)) acted = true;
        if (_openWaiting(clock)) acted = true;
        if (_snapshotDue(slot)) acted = true;
    }

    /// @notice Asks a node about its tree; for the step, as a call of its own.
    function visit(uint64 node, uint64 round, uint64 slot) external {
        _requireSelf();
        Tree storage tree = _trees[node];
        uint64 totalLeaves = tree.totalLeaves;
        if (totalLeaves < Sampling.REGION_COUNT) _pushWindow(tree, 0, false);
        else if (uint256(tree.deadLeaves) * DEAD_SHARE > totalLeaves) _passOver(node, tree, round);
        else _snapshot(node, tree, round, slot);
    }

    function _settleExpired(uint256 slot, uint256 clock) private returns (bool acted) {
        Queue memory queue = _queue;
        uint64 id = queue.settledId;
        uint256 settled;
        bool isGap;
        while (id < queue.openedId && settled < MAX_QUEUED && id - queue.settledId < MAX_VISITS) {
            if (gasleft() < LAST_GAS) break;
            Challenge storage item = _challenges[id + 1];
            if (item.snapshotBlock != 0) {
                if (item.deadlineClock >= clock) break;
                if (settled++ == 0) isGap = _isGap(slot);
                if (isGap) _void(id + 1, item);
                else _settle(id + 1, item);
            }
            id++;
        }
        acted = settled != 0 || id - queue.settledId >= NOTED_VISITS;
        if (acted) _queue.settledId = id;
    }

    function _settle(uint256 id, Challenge storage item) private {
        try this.settleExpired{gas: ITEM_GAS}(id) {}
        catch {
            _void(id, item);
        }
    }

    function _openWaiting(uint64 clock) private returns (bool acted) {
        Queue memory queue = _queue;
        uint64 id = queue.openedId;
        uint256 opened;
        uint64 deadlineClock;
        while (id < queue.lastId && opened < MAX_QUEUED && id - queue.openedId < MAX_VISITS) {
            Challenge storage item = _challenges[id + 1];
            uint256 snapshotBlock = item.snapshotBlock;
            if (snapshotBlock != 0) {
                if (block.number < snapshotBlock + OPENING_BLOCKS) break;
                if (opened++ == 0) deadlineClock = clock + _answerSlots();
                item.deadlineClock = deadlineClock;
                _open(id + 1, item, deadlineClock + queue.fullSlots);
            }
            id++;
        }
        acted = opened != 0 || id - queue.openedId >= NOTED_VISITS;
        if (acted) _queue.openedId = id;
    }

    function _open(uint256 id, Challenge storage item, uint64 deadlineSlot) private {
        bytes32 replicaId = item.replicaId;
        bytes32 seed = replicaId == 0
            ? keccak256(
                abi.encode(SCHEDULED_TAG, block.prevrandao, uint256(item.node), uint256(item.round))
            )
            : keccak256(abi.encode(EXTRA_TAG, block.prevrandao, replicaId, id));
        item.seed = seed;
        emit ChallengeOpened(item.node, id, replicaId, seed, deadlineSlot);
    }

    function _snapshotDue(uint64 slot) private returns (bool acted) {
        Round memory round = _round;
        uint256 nodeCount = _nodes().nodeCount();
        Turn memory turn;
        if (_roundsOver(round, slot) == 1) _visitDue(round, turn, slot, nodeCount);
        acted = _beginRound(round, slot, nodeCount);
        _visitDue(round, turn, slot, nodeCount);
        if (turn.snapshots != 0 || turn.visits >= NOTED_VISITS) acted = true;
        if (acted) _round = round;
    }

    function _visitDue(Round memory round, Turn memory turn, uint64 slot, uint256 nodeCount) private {
        uint256 end = nodeCount < round.lengthSlots ? nodeCount : round.lengthSlots;
        while (turn.snapshots < MAX_SNAPSHOTS && turn.visits < MAX_VISITS) {
            if (round.offset >= end || round.offset > slot - round.startSlot) break;
            if (gasleft() < LAST_GAS) break;
            uint256 node = round.offset + uint256(round.lap) * round.lengthSlots;
            if (node >= nodeCount) {
                (round.offset, round.lap) = (round.offset + 1, 0);
                continue;
            }
            round.lap++;
            turn.visits++;
            if (_isDue(_trees[node])) {
                turn.snapshots++;
                // A node for which this fails had its turn all the same.
                try this.visit{gas: ITEM_GAS}(uint64(node), round.number, slot) {} catch {}
            }
        }
    }

    /// @dev Rounds that nobody saw are skipped. A round has a slot for each active node, so that about one answer
    /// falls into a block, and never more nodes per slot than a block can visit.
    function _beginRound(Round memory round, uint256 slot, uint256 nodeCount)
        private
        view
        returns (bool begun)
    {
        uint256 length = round.lengthSlots;
        if (length == 0) {
            (round.number, round.startSlot) = (1, uint64(slot));
        } else {
            uint256 passed = _roundsOver(round, slot);
            if (passed == 0) return false;
            round.number += uint64(passed);
            round.startSlot += uint64(passed * length);
        }
        (length,,) = _params().inspectionTerms();
        uint256 activeCount = _nodes().activeNodeCount();
        if (length < activeCount) length = activeCount;
        if (length < nodeCount / VISITS_PER_SLOT) length = nodeCount / VISITS_PER_SLOT;
        (round.lengthSlots, round.offset, round.lap) = (uint32(length), 0, 0);
        return true;
    }

    function _roundsOver(Round memory round, uint256 slot) private pure returns (uint256) {
        return round.lengthSlots == 0 ? 0 : (slot - round.startSlot) / round.lengthSlots;
    }

    function _isDue(Tree storage tree) private view returns (bool) {
        if (tree.closed || tree.challengeId != 0) return false;
        return tree.totalLeaves >= Sampling.REGION_COUNT || tree.windowSum != 0;
    }

    function _passOver(uint64 node, Tree storage tree, uint64 round) private {
        if (tree.staleTime == 0) tree.staleTime = uint48(block.timestamp);
        uint256 staleTime = tree.staleTime;
        emit TreeStale(node, round, tree.deadLeaves, tree.totalLeaves, staleTime);
        _proveNothing(node, tree);
        if (block.timestamp - staleTime >= STALE_SECONDS) _strike(node, 0, round);
    }

    /// @dev What counts for the node if it passes: of its tree no more than it is still paid for, since replicas that
    /// ended stand in it until they are released.
    function _snapshot(uint64 node, Tree storage tree, uint64 round, uint64 slot) private {
        if (tree.staleTime != 0) tree.staleTime = 0;
        uint64 id = ++_queue.lastId;
        _pendingWork++;
        tree.challengeId = id;
        (uint256 paidLeaves,) = _replicas().paidLeavesOf(node);
        if (paidLeaves > tree.paidLeaves) paidLeaves = tree.paidLeaves;
        Challenge storage item = _challenges[id];
        item.node = node;
        item.round = round;
        item.snapshotSlot = slot;
        item.snapshotBlock = uint64(block.number);
        item.paidLeaves = uint64(paidLeaves);
        emit Snapshotted(node, id, round, tree.root, tree.totalLeaves);
    }

    /// @dev Whether most of the last slots had no block, so that nobody could answer in them.
    function _isGap(uint256 slot) private view returns (bool) {
        uint256 answerSlots = _answerSlots();
        uint256 window = answerSlots < slot ? answerSlots : slot;
        uint256 missed;
        for (uint256 past = slot - window; past < slot; past++) {
            try Beacon(payable(SystemAddresses.BEACON)).mixAt(past) returns (bytes32) {}
            catch {
                missed++;
            }
        }
        return 2 * missed > window;
    }

    function _answerSlots() private view returns (uint64) {
        (, uint256 answerSlots,) = _params().inspectionTerms();
        return uint64(answerSlots);
    }
}
