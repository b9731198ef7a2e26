import Compiler
import RestrictionDSL
import Runtime

/// Which classes of a space one run of an operation stands for.
///
/// Without it a policy of a thousand access tables would be run a thousand times a thousand: every table
/// on every key of all the others.
final class ClassGroups {
  private let space: SessionSpace
  private let families: [OperationFamily]
  private let isTextual: Bool
  /// Where an operation stands: family, and place in it.
  private var places: [Operation: (family: Int, member: Int)] = [:]
  private var sheets: [Sheet.Name: Sheet] = [:]

  /// What a family does with every class of a dimension.
  private struct Sheet {
    struct Name: Hashable {
      let family: Int
      let dimension: Dimension
    }

    /// Classes with one number are treated alike.
    var numbers: [Int] = []
    /// For each member the classes that its own table knows.
    var exceptions: [Int: Set<Int>] = [:]
  }

  /// - Parameter isTextual: replies count as a whole, not only by their codes.
  init(_ model: Model, _ space: SessionSpace, _ oracles: Oracles, isTextual: Bool) {
    self.space = space
    self.isTextual = isTextual
    // Whom a proof trusts is asked about even where no list does.
    let operations = model.operations.union([.permitMynetworks])
    families = OperationFamily.families(of: Array(operations), model, oracles).families
    for (family, index) in zip(families, families.indices) {
      for (operation, member) in zip(family.members, family.members.indices) {
        places[operation] = (index, member)
      }
    }
  }

  /// Sorts classes of a dimension by what an operation does with them, as far as that can be told without
  /// running it on each.
  func groups(of classes: [Int], for operation: Operation, by dimension: Dimension) -> [[Int]] {
    guard classes.count > 1, let place = places[operation],
      families[place.family].dimensions.contains(dimension)
    else { return classes.map { [$0] } }
    let sheet = sheet(Sheet.Name(family: place.family, dimension: dimension))
    let exceptions = sheet.exceptions[place.member] ?? []
    var groups: [[Int]] = []
    var indices: [Int: Int] = [:]
    for index in classes {
      if exceptions.contains(index) {
        groups.append([index])
      } else if let group = indices[sheet.numbers[index]] {
        groups[group].append(index)
      } else {
        indices[sheet.numbers[index]] = groups.count
        groups.append([index])
      }
    }
    return groups
  }

  private func sheet(_ name: Sheet.Name) -> Sheet {
    if let known = sheets[name] { return known }
    var sheet = Sheet()
    var numbers: [Signature: Int] = [:]
    var choice = space.unnamedChoice
    for index in 0..<space.count(name.dimension) {
      choice[name.dimension] = index
      let treatment = families[name.family].treatment(
        of: space.facts(choice, at: .rcpt), isTextual: isTextual)
      sheet.numbers.append(numbers.number(of: treatment.signature))
      for member in treatment.exceptions { sheet.exceptions[member, default: []].insert(index) }
    }
    sheets[name] = sheet
    return sheet
  }
}

extension Dictionary where Value == Int {
  /// A number of its own for every key.
  fileprivate mutating func number(of key: Key) -> Int {
    if let known = self[key] { return known }
    let number = count
    self[key] = number
    return number
  }
}
