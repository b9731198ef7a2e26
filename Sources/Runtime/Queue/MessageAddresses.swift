import LookupTables
import RestrictionDSL

/// An address could not be mapped: the message is not accepted now.
enum AddressMappingError: Error, Hashable, Sendable {
  /// A table could not be asked; all lines to be logged.
  case lookup(LookupError)
  /// Alias expansion has no reasonable end; the line to be logged.
  case expansion(String)
}
