import Compiler
import LookupTables
import RestrictionDSL
import Runtime

/// Restrictions of which one run stands for all, but for those whose table has a key of the value.
///
/// An access restriction that is run on an empty table asks for every key that it would ask for. Where none
/// of them is in its own table, it does on that what it did on the empty one. A policy with a thousand
/// tables is so read once for each value, not a thousand times.
final class OperationFamily {
  /// What tells families apart.
  private enum Kind: Hashable {
    case access(Subject)
    case rejectDNSList(DNSListSubject), permitDNSList(DNSListSubject)
    case itself(Operation)
  }

  /// How the members treat a value.
  struct Treatment {
    /// What all others do.
    let signature: Signature
    /// Indices of members whose table has a key of the value.
    let exceptions: Set<Int>
  }

  private(set) var members: [Operation] = []
  private let runner: OperationRunner
  /// A table without entries, in place of the members' tables.
  private let empty: TableSpec?
  /// Which members have a key, folded.
  private var keys: [Bytes: [Int]] = [:]
  private var largeTables: [(member: Int, table: OpenTable)] = []

  private static let emptyTable = "texthash:/dev/null"

  private init?(_ kind: Kind, _ operation: Operation, _ model: Model, _ oracles: Oracles) {
    guard case .access(let subject) = kind else {
      empty = nil
      runner = OperationRunner(operation, model, oracles)
      return
    }
    guard let empty = TableSpec(OperationFamily.emptyTable),
      case .entries = model.context.open(empty).shape
    else { return nil }
    self.empty = empty
    runner = OperationRunner(.access(subject, empty), model, oracles)
  }

  var dimensions: [Dimension] { runner.operation.dimensions }

  /// Sorts operations into families; those that stand for themselves are left over.
  static func families(
    of operations: [Operation], _ model: Model, _ oracles: Oracles
  ) -> (families: [OperationFamily], others: [Operation]) {
    var indices: [Kind: Int] = [:]
    var families: [OperationFamily] = []
    var others: [Operation] = []
    for operation in operations {
      guard let kind = kind(of: operation, model) else {
        others.append(operation)
        continue
      }
      if let index = indices[kind] {
        families[index].add(operation, model)
      } else if let family = OperationFamily(kind, operation, model, oracles) {
        family.add(operation, model)
        indices[kind] = families.count
        families.append(family)
      } else {
        others.append(operation)
      }
    }
    return (families, others)
  }

  private static func kind(of operation: Operation, _ model: Model) -> Kind? {
    switch operation {
    case .access(let subject, let spec):
      guard subject != .etrn, subject != .ccert, !spec.isInBraces else { return nil }
      let table = model.context.open(spec)
      guard table.kind == .fixed, case .entries = table.shape else { return nil }
      return .access(subject)
    case .rejectDNSList(let subject, _):
      // Texts of replies may ask for anything.
      return model.settings.string("rbl_reply_maps").isEmpty ? .rejectDNSList(subject) : nil
    case .permitDNSList(let subject, _): return .permitDNSList(subject)
    // A list of clients has names and addresses: what it says of one does not depend on the other.
    case .permitMynetworks: return .itself(operation)
    default:
      return operation.dimensions.count == 1 && !operation.isStructure ? .itself(operation) : nil
    }
  }

  private func add(_ operation: Operation, _ model: Model) {
    let member = members.count
    members.append(operation)
    guard empty != nil, let spec = operation.table else { return }
    let table = model.context.open(spec)
    let summary = model.summary(of: table)
    guard summary.isComplete else {
      largeTables.append((member, table))
      return
    }
    for key in summary.keys {
      keys[CaseFolding.fold(key, unicode: true), default: []].append(member)
    }
  }

  /// What the members do where the facts are these.
  func treatment(of facts: Facts, isTextual: Bool) -> Treatment {
    let leaves = runner.tellingLeaves(facts, isTextual: isTextual)
    var exceptions: Set<Int> = []
    for leaf in leaves {
      for probe in leaf.step?.probes ?? [] where probe.table == empty {
        exceptions.formUnion(keys[CaseFolding.fold(probe.key, unicode: true)] ?? [])
        for (member, table) in largeTables where !exceptions.contains(member) {
          // A table that cannot be read does something of its own.
          if (try? table.contains(probe.key.span)) != false { exceptions.insert(member) }
        }
      }
    }
    return Treatment(
      signature: Signature(leaves, facts, isTextual: isTextual), exceptions: exceptions)
  }
}
