// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title Anchors of append-only logs
/// @notice Keeps roots of RFC 6962 logs, and takes a new root only with a proof that its tree
/// extends the tree anchored before: who rewrites history can never anchor again under that id.
///
/// @dev One contract serves any number of logs. It has no owner, no funds and no upgrade: nobody
/// can change what is kept. It calls nothing but the SHA-256 precompile.
///
/// What it does not do: it checks no log's signature, since whoever verifies an anchor does, and
/// it does not know whether a root is the root of anything, only that each extends the one before.
///
/// Words: a size is a number of leaves; a node of a level stands for a perfect subtree, counted
/// from 0 at the left; the edge is the last node of a level, perfect or not.
contract LedgerAnchor {
    /// @dev A log takes one slot, and one more while it is being handed over.
    struct Log {
        // Who may anchor; zero only for an id that was never registered.
        address operator;
        // The size anchored last; 0 before the first.
        uint64 size;
        // Whom the operator offered the log to; zero if nobody.
        address pendingOperator;
    }

    /// @dev An anchored size takes two slots, written once and never changed.
    struct Anchor {
        bytes32 root;
        uint64 blockNumber;
        uint64 timestamp;
    }

    /// @notice Who may anchor, how far the log is anchored, and whom it is offered to.
    /// @dev Zeros for an id that was never registered.
    mapping(bytes32 logId => Log) public logs;

    /// @notice An anchor by its size; zeros if this size was never anchored.
    /// @dev The root anchored last is not kept a second time: it is that of the log's size.
    mapping(bytes32 logId => mapping(uint64 size => Anchor)) public anchored;

    /// @notice An id was taken; this says nothing about who owns the log's own keys.
    /// @param operator The account that registered it, from which the id is derived.
    event Registered(bytes32 indexed logId, address indexed operator, bytes32 genesisLeafHash);

    /// @notice The log has this root at this size, and extends all that it anchored before.
    /// @dev Emitted once for a size, under the block that `anchored` names.
    event Anchored(bytes32 indexed logId, uint64 indexed size, bytes32 root);

    /// @notice The operator offered the log to an account, or took its offer back (zero).
    event OperatorTransferStarted(bytes32 indexed logId, address indexed from, address indexed to);

    /// @notice The account accepted, and alone may anchor from now on.
    event OperatorTransferred(bytes32 indexed logId, address indexed from, address indexed to);

    /// @notice The same account registered the same genesis before. The id may be another's now.
    error AlreadyRegistered(bytes32 logId);

    /// @notice Only the log's operator may do this.
    error NotOperator(bytes32 logId, address caller);

    /// @notice Only the account that the log is offered to may do this.
    error NotPendingOperator(bytes32 logId, address caller);

    /// @notice Sizes ascend, and the first is at least 1.
    error SizeNotIncreasing(uint64 anchoredSize, uint64 size);

    /// @notice The proof does not lead from the root anchored last to this one.
    error InconsistentRoot(bytes32 anchoredRoot, bytes32 root);

    /// @notice Take an id for a log. No other account can take it, since it holds the caller.
    /// @param genesisLeafHash Leaf hash of the log's entry 0.
    /// @return logId SHA-256 over the caller's 20 bytes and genesisLeafHash.
    function register(bytes32 genesisLeafHash) external returns (bytes32 logId) {
        logId = sha256(abi.encodePacked(msg.sender, genesisLeafHash));
        // After a transfer the id stays taken: its operator is another, but never zero.
        if (logs[logId].operator != address(0)) revert AlreadyRegistered(logId);
        logs[logId].operator = msg.sender;
        emit Registered(logId, msg.sender, genesisLeafHash);
    }

    /// @notice Anchor a larger tree of the log.
    /// @param logId The id that `register` gave.
    /// @param size Number of leaves, more than were anchored last.
    /// @param root Root of the tree of `size`.
    /// @param proof RFC 6962 consistency proof from the size anchored last; empty the first time.
    function anchor(bytes32 logId, uint64 size, bytes32 root, bytes32[] calldata proof) external {
        Log storage log = logs[logId];
        (address operator, uint64 anchoredSize) = (log.operator, log.size);
        if (operator != msg.sender) revert NotOperator(logId, msg.sender);
        if (size <= anchoredSize) revert SizeNotIncreasing(anchoredSize, size);
        bytes32 anchoredRoot = anchored[logId][anchoredSize].root;
        if (!_isConsistent(anchoredSize, size, anchoredRoot, root, proof)) {
            revert InconsistentRoot(anchoredRoot, root);
        }
        log.size = size;
        anchored[logId][size] = Anchor(root, uint64(block.number), uint64(block.timestamp));
        emit Anchored(logId, size, root);
    }

    /// @notice Offer the log to another account, which becomes its operator once it accepts.
    /// @dev In two steps, so that no log is lost to a mistyped address. The id stays.
    /// @param newOperator Whom to offer it to; zero takes an offer back.
    function transferOperator(bytes32 logId, address newOperator) external {
        if (logs[logId].operator != msg.sender) revert NotOperator(logId, msg.sender);
        logs[logId].pendingOperator = newOperator;
        emit OperatorTransferStarted(logId, msg.sender, newOperator);
    }

    /// @notice Accept the log that is offered to the caller.
    /// @dev The offer ends with it: the operator of before cannot take it back.
    function acceptOperator(bytes32 logId) external {
        Log storage log = logs[logId];
        if (log.pendingOperator != msg.sender) revert NotPendingOperator(logId, msg.sender);
        emit OperatorTransferred(logId, log.operator, msg.sender);
        (log.operator, log.pendingOperator) = (msg.sender, address(0));
    }

    /// @notice The anchor made last; zeros if there is none.
    /// @return size Number of leaves, from which the next proof must start.
    /// @return root Root of the tree of that size.
    function head(bytes32 logId) external view returns (uint64 size, bytes32 root) {
        size = logs[logId].size;
        root = anchored[logId][size].root;
    }

    /// @notice Whether a leaf is shown to stand in an anchored tree (RFC 9162 section 2.1.3.2).
    /// @dev Never reverts for what a proof holds, so that a caller may try.
    /// @param size A size that was anchored; of any other nothing is shown.
    /// @param index Position of the leaf, from 0.
    /// @param leafHash SHA-256(00, entry).
    /// @param proof RFC 6962 audit path, the leaf's sibling first.
    function verifyInclusion(
        bytes32 logId, uint64 size, uint64 index, bytes32 leafHash, bytes32[] calldata proof
    ) external view returns (bool) {
        if (index >= size || anchored[logId][size].blockNumber == 0) return false;
        (uint256 node, uint256 edge, bytes32 hash) = (index, size - 1, leafHash);
        for (uint256 i = 0; i < proof.length; ++i) {
            if (edge == 0) return false;
            if (node & 1 == 1 || node == edge) {
                hash = _node(proof[i], hash);
                // A last node without a sibling stands one level up as it is.
                while (node & 1 == 0) (node, edge) = (node >> 1, edge >> 1);
            } else {
                hash = _node(hash, proof[i]);
            }
            (node, edge) = (node >> 1, edge >> 1);
        }
        return edge == 0 && hash == anchored[logId][size].root;
    }

    /// @dev Whether `proof` leads from the old tree to the new one (RFC 9162 section 2.1.4.2).
    ///
    /// Requires oldSize < newSize. Every tree extends the empty one, which takes no proof. Two
    /// hashes are carried upwards: one becomes the old root out of the hashes left of it, the other
    /// the new root out of all. `edge` halves with every hash, so that no proof costs more than 64
    /// levels, and one with a hash too few or too many does not end at the root.
    function _isConsistent(
        uint256 oldSize, uint256 newSize, bytes32 oldRoot, bytes32 newRoot, bytes32[] calldata proof
    ) private view returns (bool) {
        if (oldSize == 0) return proof.length == 0;
        if (proof.length == 0) return false;
        // At each level: the last node of the old tree, and of the new one.
        (uint256 node, uint256 edge) = (oldSize - 1, newSize - 1);
        while (node & 1 == 1) (node, edge) = (node >> 1, edge >> 1);
        // An old tree that is one perfect subtree is the first hash itself, and is not sent.
        uint256 i = node == 0 ? 0 : 1;
        bytes32 oldHash = node == 0 ? oldRoot : proof[0];
        bytes32 newHash = oldHash;
        for (; i < proof.length; ++i) {
            if (edge == 0) return false;
            bytes32 sibling = proof[i];
            if (node & 1 == 1 || node == edge) {
                (oldHash, newHash) = (_node(sibling, oldHash), _node(sibling, newHash));
                while (node & 1 == 0) (node, edge) = (node >> 1, edge >> 1);
            } else {
                newHash = _node(newHash, sibling);
            }
            (node, edge) = (node >> 1, edge >> 1);
        }
        return edge == 0 && oldHash == oldRoot && newHash == newRoot;
    }

    /// @dev SHA-256(01, left, right) by precompile 2. The 65 bytes lie in memory that is free and
    /// stays free, the digest in scratch space.
    function _node(bytes32 left, bytes32 right) private view returns (bytes32 digest) {
        assembly ("memory-safe") {
            let input := mload(0x40)
            mstore8(input, 1)
            mstore(add(input, 1), left)
            mstore(add(input, 33), right)
            if iszero(staticcall(gas(), 2, input, 65, 0, 32)) { revert(0, 0) }
            digest := mload(0)
        }
    }
}
