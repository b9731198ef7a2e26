import Compiler
import RestrictionDSL

/// One flight of DNS: which questions may be started together.
extension Executor {
  /// The DNS questions that the rest of a command's program may ask, in list order.
  ///
  /// Call it when ``step(_:_:_:)`` has returned a DNS question, and start these as well; answers are
  /// consumed in list order all the same. Empty with smtpd_dns_prefetch=no.
  ///
  /// - Returns: each question once, without the one being asked and those answered already.
  public func questions(ahead run: PolicyRun, _ facts: Facts) -> [Question] {
    guard context.parameters.dnsPrefetch != .no, run.pc != Int.max else { return [] }
    return questions(from: run.pc, facts).filter { !run.book.holds($0) }
  }

  /// The DNS questions about the connection, for asking at connect.
  ///
  /// Empty unless smtpd_dns_prefetch=connect.
  public func questionsAtConnect(_ facts: Facts) -> [Question] {
    guard context.parameters.dnsPrefetch == .connect else { return [] }
    let entry: Entry = context.parameters.delaysReject ? .rcpt : .connect
    guard let start = bound.program.start(of: entry) else { return [] }
    return questions(from: start, facts)
  }

  private func questions(from start: Int, _ facts: Facts) -> [Question] {
    let evaluation = Evaluation(bound, context, facts, PolicyRun(entry: .rcpt, pc: start))
    var questions: [Question] = []
    var seen: Set<Question> = []
    var pc = start
    // Nodes are in topological order, so that a path cannot be longer than the program.
    for _ in 0..<bound.program.nodes.count {
      let node = bound.program.nodes[pc]
      let operation = bound.program.operations[Int(node.operation)]
      for question in evaluation.firstQuestions(operation) where seen.insert(question).inserted {
        questions.append(question)
      }
      switch operation {
      case .accept: return questions
      case .permit: pc = Int(node.onPermit)
      case .reject, .defer:
        guard node.flags.contains(.warn) else { return questions }
        pc = Int(node.next)
      case .enter(let stage): pc = Int(facts.name(of: stage) == nil ? node.onPermit : node.next)
      default: pc = Int(node.next)
      }
    }
    return questions
  }
}

extension Evaluation {
  /// What an operation asks first, as far as the facts are known.
  fileprivate func firstQuestions(_ operation: Operation) -> [Question] {
    func dns(_ name: Bytes, _ type: DNSType) -> [Question] {
      DomainName.isValidHostname(name.span) ? [.dns(name: name, type: type)] : []
    }
    switch operation {
    case .rejectDNSList(let subject, let argument), .permitDNSList(let subject, let argument):
      return listQuery(subject, DNSList(argument).domain).map { dns($0, .a) } ?? []
    case .rejectMapsRBL:
      return parameters.mapsRBLDomains.flatMap { domain in
        listQuery(.clientAddress, Bytes(domain)).map { dns($0, .a) } ?? []
      }
    case .rejectUnknownHelo:
      guard let helo = facts.helo, helo.first != 0x5B else { return [] }
      return dns(helo, .a)
    case .rejectUnknownDomain(let subject):
      guard let address = address(of: subject) else { return [] }
      let domain = Bytes(MailAddress.domain(of: address))
      return domain.isEmpty || domain.first == 0x5B ? [] : dns(asciiDomain(domain), .mx)
    case .serverAccess(let subject, let record, _):
      guard record != .a, let domain = serverDomain(subject), domain.first != 0x5B else {
        return []
      }
      return dns(asciiDomain(domain), record == .mx ? .mx : .ns)
    default: return []
    }
  }
}
