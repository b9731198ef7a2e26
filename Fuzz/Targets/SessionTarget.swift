import Glibc
import RestrictionDSL
import Runtime

/// The whole byte path from the socket's buffer to the queue file.
///
/// The first byte chooses a configuration, the second how the stream is cut, the third how it ends; the
/// rest is what the client sends. What must hold for all streams: the session comes to rest, a reply
/// is a line, a log line shows no control character, every `250 … queued as` has a whole queue file
/// and nothing else has one, and the same stream in other pieces has the same replies and files.
final class SessionTarget: FuzzTarget {
  private let benches: [FuzzBench]

  private static let configurations: [[String: String]] = [
    [:],
    [
      "strict_rfc821_envelopes": "yes", "smtputf8_enable": "no", "smtpd_helo_required": "yes",
      "message_size_limit": "600", "line_length_limit": "80", "smtpd_recipient_limit": "2",
      "smtpd_recipient_overshoot_limit": "1", "smtpd_hard_error_limit": "6",
      "smtpd_junk_command_limit": "2", "smtpd_soft_error_limit": "2",
      "smtpd_error_sleep_time": "1s",
      "notify_classes": "bounce, policy, protocol, resource, software, 2bounce, data",
    ],
    [
      "smtpd_forbid_bare_newline": "normalize", "smtpd_forbid_bare_newline_exclusions": "",
      "header_checks":
        "pcre:{ {/^Subject: r/ REJECT no}, {/^X-H:/ HOLD}, {/^X-P:/ PREPEND A: b}, "
        + "{/^X-D:/ DISCARD}, {/^X-R:/ REPLACE X-New: v}, {/^X-I:/ IGNORE}, {/^To:/ REDIRECT o@example.net} }",
      "body_checks": "pcre:{ {/^bad/ REJECT}, {/^gone/ IGNORE}, {/^warn/ WARN} }",
      "always_add_missing_headers": "yes",
      "canonical_maps": "inline:{ {bob@example.com=robert@example.org} }",
      "virtual_alias_maps": "inline:{ {alice@example.com=bob@example.com} }",
    ],
    [
      "smtpd_forbid_bare_newline": "reject", "smtpd_forbid_bare_newline_exclusions": "",
      "soft_bounce": "yes", "smtpd_reject_footer": "\\c. Call $client_address about $recipient",
      "smtpd_delay_open_until_valid_rcpt": "no", "resolve_null_domain": "yes",
      "always_bcc": "copy@example.com", "header_size_limit": "200",
      "mime_nesting_limit": "3", "strict_mime_encoding_domain": "yes", "strict_8bitmime": "yes",
    ],
    [
      "smtpd_authorized_xclient_hosts": "127.0.0.0/8",
      "smtpd_authorized_xforward_hosts": "127.0.0.0/8",
      "smtpd_authorized_verp_clients": "127.0.0.0/8", "smtpd_delay_reject": "no",
      "smtpd_command_filter": "pcre:{ {/^JUNK$/ NOOP}, {/^FROM (.*)/ MAIL FROM:$1} }",
      "smtpd_noop_commands": "foo", "disable_vrfy_command": "yes",
    ],
    [
      "smtpd_helo_restrictions":
        "reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname, reject_unknown_helo_hostname",
      "smtpd_sender_restrictions":
        "reject_non_fqdn_sender, reject_unknown_sender_domain, "
        + "check_sender_access inline:{ {h@example.net=HOLD}, {p@example.net=PREPEND X: y}, "
        + "{d@example.net=DISCARD}, {r@example.net=REDIRECT x@example.com} }",
      "smtpd_recipient_restrictions":
        "reject_unauth_destination, reject_multi_recipient_bounce, reject_unauth_pipelining, "
        + "reject_rbl_client bl.test, check_recipient_mx_access inline:{ {mx.example.net=450 later} }",
      "smtpd_data_restrictions": "reject_multi_recipient_bounce",
      "smtpd_end_of_data_restrictions":
        "check_sender_access inline:{ {e@example.net=REJECT at the end} }",
    ],
  ]

  init() throws {
    let root = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    benches = try SessionTarget.configurations.indices.map { number in
      let directory = "\(root)/smtpd-fuzz-\(getpid())-\(number)"
      return try FuzzBench(SessionTarget.configurations[number], in: directory)
    }
  }

  func run(_ input: Bytes) throws(FuzzFinding) {
    guard input.count > 3 else { return }
    let number = Int(input[0]) % benches.count
    let end = FuzzEnd(rawValue: input[2] % 3) ?? .closes
    let stream = input[3...]
    let whole = try FuzzPlay(benches[number], ends: end).run(stream) { stream.count }
    var state = input[1]
    let pieces = try FuzzPlay(benches[number], ends: end).run(stream) {
      state = state &* 141 &+ 17
      return state > 200 ? Int(state) * 16 : Int(state % 16) + 1
    }
    // What is waiting when a command is run depends on the pieces, and reject_unauth_pipelining with it.
    guard number != 5 else { return }
    if let difference = whole.difference(from: pieces) {
      throw FuzzFinding("in pieces it is another session: \(difference)")
    }
  }
}

/// How a session ends that has not ended by itself.
enum FuzzEnd: UInt8 { case closes, timesOut, isCancelled }
