import RestrictionDSL

/// What the owner of the socket knows about a new connection.
public struct ConnectionFacts: Hashable, Sendable {
  public var clientAddress: IPAddress
  public var clientPort: UInt16
  public var serverAddress: IPAddress
  public var serverPort: UInt16
  /// Input before the greeting is not looked at: postscreen hand-over, TLS wrapper mode.
  public var skipsGreetingTest: Bool

  public init(
    clientAddress: IPAddress, clientPort: UInt16, serverAddress: IPAddress, serverPort: UInt16,
    skipsGreetingTest: Bool = false
  ) {
    self.clientAddress = clientAddress.unmapped
    self.clientPort = clientPort
    self.serverAddress = serverAddress.unmapped
    self.serverPort = serverPort
    self.skipsGreetingTest = skipsGreetingTest
  }
}
