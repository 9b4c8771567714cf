// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {TypedData} from "../libraries/TypedData.sol";
import {Heft} from "./Heft.sol";
import {Nodes} from "./Nodes.sol";
import {ReplicaPay} from "./ReplicaPay.sol";
import {Stewards} from "./Stewards.sol";
import {StorageMarket} from "./StorageMarket.sol";
import {SystemAddresses} from "./SystemAddresses.sol";

/// @title Who holds which replica, until when and for how much
/// @notice Special transactions of kind 9. A bucket's owner, or the steward it named, registers replicas that
/// farmers co-signed. The price is set aside out of the bucket's escrow at once and earned with each second the
/// farmer proves; the stake locked for its node is its deposit, since a node with replicas cannot retire.
/// @custom:predeploy 0x6000000000000000000000000000000000000009
contract Replicas is ReplicaPay, Stewards {
    /// @notice One call takes 1 to 64 replicas.
    error BatchOutOfRange(uint256 count);
    /// @notice Every offer needs one signature.
    error SignatureCountMismatch(uint256 offers, uint256 signatures);
    /// @notice The offer was to be registered earlier.
    error OfferExpired(bytes32 id, uint256 expiry);
    /// @notice A replica has at least one leaf, and its size is that of its leaves.
    error SizeMismatch(bytes32 id, uint256 leafCount, uint256 sizeBytes);
    /// @notice The term would end at once.
    error TermOver(bytes32 id, uint256 endTime);
    /// @notice The offer is not signed by the account that owns the node, for this chain and contract.
    error BadFarmerSignature(bytes32 id, address farmer);
    /// @notice The replica runs; until it has ended or its node was discharged, only its bucket's owner or steward
    /// may release it.
    error ReplicaRuns(bytes32 id, uint256 endTime);
    /// @notice The replica is on another account's node.
    error NotFarmer(bytes32 id, address farmer);
    /// @notice Nothing more has been earned yet.
    error NothingEarned();
    /// @notice Only the contracts that show a farmer's fault may call this.
    error OnlyAuditors(address caller);

    event ReplicaRegistered(
        bytes32 indexed bucketId,
        bytes32 indexed fileId,
        uint256 indexed node,
        bytes32 id,
        uint32 shardIndex,
        bytes32 root,
        uint32 leafCount,
        uint256 priceWei,
        uint48 endTime
    );
    event ReplicaReleased(
        bytes32 indexed bucketId,
        bytes32 indexed fileId,
        uint256 indexed node,
        bytes32 id,
        uint256 earnedWei,
        uint256 unearnedWei
    );
    event ReplicaForfeited(uint256 indexed node, bytes32 indexed id);
    event ReplicaCollected(
        bytes32 indexed bucketId,
        bytes32 indexed fileId,
        uint256 indexed node,
        bytes32 id,
        uint256 amountWei
    );

    bytes32 private constant NAME_HASH = keccak256("Genaro Replicas");
    bytes32 private constant OFFER_TYPE_HASH = keccak256(
        "ReplicaOffer(bytes32 bucketId,bytes32 fileId,uint32 shardIndex,uint64 node,bytes32 root,uint32 leafCount,uint64 sizeBytes,uint112 priceWei,uint48 endTime,bytes32 salt,uint48 expiry)"
    );
    uint256 private constant MAX_BATCH = 64;

    /// @notice Registers replicas in buckets the caller owns or is steward of: all of them, or none.
    /// @param offers 1 to 64.
    /// @param farmerSignatures For each offer the EIP-712 signature of the account that owns the node: domain
    /// "Genaro Replicas", version "1", 65 bytes.
    function register(ReplicaOffer[] calldata offers, bytes[] calldata farmerSignatures) external {
        _requireBatch(offers.length);
        if (farmerSignatures.length != offers.length) {
            revert SignatureCountMismatch(offers.length, farmerSignatures.length);
        }
        bytes32 domain = replicaDomain();
        for (uint256 i; i < offers.length; i++) _register(offers[i], farmerSignatures[i], domain);
    }

    /// @notice Ends replicas: running ones by the bucket's owner or steward, ended ones and those of discharged nodes
    /// by anyone. What was earned becomes credit of the farmer (`StorageMarket.withdrawCredit`); the rest goes back.
    /// @param ids 1 to 64.
    function release(bytes32[] calldata ids) external {
        _requireBatch(ids.length);
        for (uint256 i; i < ids.length; i++) {
            _requireReleasable(ids[i]);
            _release(ids[i]);
        }
    }

    /// @notice Ends a replica whose farmer was shown not to hold it; for Inspections and SentinelGroups. It has earned
    /// what was proven before, and the rest goes back.
    function forfeit(bytes32 id) external {
        _requireAuditor();
        emit ReplicaForfeited(_existing(id).node, id);
        _release(id);
    }

    /// @notice Pays the caller what replicas on its nodes have earned since it last collected.
    /// @param ids 1 to 64.
    /// @return amountWei For all of them together.
    function collect(bytes32[] calldata ids) external returns (uint256 amountWei) {
        _requireBatch(ids.length);
        for (uint256 i; i < ids.length; i++) amountWei += _collect(ids[i]);
        if (amountWei == 0) revert NothingEarned();
        _heft().farmerEarned(msg.sender, amountWei);
        _market().payFarmer(msg.sender, amountWei);
    }

    /// @notice Whether an account may release a replica while it runs: the owner of its bucket, or the steward.
    function isManager(bytes32 id, address account) external view returns (bool) {
        return _isManagerOf(_existing(id).bucketId, account);
    }

    /// @notice The id a replica has, whether or not it was registered: the EIP-712 struct hash of its offer.
    function replicaId(ReplicaOffer calldata offer) public pure returns (bytes32) {
        return keccak256(abi.encode(OFFER_TYPE_HASH, offer));
    }

    /// @notice The EIP-712 domain separator that offers are signed under.
    function replicaDomain() public view returns (bytes32) {
        return TypedData.domainSeparator(NAME_HASH);
    }

    function _register(ReplicaOffer calldata offer, bytes calldata signature, bytes32 domain) private {
        bytes32 id = replicaId(offer);
        _requireManager(offer.bucketId);
        _requireValid(id, offer);
        address farmer = _nodes().hold(offer.node, offer.sizeBytes);
        _countHeld(offer.bucketId, farmer);
        if (!TypedData.isSignedBy(farmer, domain, id, signature)) revert BadFarmerSignature(id, farmer);
        _market().reserve(offer.bucketId, offer.sizeBytes, offer.priceWei, offer.endTime);
        bool isPaid = _isAtFloor(offer);
        _insert(id, offer, isPaid);
        if (isPaid) _countPaid(offer.node, offer.leafCount, offer.endTime);
        emit ReplicaRegistered(
            offer.bucketId,
            offer.fileId,
            offer.node,
            id,
            offer.shardIndex,
            offer.root,
            offer.leafCount,
            offer.priceWei,
            offer.endTime
        );
    }

    function _release(bytes32 id) private {
        Replica storage replica = _existing(id);
        bytes32 bucketId = replica.bucketId;
        uint256 endTime = replica.endTime;
        uint256 sizeBytes = _sizeBytes(replica);
        uint256 earnedWei = _earned(id, replica);
        uint256 dueWei = earnedWei - replica.collectedWei;
        uint256 unearnedWei = replica.priceWei - earnedWei;
        emit ReplicaReleased(
            bucketId, replica.fileId, replica.node, id, earnedWei, unearnedWei
        );
        address farmer = _nodes().letGo(replica.node, sizeBytes);
        _inspections().replicaReleased(id, replica.leafCount);
        if (replica.isPaid) _countUnpaid(replica.node, replica.leafCount, endTime);
        _remove(replica);
        _countReleased(bucketId, farmer);
        if (dueWei != 0) _heft().farmerEarned(farmer, dueWei);
        _market().unreserve(bucketId, sizeBytes, endTime, unearnedWei, farmer, dueWei);
    }

    function _collect(bytes32 id) private returns (uint256 amountWei) {
        Replica storage replica = _existing(id);
        address farmer = _nodes().ownerOf(replica.node);
        if (farmer != msg.sender) revert NotFarmer(id, farmer);
        uint256 earnedWei = _earned(id, replica);
        amountWei = earnedWei - replica.collectedWei;
        if (amountWei == 0) return 0;
        replica.collectedWei = uint112(earnedWei);
        emit ReplicaCollected(replica.bucketId, replica.fileId, replica.node, id, amountWei);
    }

    function _requireValid(bytes32 id, ReplicaOffer calldata offer) private view {
        if (_isRegistered(id)) revert ReplicaExists(id);
        if (offer.expiry < block.timestamp) revert OfferExpired(id, offer.expiry);
        if (offer.leafCount == 0 || offer.sizeBytes != offer.leafCount * LEAF_BYTES) {
            revert SizeMismatch(id, offer.leafCount, offer.sizeBytes);
        }
        if (offer.endTime <= block.timestamp) revert TermOver(id, offer.endTime);
    }

    function _requireReleasable(bytes32 id) private view {
        Replica storage replica = _existing(id);
        uint256 endTime = replica.endTime;
        if (endTime <= block.timestamp || _isManagerOf(replica.bucketId, msg.sender)) return;
        if (!_nodes().isDischarged(replica.node)) revert ReplicaRuns(id, endTime);
    }

    function _requireAuditor() private view {
        if (msg.sender == SystemAddresses.INSPECTIONS) return;
        if (msg.sender != SystemAddresses.SENTINEL_GROUPS) revert OnlyAuditors(msg.sender);
    }

    function _requireBatch(uint256 count) private pure {
        if (count == 0 || count > MAX_BATCH) revert BatchOutOfRange(count);
    }

    function _nodes() private pure returns (Nodes) {
        return Nodes(payable(SystemAddresses.NODES));
    }

    function _heft() private pure returns (Heft) {
        return Heft(payable(SystemAddresses.HEFT));
    }

    function _market() private pure returns (StorageMarket) {
        return StorageMarket(payable(SystemAddresses.STORAGE_MARKET));
    }
}
