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
    /// @dev Days are summed in spans, so that the longest jump over a term takes fewer than 200 reads.
    uint256 private constant SPAN_DAYS = 64;

    mapping(uint256 node => PaidNode) private _paidNodes;
    // By the day, and by the span of days, in which they end. What is past is never read again.
    mapping(uint256 node => mapping(uint256 day => uint64 leaves)) private _endingLeaves;
    mapping(uint256 node => mapping(uint256 span => uint64 leaves)) private _endingInSpan;

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
        if (endDay > paid.day) {
            _endingLeaves[node][endDay] += leaves;
            _endingInSpan[node][endDay / SPAN_DAYS] += leaves;
            paid.leaves += leaves;
        }
        _paidNodes[node] = paid;
    }

    function _countUnpaid(uint256 node, uint32 leaves, uint256 endTime) internal {
        uint256 endDay = endTime / 1 days;
        PaidNode memory paid = _upToDate(node);
        if (endDay > paid.day) {
            _endingLeaves[node][endDay] -= leaves;
            _endingInSpan[node][endDay / SPAN_DAYS] -= leaves;
            _lower(paid, leaves);
        }
        _paidNodes[node] = paid;
    }

    /// @dev Takes off what has ended since the last time; the caller writes it back.
    function _upToDate(uint256 node) private view returns (PaidNode memory paid) {
        paid = _paidNodes[node];
        uint256 today = block.timestamp / 1 days;
        if (paid.leaves != 0) _lower(paid, _endedSince(node, paid, today));
        paid.day = uint32(today);
    }

    /// @dev The leaves of replicas that ended after the day up to which a node was counted, until today: by the day
    /// up to the first border of spans, then by the span, then by the day again.
    function _endedSince(uint256 node, PaidNode memory paid, uint256 today)
        private
        view
        returns (uint64 ended)
    {
        if (paid.day + MAX_TERM_DAYS < today) return paid.leaves;
        uint256 day = uint256(paid.day) + 1;
        while (day <= today) {
            if (day % SPAN_DAYS == 0 && day + SPAN_DAYS - 1 <= today) {
                ended += _endingInSpan[node][day / SPAN_DAYS];
                day += SPAN_DAYS;
            } else {
                ended += _endingLeaves[node][day++];
            }
        }
    }

    function _lower(PaidNode memory paid, uint64 leaves) private pure {
        paid.leaves -= leaves;
        if (paid.leastLeaves > paid.leaves) paid.leastLeaves = paid.leaves;
    }
}
