/// What the configuration takes from the machine and the process.
public struct MachineFacts: Hashable, Sendable {
  /// An address of this machine and the network it is in.
  public struct Interface: Hashable, Sendable {
    public let address: IPAddress
    /// 0…32 or 0…128.
    public let prefixLength: Int

    public init(address: IPAddress, prefixLength: Int) {
      self.address = address
      self.prefixLength = prefixLength
    }
  }

  /// As gethostname(2) says.
  public var hostName: String
  /// In the order of getifaddrs(3).
  public var interfaces: [Interface]
  public var processName: String
  /// The name in front of the service in master.cf: `$service_name`.
  public var serviceName: String
  public var processID: Int
  /// Directory that main.cf came from.
  public var configDirectory: String

  public init(
    hostName: String, interfaces: [Interface], processName: String = "smtpd", processID: Int = 1,
    configDirectory: String = "/etc/postfix", serviceName: String = ""
  ) {
    self.hostName = hostName
    self.interfaces = interfaces
    self.processName = processName
    self.processID = processID
    self.configDirectory = configDirectory
    self.serviceName = serviceName
  }

  /// The version whose behaviour this server has.
  public static let mailVersion = "3.7.11"

  /// A machine with a loopback interface, for tests.
  public static let example = MachineFacts(
    hostName: "mail.example.com",
    interfaces: [
      Interface(address: .v4(0x7F00_0001), prefixLength: 8),
      Interface(address: .v6(0, 1), prefixLength: 128),
    ], serviceName: "smtp")
}
