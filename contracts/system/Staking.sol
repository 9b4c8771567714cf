// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BLS} from "../libraries/BLS.sol";
import {Paging} from "../libraries/Paging.sol";
import {SafeCast} from "../libraries/SafeCast.sol";
import {Unbonding, Unbondings} from "../libraries/Unbondings.sol";
import {Beacon} from "./Beacon.sol";
import {Nodes} from "./Nodes.sol";
import {Params} from "./Params.sol";
import {SystemAddresses} from "./SystemAddresses.sol";
import {SystemContract} from "./SystemContract.sol";

/// @title Stake, candidates and their keys
/// @notice Special transactions of kind 1 (bet, register key) and 5 (unstake, withdraw). Every function acts
/// for its caller alone. The minimum stake is locked once for being a candidate and once per farmer node.
/// @custom:predeploy 0x6000000000000000000000000000000000000001
contract Staking is SystemContract {
    using Paging for address[];
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

    event Staked(address indexed account, uint256 amountWei, uint256 stakeWei);
    event KeyRegistered(address indexed account, bytes blsPublicKey);
    event PayeeChanged(address indexed account, address payee);
    event CandidateJoined(address indexed account, uint256 stakeWei);
    event CandidateLeft(address indexed account);
    event UnbondingStarted(address indexed account, uint256 amountWei, uint256 releaseSlot);
    event Withdrawn(address indexed account, uint256 amountWei);

    struct Staker {
        uint128 stakeWei;
        // Place among the candidates, counted from 1; 0 for none.
        uint64 candidatePosition;
        bool hasKey;
        bool resigned;
        address payee;
        bytes32[4] blsPublicKey;
    }

    bytes private constant PROOF_OF_POSSESSION_DOMAIN = "BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

    mapping(address account => Staker) private _stakers;
    mapping(address account => Unbonding[]) private _unbondings;
    // A key stays its account's for good, so that an offence under an old key still has a culprit.
    mapping(bytes32 keyHash => address account) private _keyOwner;
    address[] private _candidates;
    uint256 private _totalStakeWei;

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
        uint256 position = staker.candidatePosition;
        if (position == 0) revert NotACandidate(msg.sender);
        staker.resigned = true;
        staker.candidatePosition = 0;
        address last = _candidates[_candidates.length - 1];
        if (last != msg.sender) {
            _candidates[position - 1] = last;
            _stakers[last].candidatePosition = uint64(position);
        }
        _candidates.pop();
        emit CandidateLeft(msg.sender);
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

    /// @notice The stake of an account, in wei; what is unbonding is not counted.
    function stakeOf(address account) external view returns (uint256) {
        return _stakers[account].stakeWei;
    }

    /// @notice The stake of all accounts together, in wei; what is unbonding is not counted.
    function totalStake() external view returns (uint256) {
        return _totalStakeWei;
    }

    /// @notice The stake an account cannot take back now: the minimum for being a candidate, and per node.
    function lockedStakeOf(address account) public view returns (uint256) {
        uint256 uses = Nodes(payable(SystemAddresses.NODES)).activeNodeCountOf(account);
        if (_stakers[account].candidatePosition != 0) uses += 1;
        return uses == 0 ? 0 : uses * _minimumStake();
    }

    /// @notice What of an account's stake is on its way back.
    function unbondingOf(address account) external view returns (Unbonding[] memory) {
        return _unbondings[account];
    }

    /// @notice Who receives an account's rewards.
    function payeeOf(address account) external view returns (address) {
        address payee = _stakers[account].payee;
        return payee == address(0) ? account : payee;
    }

    /// @notice The BLS key of an account, 128 bytes; empty when none is registered.
    function keyOf(address account) external view returns (bytes memory) {
        Staker storage staker = _stakers[account];
        return staker.hasKey ? abi.encode(staker.blsPublicKey) : bytes("");
    }

    /// @notice Whether an account may be seated in the committee.
    function isCandidate(address account) external view returns (bool) {
        return _stakers[account].candidatePosition != 0;
    }

    /// @notice How many candidates there are.
    function candidateCount() external view returns (uint256) {
        return _candidates.length;
    }

    /// @notice The candidates from `offset` on, at most `limit`. Their order changes when one leaves.
    function candidates(uint256 offset, uint256 limit) external view returns (address[] memory) {
        return _candidates.page(offset, limit);
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

    function _minimumStake() private view returns (uint256) {
        return Params(payable(SystemAddresses.PARAMS)).minimumStakeWei();
    }
}
