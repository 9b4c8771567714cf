// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Pricing} from "../libraries/Pricing.sol";
import {SafeCast} from "../libraries/SafeCast.sol";
import {BucketReserve} from "./BucketReserve.sol";
import {Params} from "./Params.sol";
import {SystemAddresses} from "./SystemAddresses.sol";
import {TrafficLedger} from "./TrafficLedger.sol";

/// @title Bought space and traffic
/// @notice Special transactions of kind 3 (buy space), 4 (buy and redeem traffic) and 6 (extend bucket). A
/// bucket's id is its owner's address in the high 20 bytes and a tag the owner chose in the low 12, so nobody
/// can take another's. Of every fee a share is burned; the rest stays in escrow for farmers. Traffic bundled
/// with space is paid out of the fee of the space, so that all traffic has coins behind it.
/// @custom:predeploy 0x6000000000000000000000000000000000000002
contract StorageMarket is BucketReserve, TrafficLedger {
    using SafeCast for uint256;

    /// @notice Space is 1 to 2^63 bytes.
    error SizeOutOfRange(uint256 sizeBytes);
    /// @notice A term is 1 to 3,650 days from now.
    error TermOutOfRange(uint256 termSeconds);
    /// @notice There are 1 to 100 backups.
    error BackupsOutOfRange(uint256 backups);
    /// @notice Traffic is 1 to 2^63 bytes.
    error TrafficOutOfRange(uint256 trafficBytes);
    /// @notice Neither bytes nor seconds were asked for.
    error NothingToExtend();
    /// @notice The id names another account as owner.
    error NotBucketOwner(bytes32 id);
    /// @notice Fewer coins were sent than the price.
    error InsufficientPayment(uint256 priceWei, uint256 paidWei);
    /// @notice The caller has no credit.
    error NoCredit();

    event SpaceBought(
        bytes32 indexed id,
        address indexed owner,
        uint64 sizeBytes,
        uint48 termSeconds,
        uint16 backups,
        uint256 priceWei
    );
    event BucketExtended(
        bytes32 indexed id, address indexed owner, uint64 sizeBytes, uint48 endTime, uint256 priceWei
    );
    event TrafficBought(address indexed account, uint256 trafficBytes, uint256 priceWei);
    event TrafficBundled(address indexed account, uint256 trafficBytes);
    event FeeBurned(uint256 amountWei);
    event CreditWithdrawn(address indexed account, uint256 amountWei);

    /// @dev What one purchase costs, and what comes of it.
    struct Bill {
        uint256 priceWei;
        uint256 burnedWei;
        uint256 bundledBytes;
        uint256 bundledWei;
    }

    uint256 private constant MAX_BYTES = 2 ** 63;
    uint256 private constant MIN_TERM = 1 days;
    uint256 private constant MAX_TERM = 3650 days;
    uint256 private constant MAX_BACKUPS = 100;

    /// @notice Buys space as a new bucket of the caller; an ended bucket of the same tag gives way. Sends back
    /// what was paid too much.
    /// @param tag The low 12 bytes of the bucket's id.
    /// @param cleanUp How many records to look at for ended ones, at most 16; the escrow left in them becomes
    /// credit of their owners.
    /// @return id The bucket's id.
    function buySpace(
        bytes12 tag,
        uint64 sizeBytes,
        uint48 termSeconds,
        uint16 backups,
        uint8 cleanUp
    ) external payable returns (bytes32 id) {
        Bill memory bill = _billSpace(sizeBytes, termSeconds, backups);
        _requirePaid(bill);
        _cleanUp(cleanUp);
        id = bytes32(bytes20(msg.sender)) | (bytes32(tag) >> 160);
        _create(id, sizeBytes, termSeconds, backups, _escrowPart(bill));
        emit SpaceBought(id, msg.sender, sizeBytes, termSeconds, backups, bill.priceWei);
        _settle(bill);
    }

    /// @notice Adds space, term or both to a bucket of the caller, priced by the block's time. An ended bucket
    /// pays for all its space anew, from now on. Sends back what was paid too much.
    function extendBucket(bytes32 id, uint64 addBytes, uint48 addSeconds) external payable {
        if (_ownerOf(id) != msg.sender) revert NotBucketOwner(id);
        Bucket storage bucket = _existing(id);
        Bill memory bill = _billExtension(bucket, addBytes, addSeconds);
        _requirePaid(bill);
        if (_hasEnded(bucket)) {
            _returnEscrow(id, bucket);
            bucket.startTime = uint48(block.timestamp);
            bucket.endTime = uint48(block.timestamp);
            // All its replicas have ended with it, and count no longer.
            bucket.usedBytes = 0;
        }
        bucket.sizeBytes += addBytes;
        bucket.endTime += addSeconds;
        bucket.escrowWei = (bucket.escrowWei + _escrowPart(bill)).toUint128();
        emit BucketExtended(id, msg.sender, bucket.sizeBytes, bucket.endTime, bill.priceWei);
        _settle(bill);
    }

    /// @notice Buys traffic for the caller. Sends back what was paid too much.
    function buyTraffic(uint64 trafficBytes) external payable {
        Bill memory bill = _billTraffic(trafficBytes);
        _requirePaid(bill);
        _addTraffic(msg.sender, trafficBytes, _escrowPart(bill));
        emit TrafficBought(msg.sender, trafficBytes, bill.priceWei);
        _settle(bill);
    }

    /// @notice Pays the caller its credit: what was left in the escrow of its ended buckets, and what its farmer
    /// nodes had earned with replicas that were released.
    function withdrawCredit() external {
        uint256 amountWei = _creditWei[msg.sender];
        if (amountWei == 0) revert NoCredit();
        _creditWei[msg.sender] = 0;
        emit CreditWithdrawn(msg.sender, amountWei);
        _pay(msg.sender, amountWei);
    }

    /// @notice What `buySpace` costs now, and the traffic that comes with it.
    function quoteSpace(uint64 sizeBytes, uint48 termSeconds, uint16 backups)
        external
        view
        returns (uint256 priceWei, uint256 bundledTrafficBytes)
    {
        Bill memory bill = _billSpace(sizeBytes, termSeconds, backups);
        return (bill.priceWei, bill.bundledBytes);
    }

    /// @notice What `buyTraffic` costs now.
    function quoteTraffic(uint64 trafficBytes) external view returns (uint256 priceWei) {
        return _billTraffic(trafficBytes).priceWei;
    }

    /// @notice What `extendBucket` costs in a block of the present time, and the traffic that comes with it.
    function quoteExtension(bytes32 id, uint64 addBytes, uint48 addSeconds)
        external
        view
        returns (uint256 priceWei, uint256 bundledTrafficBytes)
    {
        Bill memory bill = _billExtension(_existing(id), addBytes, addSeconds);
        return (bill.priceWei, bill.bundledBytes);
    }

    /// @notice What an account can withdraw with `withdrawCredit`, in wei.
    function creditOf(address account) external view returns (uint256) {
        return _creditWei[account];
    }

    function _billSpace(uint256 sizeBytes, uint256 termSeconds, uint256 backups)
        private
        view
        returns (Bill memory)
    {
        if (sizeBytes == 0 || sizeBytes > MAX_BYTES) revert SizeOutOfRange(sizeBytes);
        if (termSeconds < MIN_TERM || termSeconds > MAX_TERM) revert TermOutOfRange(termSeconds);
        if (backups == 0 || backups > MAX_BACKUPS) revert BackupsOutOfRange(backups);
        return _billByteSeconds(sizeBytes * termSeconds, backups);
    }

    function _billExtension(Bucket storage bucket, uint256 addBytes, uint256 addSeconds)
        private
        view
        returns (Bill memory)
    {
        if (addBytes == 0 && addSeconds == 0) revert NothingToExtend();
        uint256 sizeBytes = bucket.sizeBytes;
        if (_hasEnded(bucket)) return _billSpace(sizeBytes + addBytes, addSeconds, bucket.backups);
        uint256 termSeconds = bucket.endTime - block.timestamp + addSeconds;
        if (sizeBytes + addBytes > MAX_BYTES) revert SizeOutOfRange(sizeBytes + addBytes);
        if (termSeconds > MAX_TERM) revert TermOutOfRange(termSeconds);
        return _billByteSeconds(sizeBytes * addSeconds + addBytes * termSeconds, bucket.backups);
    }

    function _billByteSeconds(uint256 byteSeconds, uint256 backups)
        private
        view
        returns (Bill memory bill)
    {
        (uint256 spacePrice, uint256 trafficPrice, uint256 burnShare, uint256 downloads) =
            _params().marketTerms();
        bill.priceWei = Pricing.space(byteSeconds, backups, spacePrice);
        bill.burnedWei = Pricing.burned(bill.priceWei, burnShare);
        bill.bundledBytes = Pricing.bundledTraffic(byteSeconds, downloads);
        uint256 trafficWei = Pricing.traffic(bill.bundledBytes, trafficPrice);
        trafficWei -= Pricing.burned(trafficWei, burnShare);
        uint256 keptWei = bill.priceWei - bill.burnedWei;
        bill.bundledWei = trafficWei < keptWei ? trafficWei : keptWei;
    }

    function _billTraffic(uint256 trafficBytes) private view returns (Bill memory bill) {
        if (trafficBytes == 0 || trafficBytes > MAX_BYTES) revert TrafficOutOfRange(trafficBytes);
        (, uint256 trafficPrice, uint256 burnShare,) = _params().marketTerms();
        bill.priceWei = Pricing.traffic(trafficBytes, trafficPrice);
        bill.burnedWei = Pricing.burned(bill.priceWei, burnShare);
    }

    /// @dev What goes into the escrow of what was bought.
    function _escrowPart(Bill memory bill) private pure returns (uint256) {
        return bill.priceWei - bill.burnedWei - bill.bundledWei;
    }

    function _requirePaid(Bill memory bill) private view {
        if (msg.value < bill.priceWei) revert InsufficientPayment(bill.priceWei, msg.value);
    }

    /// @dev The last step of a purchase: coins leave only when all is recorded.
    function _settle(Bill memory bill) private {
        if (bill.bundledBytes != 0) {
            _addTraffic(msg.sender, bill.bundledBytes, bill.bundledWei);
            emit TrafficBundled(msg.sender, bill.bundledBytes);
        }
        if (bill.burnedWei != 0) {
            emit FeeBurned(bill.burnedWei);
            (bool burned,) = address(0).call{value: bill.burnedWei}("");
            assert(burned);
        }
        if (msg.value > bill.priceWei) _pay(msg.sender, msg.value - bill.priceWei);
    }

    function _params() private pure returns (Params) {
        return Params(payable(SystemAddresses.PARAMS));
    }
}
