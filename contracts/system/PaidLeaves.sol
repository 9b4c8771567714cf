// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SystemAddresses} from "./SystemAddresses.sol";
import {SystemContract} from "./SystemContract.sol";

/// @title The leaves each node is being paid for
/// @notice Heft counts no more of what a node proves than it was paid for through a whole epoch: so nobody has heft of
/// replicas that stand there only while they are asked for, or whose term is over. Only replicas at or above the floor
/// price are counted, up to the day (UTC) in which they end.
abstract contract PaidLeaves is SystemContract {
    /// @notice Only the Heft contract may call this.
    error OnlyHeft(address caller);

    struct PaidNode {
        uint64 leaves;
        // The fewest since heft was brought up to date.
        uint64 leastLeaves;
        // Days since the Unix epoch; what ended up to this day is off.
        uint32 day;
    }

    /// @dev No replica runs longer than its bucket, and no bucket longer than this.
    uint256 private constant MAX_TERM_DAYS = 3650;

    mapping(uint256 node => PaidNode) private _paidNodes;
    mapping(uint256 node => mapping(uint256 day => uint64 leaves)) private _endingLeaves;

    /// @notice The fewest leaves a node was paid for since this was asked last; for the Heft contract.
    function takePaidLeaves(uint256 node) external returns (uint256 leastLeaves) {
        if (msg.sender != SystemAddresses.HEFT) revert OnlyHeft(msg.sender);
        if (_paidNodes[node].leaves == 0) return 0;
        PaidNode memory paid = _upToDate(node);
        leastLeaves = paid.leastLeaves;
        paid.leastLeaves = paid.leaves;
        _paidNodes[node] = paid;
    }

    /// @notice The leaves a node was paid for when this was last counted, and the fewest since heft was brought up to
    /// date.
    function paidLeavesOf(uint256 node) external view returns (uint256 leaves, uint256 leastLeaves) {
        PaidNode storage paid = _paidNodes[node];
        return (paid.leaves, paid.leastLeaves);
    }

    function _countPaid(uint256 node, uint32 leaves, uint256 endTime) internal {
        uint256 endDay = endTime / 1 days;
        PaidNode memory paid = _upToDate(node);
        if (endDay <= paid.day) return;
        paid.leaves += leaves;
        _endingLeaves[node][endDay] += leaves;
        _paidNodes[node] = paid;
    }

    function _countUnpaid(uint256 node, uint32 leaves, uint256 endTime) internal {
        uint256 endDay = endTime / 1 days;
        PaidNode memory paid = _upToDate(node);
        if (endDay > paid.day) {
            _endingLeaves[node][endDay] -= leaves;
            _lower(paid, leaves);
        }
        _paidNodes[node] = paid;
    }

    /// @dev Takes off what has ended since the last time; the caller writes it back.
    function _upToDate(uint256 node) private returns (PaidNode memory paid) {
        paid = _paidNodes[node];
        uint256 today = block.timestamp / 1 days;
        if (paid.day + MAX_TERM_DAYS < today) _lower(paid, paid.leaves);
        for (uint256 day = paid.day; paid.leaves != 0 && day++ < today;) {
            uint64 ended = _endingLeaves[node][day];
            if (ended == 0) continue;
            delete _endingLeaves[node][day];
            _lower(paid, ended);
        }
        paid.day = uint32(today);
    }

    function _lower(PaidNode memory paid, uint64 leaves) private pure {
        paid.leaves -= leaves;
        if (paid.leastLeaves > paid.leaves) paid.leastLeaves = paid.leaves;
    }
}
