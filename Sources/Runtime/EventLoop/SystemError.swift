import CSystem
import Glibc

/// A system call that failed: what was done, to what, and why.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was being done, for instance `open`.
  public let step: String

  /// The file, socket or other thing it was done to; may be empty.
  public let object: String

  /// Value of errno(3).
  public let code: CInt

  public init(_ step: String, _ object: String, code: CInt) {
    self.step = step
    self.object = object
    self.code = code
  }

  /// The error that the last system call of this thread left in errno(3).
  public static func last(_ step: String, _ object: String = "") -> SystemError {
    SystemError(step, object, code: errno)
  }

  /// Text of strerror(3), for instance `Permission denied`.
  public var reason: String { String(cString: strerror(code)) }

  /// For people, `open incoming/12345.678: Permission denied`.
  public var description: String {
    object.isEmpty ? "\(step): \(reason)" : "\(step) \(object): \(reason)"
  }
}
