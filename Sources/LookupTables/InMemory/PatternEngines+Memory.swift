import CPCRE2
import CSystem
import Glibc
import RestrictionDSL

/// A compiled pattern.
protocol PatternEngine: AnyObject {
  /// Number of groups in the pattern.
  var groupCount: Int { get }

  /// Runs the pattern over the key.
  ///
  /// - Parameter groups: where wanted, filled with the matched ranges; 0 is the whole match.
  /// - Returns: whether it matched; on trouble what a warning says, and no match.
  func matches(_ key: Span<UInt8>, groups: inout [Range<Int>?]) -> PatternOutcome
}

enum PatternOutcome: Hashable {
  case matched, unmatched
  case failed(String)
}

/// A pattern that its engine refused, and why.
struct PatternError: Error, Hashable {
  let message: String
}

/// regcomp(3) and regexec(3) of the C library in the C locale.
final class RegexpEngine: PatternEngine {
  let groupCount: Int
  private let code: UnsafeMutablePointer<regex_t>
  private let wantsGroups: Bool
  private var matches: [regmatch_t]

  init(_ expression: PatternExpression, wantsGroups: Bool) throws(PatternError) {
    var flags: CInt = wantsGroups ? 0 : REG_NOSUB
    if expression.flags.contains(.extended) { flags |= REG_EXTENDED }
    if expression.flags.contains(.ignoreCase) { flags |= REG_ICASE }
    if expression.flags.contains(.multiLine) { flags |= REG_NEWLINE }
    let code = UnsafeMutablePointer<regex_t>.allocate(capacity: 1)
    code.initialize(to: regex_t())
    let result = regcomp(code, terminated(expression.pattern.span), flags)
    guard result == 0 else {
      defer { code.deallocate() }
      throw PatternError(message: RegexpEngine.message(result, code))
    }
    self.code = code
    self.wantsGroups = wantsGroups
    groupCount = code.pointee.re_nsub
    matches = Array(repeating: regmatch_t(), count: wantsGroups ? code.pointee.re_nsub + 1 : 1)
  }

  deinit {
    regfree(code)
    code.deallocate()
  }

  func matches(_ key: Span<UInt8>, groups: inout [Range<Int>?]) -> PatternOutcome {
    // REG_STARTEND takes the length from the first match, so the key needs no NUL behind it.
    matches[0].rm_so = 0
    matches[0].rm_eo = regoff_t(clamping: key.count)
    let count = matches.count
    let result = key.withUnsafeBytes { bytes in
      let text = bytes.baseAddress ?? UnsafeRawPointer(code)
      return regexec(
        code, text.assumingMemoryBound(to: CChar.self), count, &matches, 1 << 2)
    }
    switch result {
    case 0:
      if wantsGroups {
        groups = matches.map { $0.rm_so < 0 ? nil : Int($0.rm_so)..<Int($0.rm_eo) }
      }
      return .matched
    case CInt(_REG_NOMATCH.rawValue): return .unmatched
    default: return .failed(RegexpEngine.message(result, code))
    }
  }

  /// What the library says where memory is short.
  static var memoryMessage: String { message(CInt(_REG_ESPACE.rawValue), nil) }

  private static func message(_ error: CInt, _ code: UnsafePointer<regex_t>?) -> String {
    var text = [CChar](repeating: 0, count: 256)
    regerror(error, code, &text, text.count)
    return copyCString(text).text
  }
}

/// PCRE2, 8-bit, bytes.
final class PCREEngine: PatternEngine {
  let groupCount: Int
  private let code: OpaquePointer
  private let match: OpaquePointer

  init(_ expression: PatternExpression) throws(PatternError) {
    var options: UInt32 = 0
    for (flag, option) in [
      (PatternFlags.ignoreCase, PCRE2_CASELESS), (.multiLine, PCRE2_MULTILINE),
      (.extended, PCRE2_EXTENDED), (.dotAll, PCRE2_DOTALL), (.anchored, PCRE2_ANCHORED),
      (.dollarEndOnly, PCRE2_DOLLAR_ENDONLY), (.ungreedy, PCRE2_UNGREEDY),
    ] where expression.flags.contains(flag) { options |= option }
    var error: CInt = 0
    var offset = 0
    let code = pcre2_compile_8(
      expression.pattern, expression.pattern.count, options, &error, &offset, nil)
    guard let code, let match = pcre2_match_data_create_from_pattern_8(code, nil) else {
      var text = Bytes(repeating: 0, count: 256)
      let length = pcre2_get_error_message_8(error, &text, text.count)
      let reason = text.prefix(max(0, Int(length))).text
      throw PatternError(message: "error in regex at offset \(offset): \(reason)")
    }
    self.code = code
    self.match = match
    var groups: UInt32 = 0
    pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_CAPTURECOUNT), &groups)
    groupCount = Int(groups)
  }

  deinit {
    pcre2_match_data_free_8(match)
    pcre2_code_free_8(code)
  }

  func matches(_ key: Span<UInt8>, groups: inout [Range<Int>?]) -> PatternOutcome {
    let result = key.withUnsafeBytes { bytes in
      pcre2_match_8(
        code, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, 0, 0, match,
        nil)
    }
    switch result {
    case 0...:
      guard groupCount > 0 else { return .matched }
      guard let vector = pcre2_get_ovector_pointer_8(match) else { return .matched }
      groups.removeAll(keepingCapacity: true)
      for group in 0...groupCount {
        let start = vector[2 * group]
        let end = vector[2 * group + 1]
        groups.append(group < result && start <= end && end <= key.count ? start..<end : nil)
      }
      return .matched
    case PCRE2_ERROR_NOMATCH: return .unmatched
    case PCRE2_ERROR_MATCHLIMIT: return .failed("match limit exceeded")
    case PCRE2_ERROR_DEPTHLIMIT: return .failed("matching depth limit exceeded")
    case PCRE2_ERROR_NOMEMORY: return .failed("out of memory")
    default: return .failed("unknown pcre2_match error: \(result)")
    }
  }
}
