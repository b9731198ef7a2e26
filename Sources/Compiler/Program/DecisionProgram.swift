import RestrictionDSL

/// The SMTP command whose access decision a program makes.
public enum Entry: UInt8, Hashable, Sendable, CaseIterable {
  /// Before the greeting, with smtpd_delay_reject=no.
  case connect
  /// HELO and EHLO, with smtpd_delay_reject=no.
  case helo
  /// MAIL, with smtpd_delay_reject=no.
  case mail
  case rcpt, vrfy, etrn, data, endOfData
}

/// A compiled access policy: one flat array of nodes, immutable.
///
/// A node's index is its address. Execution starts at ``entries`` and goes from node to node until
/// ``Operation/accept`` or a reject.
public struct DecisionProgram: Sendable {
  /// One step.
  ///
  /// Fixed size; what does not fit is in the side tables under the same `operation` index.
  public struct Node: Hashable, Sendable {
    /// Index into ``DecisionProgram/operations``.
    public var operation: UInt32
    /// Where dunno goes on.
    public var next: UInt32
    /// Where permit goes on: the ``Operation/leave(_:)`` node of the list.
    public var onPermit: UInt32
    /// Index into ``DecisionProgram/sources``.
    public var source: UInt32
    /// Fact slot, or `UInt16.max` where the answer is not kept.
    public var slot: UInt16
    public var scope: Scope
    public var flags: Flags

    public init(
      operation: UInt32, next: UInt32, onPermit: UInt32, source: UInt32, slot: UInt16 = .max,
      scope: Scope, flags: Flags = []
    ) {
      self.operation = operation
      self.next = next
      self.onPermit = onPermit
      self.source = source
      self.slot = slot
      self.scope = scope
      self.flags = flags
    }
  }

  public struct Flags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Under warn_if_reject.
    public static let warn = Flags(rawValue: 1)
    /// Asked anew every time: policy service, volatile table, sleep.
    public static let volatile = Flags(rawValue: 2)
    /// Looks into the same table as the node before it.
    public static let continuesTable = Flags(rawValue: 4)
  }

  /// What a node was written as.
  public struct Source: Hashable, Sendable {
    /// Restriction name as written, for the permit log and for messages.
    public let name: String
    public let range: SourceRange?

    public init(name: String, range: SourceRange?) {
      self.name = name
      self.range = range
    }
  }

  public var nodes: [Node]
  public var operations: [Operation]
  public var sources: [Source]
  /// Start of each command's program, indexed by ``Entry``; `UInt32.max` where the command has no
  /// checks.
  public var entries: [UInt32]
  /// Number of fact slots.
  public var slotCount: Int

  public init(
    nodes: [Node], operations: [Operation], sources: [Source], entries: [UInt32], slotCount: Int
  ) {
    self.nodes = nodes
    self.operations = operations
    self.sources = sources
    self.entries = entries
    self.slotCount = slotCount
  }

  /// Start of a command's program, or `nil` where nothing is checked.
  public func start(of entry: Entry) -> Int? {
    let index = entries[Int(entry.rawValue)]
    return index == .max ? nil : Int(index)
  }
}
