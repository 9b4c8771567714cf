// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SafeCast} from "../libraries/SafeCast.sol";
import {TypedData} from "../libraries/TypedData.sol";
import {Payments} from "./Payments.sol";

/// @title Traffic: what buyers may still download, and what farmers get for it
/// @notice The traffic half of StorageMarket. A buyer's coins stand beside its bytes and are used up with
/// them, whatever became of the price since; so there are coins for every byte, and no buyer pays for another.
abstract contract TrafficLedger is Payments {
    using SafeCast for uint256;

    /// @notice The receipt is not signed by its buyer, for this chain and contract.
    error BadBuyerSignature(address buyer);
    /// @notice All the receipt stands for was redeemed before.
    error AlreadyRedeemed(uint256 redeemedBytes);
    /// @notice The buyer has no traffic left.
    error NoTraffic(address buyer);

    event TrafficRedeemed(
        address indexed buyer,
        address indexed farmer,
        uint64 channel,
        uint256 redeemedBytes,
        uint256 refusedBytes,
        uint256 amountWei
    );

    /// @notice What a buyer signs while it downloads: all the bytes a farmer ever sent it on a channel.
    struct TrafficReceipt {
        address buyer;
        address farmer;
        uint64 channel;
        uint64 cumulativeBytes;
    }

    struct Traffic {
        uint128 leftBytes;
        uint128 escrowWei;
    }

    bytes32 private constant NAME_HASH = keccak256("Genaro Traffic");
    bytes32 private constant RECEIPT_TYPE_HASH = keccak256(
        "TrafficReceipt(address buyer,address farmer,uint64 channel,uint64 cumulativeBytes)"
    );

    mapping(address account => Traffic) private _traffic;
    mapping(bytes32 channelHash => uint256) private _redeemedBytes;

    /// @notice Pays a farmer for what a buyer downloaded, out of the buyer's traffic. Anyone may hand in a
    /// receipt; the farmer is paid. What the buyer's traffic does not cover is refused now and may be
    /// redeemed with the same receipt once the buyer has bought more.
    /// @param signature The buyer's EIP-712 signature: domain "Genaro Traffic", version "1", 65 bytes.
    function redeemTraffic(TrafficReceipt calldata receipt, bytes calldata signature) external {
        bytes32 structHash = keccak256(abi.encode(RECEIPT_TYPE_HASH, receipt));
        if (!TypedData.isSignedBy(receipt.buyer, trafficDomain(), structHash, signature)) {
            revert BadBuyerSignature(receipt.buyer);
        }
        bytes32 channel = _channelHash(receipt.buyer, receipt.farmer, receipt.channel);
        uint256 redeemed = _redeemedBytes[channel];
        if (receipt.cumulativeBytes <= redeemed) revert AlreadyRedeemed(redeemed);
        uint256 due = receipt.cumulativeBytes - redeemed;
        (uint256 covered, uint256 amountWei) = _useTraffic(receipt.buyer, due);
        _redeemedBytes[channel] = redeemed + covered;
        emit TrafficRedeemed(
            receipt.buyer, receipt.farmer, receipt.channel, covered, due - covered, amountWei
        );
        if (amountWei != 0) _pay(receipt.farmer, amountWei);
    }

    /// @notice The traffic an account may still use, in bytes.
    function trafficOf(address account) external view returns (uint256) {
        return _traffic[account].leftBytes;
    }

    /// @notice What an account's traffic has set aside for farmers, in wei.
    function trafficEscrowOf(address account) external view returns (uint256) {
        return _traffic[account].escrowWei;
    }

    /// @notice The bytes a farmer has redeemed of a buyer on a channel.
    function redeemedTrafficOf(address buyer, address farmer, uint64 channel)
        external
        view
        returns (uint256)
    {
        return _redeemedBytes[_channelHash(buyer, farmer, channel)];
    }

    /// @notice The EIP-712 domain separator that receipts are signed under.
    function trafficDomain() public view returns (bytes32) {
        return TypedData.domainSeparator(NAME_HASH);
    }

    function _addTraffic(address account, uint256 trafficBytes, uint256 escrowWei) internal {
        Traffic storage traffic = _traffic[account];
        traffic.leftBytes = (traffic.leftBytes + trafficBytes).toUint128();
        traffic.escrowWei = (traffic.escrowWei + escrowWei).toUint128();
    }

    /// @dev Takes as many of the bytes as are left, and their share of the coins; the last byte takes what
    /// rounding left over.
    function _useTraffic(address buyer, uint256 wantedBytes)
        private
        returns (uint256 usedBytes, uint256 amountWei)
    {
        Traffic storage traffic = _traffic[buyer];
        uint256 leftBytes = traffic.leftBytes;
        if (leftBytes == 0) revert NoTraffic(buyer);
        uint256 escrowWei = traffic.escrowWei;
        usedBytes = wantedBytes < leftBytes ? wantedBytes : leftBytes;
        amountWei = escrowWei * usedBytes / leftBytes;
        traffic.leftBytes = uint128(leftBytes - usedBytes);
        traffic.escrowWei = uint128(escrowWei - amountWei);
    }

    function _channelHash(address buyer, address farmer, uint64 channel)
        private
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(buyer, farmer, channel));
    }
}
