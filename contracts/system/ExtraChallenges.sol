// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Sampling} from "../libraries/Sampling.sol";
import {Strikes} from "./Strikes.sol";

/// @title Challenges that anybody may pay for
/// @notice Special transactions of kind 16. A bond asks one replica for its leaves: a farmer that shows them has half
/// of it, one that does not loses the replica, and the bond goes back. The other half is burned, and few begin in a
/// block: so whoever challenges itself, to take places from others or room from answers, pays for it.
abstract contract ExtraChallenges is Strikes {
    /// @notice An extra challenge needs exactly this bond.
    error WrongBond(uint256 neededWei, uint256 sentWei);
    /// @notice The replica has a pending extra challenge.
    error AlreadyChallenged(bytes32 replicaId, uint256 challengeId);
    /// @notice A replica of fewer leaves than there are regions cannot be challenged by itself.
    error ReplicaTooSmall(bytes32 replicaId, uint256 leafCount);
    /// @notice The node has as many extra challenges pending as it may have, not counting those of buckets' owners and
    /// stewards, who are not held by the limit.
    error TooManyOfNode(uint256 node, uint256 limit);
    /// @notice This block has as many new extra challenges as it may have.
    error TooManyInBlock(uint256 limit);
    /// @notice The caller has no credit.
    error NoCredit();
    /// @notice The account refused its own coins.
    error WithdrawalRefused();

    event ReplicaChallenged(
        uint256 indexed node,
        uint256 indexed challengeId,
        bytes32 indexed replicaId,
        address challenger,
        uint256 bondWei
    );
    event CreditWithdrawn(address indexed account, uint256 amountWei);

    event BondBurned(uint256 indexed challengeId, uint256 amountWei);

    uint256 private constant MAX_PUBLIC_OF_NODE = 4;
    // Answers to so many fill no more than a part of the lane.
    uint256 private constant MAX_IN_BLOCK = 2;
    uint256 private constant BURNED_PART = 2;

    // The last block with an extra challenge, and how many it has.
    uint64 private _extraBlock;
    uint64 private _extrasInBlock;

    /// @notice Challenges one replica, joined or not, for a bond that goes back if its farmer fails.
    function challenge(bytes32 replicaId) external payable returns (uint64 challengeId) {
        (uint64 node,, uint32 leafCount,) = _replicas().joinable(replicaId);
        if (leafCount < Sampling.REGION_COUNT) revert ReplicaTooSmall(replicaId, leafCount);
        (,, uint256 bondWei) = _params().inspectionTerms();
        if (msg.value != bondWei) revert WrongBond(bondWei, msg.value);
        Tree storage tree = _trees[node];
        if (tree.closed) revert NodeClosed(node);
        uint256 pending = _extraOf[replicaId];
        if (pending != 0) revert AlreadyChallenged(replicaId, pending);
        bool isPublic = !_replicas().isManager(replicaId, msg.sender);
        if (isPublic) _countPublic(node, tree);
        _countInBlock();
        challengeId = ++_queue.lastId;
        _extraOf[replicaId] = challengeId;
        tree.extraIds.push(challengeId);
        _pendingWork++;
        Challenge storage item = _challenges[challengeId];
        item.node = node;
        item.snapshotSlot = _slot();
        item.snapshotBlock = uint64(block.number);
        item.isPublic = isPublic;
        item.replicaId = replicaId;
        item.challenger = msg.sender;
        item.bondWei = uint96(bondWei);
        emit ReplicaChallenged(node, challengeId, replicaId, msg.sender, bondWei);
    }

    /// @notice Pays out the caller's bonds that came back or were won.
    function withdrawCredit() external {
        uint256 amountWei = _creditWei[msg.sender];
        if (amountWei == 0) revert NoCredit();
        _creditWei[msg.sender] = 0;
        emit CreditWithdrawn(msg.sender, amountWei);
        (bool paid,) = msg.sender.call{value: amountWei}("");
        if (!paid) revert WithdrawalRefused();
    }

    /// @notice What `withdrawCredit` would pay an account, in wei.
    function creditOf(address account) external view returns (uint256) {
        return _creditWei[account];
    }

    function _passExtra(uint256 id, Challenge storage item, address farmer) internal {
        emit Passed(item.node, id, 0);
        uint256 bondWei = item.bondWei;
        uint256 burnedWei = bondWei / BURNED_PART;
        _endExtra(id, item, farmer, bondWei - burnedWei);
        emit BondBurned(id, burnedWei);
        (bool burned,) = address(0).call{value: burnedWei}("");
        assert(burned);
    }

    function _countPublic(uint64 node, Tree storage tree) private {
        if (tree.publicExtras == MAX_PUBLIC_OF_NODE) revert TooManyOfNode(node, MAX_PUBLIC_OF_NODE);
        tree.publicExtras++;
    }

    function _countInBlock() private {
        if (_extraBlock != block.number) (_extraBlock, _extrasInBlock) = (uint64(block.number), 0);
        if (_extrasInBlock == MAX_IN_BLOCK) revert TooManyInBlock(MAX_IN_BLOCK);
        _extrasInBlock++;
    }
}
