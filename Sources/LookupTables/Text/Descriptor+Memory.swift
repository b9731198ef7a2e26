import CSystem
import Glibc
import RestrictionDSL

/// read(2) into an array, again after a signal.
func readDescriptor(_ fd: CInt, into buffer: inout Bytes) -> Int {
  buffer.withUnsafeMutableBytes { bytes in
    var count: Int
    repeat { count = read(fd, bytes.baseAddress, bytes.count) } while count < 0 && errno == EINTR
    return count
  }
}

/// pread(2) into an array, again after a signal.
func readDescriptor(_ fd: CInt, into buffer: inout Bytes, at offset: Int) -> Int {
  buffer.withUnsafeMutableBytes { bytes in
    var count: Int
    repeat {
      count = pread(fd, bytes.baseAddress, bytes.count, off_t(offset))
    } while count < 0 && errno == EINTR
    return count
  }
}

/// Position of the first `byte` in a part of an array; the end of the part where there is none.
func findByte(_ byte: UInt8, in bytes: Bytes, from start: Int, to end: Int) -> Int {
  bytes.withUnsafeBytes { bytes in
    // The part lies inside the array: both bounds come from reads into it.
    guard start < end, end <= bytes.count, let base = bytes.baseAddress,
      let found = memchr(base + start, CInt(byte), end - start)
    else { return end }
    return UnsafeRawPointer(found) - base
  }
}

/// Whether no byte is above 127; eight at a time.
func isASCII(_ text: Span<UInt8>) -> Bool {
  text.withUnsafeBytes { bytes in
    var high: UInt64 = 0
    var index = 0
    while index + 8 <= bytes.count {
      high |= bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      index += 8
    }
    while index < bytes.count {
      high |= UInt64(bytes[index])
      index += 1
    }
    return high & 0x8080_8080_8080_8080 == 0
  }
}

/// F_OFD_SETLK and F_OFD_SETLKW of Linux, which the headers show to GNU programs only.
private let ofdSetLock: CInt = 37
private let ofdSetLockWait: CInt = 38

/// A whole-file fcntl(2) lock that belongs to the open file, not to the process.
///
/// Open file description locks conflict with the process locks of Postfix's programs, and several
/// event loops of one process may hold them on the same file without undoing each other's.
func setFileLock(_ fd: CInt, _ type: CInt, wait: Bool = true) -> CInt {
  var lock = flock()
  lock.l_type = CShort(type)
  lock.l_whence = CShort(SEEK_SET)
  var result: CInt
  repeat {
    result = smtpd_fcntl_lock(fd, wait ? ofdSetLockWait : ofdSetLock, &lock)
  } while result < 0 && errno == EINTR
  return result
}

/// flock(2), again after a signal.
func setFlock(_ fd: CInt, _ operation: CInt) -> CInt {
  var result: CInt
  repeat { result = flock(fd, operation) } while result < 0 && errno == EINTR
  return result
}

/// write(2) until all is written, again after a signal.
///
/// - Returns: `false` with errno where the system refused.
func writeDescriptor(_ fd: CInt, _ bytes: Bytes) -> Bool {
  bytes.withUnsafeBytes { bytes in
    var done = 0
    while done < bytes.count {
      let count = write(fd, bytes.baseAddress.map { $0 + done }, bytes.count - done)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }
}
