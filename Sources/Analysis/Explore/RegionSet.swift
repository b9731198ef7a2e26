/// Sets of sessions, joined where two of them make one region.
///
/// A policy of a thousand lines parts sessions into thousands of regions: which one a new one joins is looked
/// up, not searched for.
struct RegionSet {
  private var places: [Region?] = []
  /// For each region its place, under what it has in common with a region that it can be joined with.
  private var index: [Mark: [Int]] = [:]

  /// A region without one of its parts.
  private struct Mark: Hashable {
    /// A dimension; the answers come behind all of them.
    let part: Int
    let rest: Int
  }

  var regions: [Region] { places.compactMap { $0 } }

  mutating func insert(_ region: Region) {
    var merged = region
    var marks = RegionSet.marks(of: merged)
    while let (place, union) = partner(of: merged, marks) {
      remove(place)
      merged = union
      marks = RegionSet.marks(of: merged)
    }
    for mark in marks { index[mark, default: []].append(places.count) }
    places.append(merged)
  }

  private func partner(of region: Region, _ marks: [Mark]) -> (Int, Region)? {
    for mark in marks {
      for place in index[mark] ?? [] {
        // Marks can agree by chance.
        if let union = places[place]?.union(region) { return (place, union) }
      }
    }
    return nil
  }

  private mutating func remove(_ place: Int) {
    guard let region = places[place] else { return }
    for mark in RegionSet.marks(of: region) { index[mark]?.removeAll { $0 == place } }
    places[place] = nil
  }

  private static func marks(of region: Region) -> [Mark] {
    var parts = region.classes.map { classes in
      classes.reduce(classes.count) { $0 &+ ($1 &+ 1) &* ($1 &+ 0x9E37_79B9) }
    }
    parts.append(region.answers.hashValue)
    var all = 0
    for part in parts.indices { all = all &+ RegionSet.weighed(parts[part], part) }
    return parts.indices.map { Mark(part: $0, rest: all &- RegionSet.weighed(parts[$0], $0)) }
  }

  /// The same classes in two dimensions must not stand for each other.
  private static func weighed(_ value: Int, _ part: Int) -> Int {
    value &* (0x2545_F491_4F6C_DD1D &+ 2 &* part)
  }
}
