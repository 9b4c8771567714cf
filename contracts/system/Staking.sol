// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BLS} from "../libraries/BLS.sol";
import {SafeCast} from "../libraries/SafeCast.sol";
import {Unbonding, Unbondings} from "../libraries/Unbondings.sol";
import {Beacon} from "./Beacon.sol";
import {Params} from "./Params.sol";
import {StakeRecords} from "./StakeRecords.sol";
import {SystemAddresses} from "./SystemAddresses.sol";

/// @title Stake, candidates and their keys
/// @notice Special transactions of kind 1 (bet, register key) and 5 (unstake, withdraw). Every function acts
/// for its caller alone. The minimum stake is locked once for being a candidate and once per farmer node.
/// @custom:predeploy 0x6000000000000000000000000000000000000001
contract Staking is StakeRecords {
    using SafeCast for uint256;
    using Unbondings for Unbonding[];

    /// @notice An amount of 0.
    error ZeroAmount();
    /// @notice More is to be unstaked than is staked.
    error InsufficientStake(uint256 stakeWei, uint256 amountWei);
    /// @notice What would remain is less than what is locked; resign or retire nodes first.
    error StakeLocked(uint256 lockedWei, uint256 remainingWei);
    /// @notice Nothing has finished unbonding.
    error NothingToWithdraw();
    /// @notice The account refused its own coins.
    error WithdrawalRefused();
    /// @notice Another account registered this key.
    error KeyTaken(address owner);
    /// @notice The proof does not show that the account holds the key's secret.
    error InvalidProofOfPossession();
    /// @notice Only a candidate can resign.
    error NotACandidate(address account);
    /// @notice Only the Inspections contract may call this.
    error OnlyInspections(address caller);

    event Staked(address indexed account, uint256 amountWei, uint256 stakeWei);
    event KeyRegistered(address indexed account, bytes blsPublicKey);
    event PayeeChanged(address indexed account, address payee);
    event CandidateJoined(address indexed account, uint256 stakeWei);
    event UnbondingStarted(address indexed account, uint256 amountWei, uint256 releaseSlot);
    event Withdrawn(address indexed account, uint256 amountWei);
    event Slashed(address indexed account, uint256 slashedWei, uint256 stakeWei);

    bytes private constant PROOF_OF_POSSESSION_DOMAIN = "BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

    /// @notice Stakes the coins sent along, for the caller. With a registered key and the minimum stake
    /// free, the caller becomes a candidate.
    function bet() external payable {
        if (msg.value == 0) revert ZeroAmount();
        Staker storage staker = _stakers[msg.sender];
        uint256 stakeWei = staker.stakeWei + msg.value;
        staker.stakeWei = stakeWei.toUint128();
        _totalStakeWei += msg.value;
        emit Staked(msg.sender, msg.value, stakeWei);
        _joinIfEligible(staker);
    }

    /// @notice Registers the caller's BLS key, or takes back a resignation.
    /// @param blsPublicKey The G1 point, 128 bytes as in EIP-2537.
    /// @param proofOfPossession The G2 signature, 256 bytes as in EIP-2537, of `proofMessage` for the caller,
    /// under the domain BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_.
    /// @param payee Who receives the caller's rewards; 0 for the caller.
    function registerKey(
        bytes calldata blsPublicKey,
        bytes calldata proofOfPossession,
        address payee
    ) external {
        bytes32 keyHash = keccak256(blsPublicKey);
        address owner = _keyOwner[keyHash];
        if (owner != address(0) && owner != msg.sender) revert KeyTaken(owner);
        bytes memory message = proofMessage(msg.sender, blsPublicKey);
        if (!BLS.verify(blsPublicKey, message, PROOF_OF_POSSESSION_DOMAIN, proofOfPossession)) {
            revert InvalidProofOfPossession();
        }
        _keyOwner[keyHash] = msg.sender;
        Staker storage staker = _stakers[msg.sender];
        staker.hasKey = true;
        staker.resigned = false;
        staker.blsPublicKey = abi.decode(blsPublicKey, (bytes32[4]));
        emit KeyRegistered(msg.sender, blsPublicKey);
        _setPayee(staker, payee);
        _joinIfEligible(staker);
    }

    /// @notice Changes who receives the caller's rewards; 0 for the caller.
    function setPayee(address payee) external {
        _setPayee(_stakers[msg.sender], payee);
    }

    /// @notice Stops being a candidate, which frees the stake locked for it. Registering the key again undoes it.
    function resign() external {
        Staker storage staker = _stakers[msg.sender];
        if (staker.candidatePosition == 0) revert NotACandidate(msg.sender);
        staker.resigned = true;
        _leaveCandidates(msg.sender);
    }

    /// @notice Begins to take stake back. It is paid by `withdraw` after the unbonding epochs, counted from the
    /// next epoch's start.
    function unstake(uint256 amountWei) external {
        if (amountWei == 0) revert ZeroAmount();
        Staker storage staker = _stakers[msg.sender];
        uint256 stakeWei = staker.stakeWei;
        if (amountWei > stakeWei) revert InsufficientStake(stakeWei, amountWei);
        uint256 remaining = stakeWei - amountWei;
        uint256 locked = lockedStakeOf(msg.sender);
        if (remaining < locked) revert StakeLocked(locked, remaining);
        staker.stakeWei = uint128(remaining);
        _totalStakeWei -= amountWei;
        uint64 releaseSlot = _releaseSlot();
        _unbondings[msg.sender].start(uint128(amountWei), releaseSlot);
        emit UnbondingStarted(msg.sender, amountWei, releaseSlot);
    }

    /// @notice Pays out all that has finished unbonding.
    function withdraw() external {
        uint256 slot = Beacon(payable(SystemAddresses.BEACON)).currentSlot();
        uint256 amountWei = _unbondings[msg.sender].takeMatured(slot);
        if (amountWei == 0) revert NothingToWithdraw();
        emit Withdrawn(msg.sender, amountWei);
        (bool paid,) = msg.sender.call{value: amountWei}("");
        if (!paid) revert WithdrawalRefused();
    }

    /// @notice Takes stake from an account for good and burns it; for the Inspections contract. What the stake does
    /// not cover comes out of what is unbonding. A candidate left without the stake it needs is one no longer.
    /// @return slashedWei Less than `amountWei` only where the account has no more.
    function slash(address account, uint256 amountWei) external returns (uint256 slashedWei) {
        if (msg.sender != SystemAddresses.INSPECTIONS) revert OnlyInspections(msg.sender);
        Staker storage staker = _stakers[account];
        uint256 stakeWei = staker.stakeWei;
        slashedWei = amountWei < stakeWei ? amountWei : stakeWei;
        staker.stakeWei = uint128(stakeWei - slashedWei);
        _totalStakeWei -= slashedWei;
        slashedWei += _unbondings[account].take(amountWei - slashedWei);
        if (staker.candidatePosition != 0 && staker.stakeWei < lockedStakeOf(account)) {
            _leaveCandidates(account);
        }
        emit Slashed(account, slashedWei, staker.stakeWei);
        (bool burned,) = address(0).call{value: slashedWei}("");
        assert(burned);
    }

    /// @notice What the proof of possession of a key signs: it holds for one chain, contract and account.
    function proofMessage(address account, bytes memory blsPublicKey)
        public
        view
        returns (bytes memory)
    {
        return abi.encode(block.chainid, address(this), account, blsPublicKey);
    }

    function _setPayee(Staker storage staker, address payee) private {
        staker.payee = payee;
        emit PayeeChanged(msg.sender, payee);
    }

    function _joinIfEligible(Staker storage staker) private {
        if (!staker.hasKey || staker.resigned || staker.candidatePosition != 0) return;
        if (staker.stakeWei < lockedStakeOf(msg.sender) + _minimumStake()) return;
        _candidates.push(msg.sender);
        staker.candidatePosition = uint64(_candidates.length);
        emit CandidateJoined(msg.sender, staker.stakeWei);
    }

    /// @dev The present epoch has begun already, so whole epochs are counted from the next one.
    function _releaseSlot() private view returns (uint64) {
        Params params = Params(payable(SystemAddresses.PARAMS));
        uint256 epochs = Beacon(payable(SystemAddresses.BEACON)).currentEpoch() + 1 + params.unbondingEpochs();
        return (epochs * params.epochLengthSlots()).toUint64();
    }
}
