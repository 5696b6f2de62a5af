/**
 * What is promised, law by law, and where it is tested: for each id one sentence, and in each file that cites it one test that
 * turns red when the law is broken. The ids: S1-S10 and F1-F12 are flaws that must be impossible, R1-R26 rules of correlation
 * on the wire, P1-P20 pains of users, U1-U13 what nobody else has. test/manifest.test.ts holds this list and the tests to each other.
 */

export interface Requirement {
  readonly id: string;
  readonly law: string;
  /** `any`: in process, whatever the transport; the others: through that front of the built command, and real processes. */
  readonly front: 'any' | 'stdio' | 'http' | 'websocket' | 'every';
  readonly era: 'legacy' | 'modern' | 'both';
  readonly test: { readonly file: string; readonly name: string };
}

/** By the names of the files: a test end to end is of one front, or says so. */
function frontOf(file: string): Requirement['front'] {
  const [, name] = /^e2e\/([^.]*)/.exec(file) ?? [];
  if (name === undefined) return 'any';
  if (name === 'fronts') return 'every';
  if (name.startsWith('http')) return 'http';
  return name.startsWith('websocket') ? 'websocket' : 'stdio';
}

/** @param tests the test that stands for the law in each file, by the file's path in test/. */
function rows(
  id: string,
  era: Requirement['era'],
  law: string,
  tests: Readonly<Record<string, string>>,
): readonly Requirement[] {
  return Object.entries(tests).map(([file, name]) => {
    const front = frontOf(file);
    return { id, law, front, era, test: { file: `test/${file}`, name } };
  });
}

export const manifest: readonly Requirement[] = [
  ...rows(
    'S1',
    'both',
    'Whatever ends a session, each of its requests gets exactly one outcome, and budgets, timers and links are returned.',
    {
      'adapters/fetch-handler.test.ts':
        'S1 a handler that closes answers what waits, ends its sessions, and opens none',
      'transports/http-faults.test.ts': 'S1 R19 each request has one outcome, told once, and nothing stays open',
      'scenarios/batches.test.ts': 'R14 S1 with answers that may not come so settles their requests all the same',
      'scenarios/drain.test.ts': 'P17 S1 refuses at once what was never sent, because its server is away',
      'scenarios/endings.test.ts': 'S1 S2 F5 F6 as $reason is $state and owns nothing',
      'scenarios/held-frames.test.ts': 'S1 P5 is lost with its server: the requester is told so at once, and once',
      'scenarios/malformed.test.ts': 'S1 S7 settles its request with 4130 when the answer was too large to keep',
      'scenarios/outcomes.test.ts': 'S1 P7 timeout: by 5040 with the deadline that passed',
      'scenarios/rollback.test.ts': 'S6 S1 over and over, deadlines, losses and the end of the session come to pass',
      'scenarios/several-sessions.test.ts': 'S1 one that ends settles its own requests and no others',
      'scenarios/trace.test.ts': 'S1 says how each request ended, once',
      'properties/ledger.test.ts':
        'S1 S7 F2 F5 is the sum over the sessions after every step, and empty after the last',
      'properties/model.test.ts': 'S1 S2 S3 does what the plain description says, and a lost server comes back',
      'properties/one-outcome.test.ts':
        'S1 S3 S6 S10 whatever order peers, operator, time and late interceptors come in',
      'properties/reentry.test.ts': 'S1 S3 S10 break no law',
      'races/races.test.ts': 'S1 S3 S6 S7 S10 P4 P13 break no law',
      'runtime/runtime.test.ts': 'S1 settles what it owned, returns its share, and takes nobody with it',
      'runtime/session-host.test.ts': 'S1 owes nobody anything: its requests end, its share and its timers go back',
      'runtime/supervisor-logic.test.ts': 'S1 leaves when it died of a defect, and the defect is told',
      'session/settle.test.ts': 'S1 the end of a session',
    },
  ),
  ...rows(
    'S2',
    'both',
    'One chart decides: a session is in one of its states, and its status is a function of state and reason.',
    {
      'scenarios/drain.test.ts': 'P17 S2 before its handshake is over lets it finish',
      'scenarios/endings.test.ts': 'S2 F6 is called active until it has ended, in whatever state',
      'scenarios/handshake.test.ts': 'S2 makes a session active when the server has answered it, and not before',
      'scenarios/held-frames.test.ts': 'S2 of the handshake makes the session active when it goes on',
      'machines/session.test.ts': 'S2 has these states, and outsiders see these tags in them',
      'properties/model.test.ts': 'S1 S2 S3 does what the plain description says, and a lost server comes back',
      'runtime/session-logic.test.ts':
        'S2 that breaks an invariant kills the session where invariants are checked, and nowhere else',
      'session/outcomes.test.ts': 'S2 is known for every leaf state of the chart',
    },
  ),
  ...rows('S3', 'both', 'Whatever two things meet over one request, it is taken once and has one outcome.', {
    'scenarios/held-frames.test.ts': 'S3 keeps its request waiting, and a second answer is one too many',
    'scenarios/outcomes.test.ts': 'S3 %s, then %s: the request has one outcome and one answer at most',
    'properties/model.test.ts': 'S1 S2 S3 does what the plain description says, and a lost server comes back',
    'properties/one-outcome.test.ts': 'S1 S3 S6 S10 whatever order peers, operator, time and late interceptors come in',
    'properties/reentry.test.ts': 'S1 S3 S10 break no law',
    'races/races.test.ts': 'S1 S3 S6 S7 S10 P4 P13 break no law',
    'session/settle.test.ts': 'S3 meets its answer in either order, and has one outcome',
    'session/unit-of-work.test.ts': 'S3 settles a request once: a second settlement in the same unit is a defect',
  }),
  ...rows(
    'S4',
    'both',
    'A frame that belongs to no session is refused or counted, never dropped silently and never guessed.',
    {
      'scenarios/drain.test.ts': 'S4 P17 that has stopped counts what comes too late',
      'scenarios/endings.test.ts': 'S4 takes nothing more, and says so in the counts and in the log',
      'runtime/supervisor-logic.test.ts':
        'S4 for a session that is not there, or is over, is unplaced, and whoever waits is named',
      'runtime/unplaced-log.test.ts':
        'S4 a frame that found no session is a warning that says which; the body stays out of it',
      'session/resolution.test.ts': 'S4 a session is found',
      'runtime/foreign.test.ts': 'P20 S4 a message of somebody else',
    },
  ),
  ...rows(
    'S5',
    'both',
    'A response is what its request was, whatever it looks like; differences between implementations are profiles.',
    {
      'scenarios/answers.test.ts': 'S5 R3 is what its request was, whatever it looks like',
      'scenarios/batches.test.ts': 'R14 S5 is taken or not as the profile says, whatever was negotiated',
      'scenarios/endings.test.ts': 'R21 S5 where a profile gives it a meaning, only a success ends the session',
      'scenarios/handshake.test.ts':
        'S5 is learned from the answer to initialize, not from a result that looks like one',
      'scenarios/outcomes.test.ts': 'S1 S5 result: by the frame of the server, to the letter',
      'scenarios/progress.test.ts': 'R12 S5 after the answer is passed on where the profile is lenient',
      'scenarios/tasks.test.ts': 'R22 S5 is one only where one was asked for',
      'session/learn.test.ts':
        'a result that mentions a protocol version is no handshake: a response is what its request was (S5)',
    },
  ),
  ...rows(
    'S6',
    'both',
    'An event happens as a whole or not at all: what throws leaves the session identical and alive, and the sender is told.',
    {
      'scenarios/interceptors.test.ts': 'S6 because it %s fails the frame and nothing else',
      'scenarios/rollback.test.ts': 'S6 over %s, nothing of it is left, and the session goes on',
      'scenarios/several-sessions.test.ts':
        'S6 one whose tag rule throws, or whose observer does, leaves the others in peace',
      'scenarios/trace.test.ts': 'S6 that throw harm nobody, and are not asked to leave',
      'properties/one-outcome.test.ts':
        'S1 S3 S6 S10 whatever order peers, operator, time and late interceptors come in',
      'properties/rollback.test.ts': 'S6 S10 tells the requester when it was the answer that threw, and lives on',
      'races/races.test.ts': 'S1 S3 S6 S7 S10 P4 P13 break no law',
      'runtime/alarm-clock.test.ts':
        'S6 means that an interceptor took too long, while nothing was decided; it is named',
      'runtime/interceptor-chain.test.ts':
        'S6 of a message that it made unspeakable in place is not forwarded: the original is',
      'runtime/runtime.test.ts': 'S6 that throw harm nobody: not the session, not each other',
      'runtime/misuse.test.ts': 'S6 what an embedder hands in and what throws',
      'runtime/guarded-log.test.ts': 'S6 a log that throws harms nobody',
      'runtime/session-host.test.ts': 'S6 settles its request when it was the answer that was rolled back',
      'runtime/session-logic.test.ts': 'S6 does not happen to our own work: a touchy rule delays no end',
      'runtime/transactional-memory.test.ts': 'S6 (%s) that fails while it is prepared leaves nothing behind',
      'runtime/transactional.test.ts': 'S6 what throws in %s leaves nothing behind, and the actor lives',
      'session/unit-of-work.test.ts': 'S6 leaves a session as it was, whatever the unit had staged',
    },
  ),
  ...rows(
    'S7',
    'both',
    'Everything has a limit, and who is refused is told which, with its numbers; the reserve stays for handshake, ping, shutdown.',
    {
      'adapters/wrap-transport.test.ts': 'S7 refuses what is above a limit',
      'transports/http-fetch-front.test.ts': 'S7 requests under way are bounded: one more is told when to come again',
      'adapters/fetch-handler.test.ts': 'S7 is refused when too many wait',
      'proxy/http.test.ts': 'S7 one more than there is room for is refused with 503',
      'runtime/settings.test.ts': 'S7 limits of a running process',
      'transports/http-post.test.ts': 'S7 because it is too large is told so, and its connection is let go',
      'proxy/websocket.test.ts': 'S7 one more than there is room for is told so by the close of its connection',
      'scenarios/eviction.test.ts':
        'S7 F1 never takes the place of a busy one: with pending requests or an open stream',
      'scenarios/held-frames.test.ts': 'S7 is pending: it counts against the limits, and its id is taken',
      'scenarios/limits.test.ts': 'S7 P16 of one session: 1000 by default, and the 1001st is told so',
      'scenarios/malformed.test.ts': 'S7 fills the log with twenty lines at most, and is counted beyond',
      'scenarios/outcomes.test.ts': 'S1 S7 refused: by 4290 with the limit in its way',
      'scenarios/tags.test.ts': 'S9 S7 saturated while more than 80 % of its limit wait',
      'scenarios/tasks.test.ts': 'R22 S7 is forgotten when there are too many: the oldest first',
      'properties/flood.test.ts': 'S7 P16 stays within every limit, and who is refused is told the limit that he met',
      'properties/ledger.test.ts':
        'S1 S7 F2 F5 is the sum over the sessions after every step, and empty after the last',
      'races/races.test.ts': 'S1 S3 S6 S7 S10 P4 P13 break no law',
      'runtime/registry.test.ts': 'S7 admits up to the limit, and of one principal up to its share',
      'runtime/runtime.test.ts': 'S7 F1 is refused with the limit that is full, when nobody can be parted with',
      'session/admission.test.ts': 'S7 at the limit',
    },
  ),
  ...rows('S8', 'both', 'Interceptors and people see the session under the same names, which cost nothing unread.', {
    'rules/condition.test.ts': 'S8 knows the names of the metadata, and no others',
    'scenarios/interceptor-counts.test.ts':
      'S8 a call that is held while an interceptor thinks is counted by what it thought',
    'scenarios/interceptors.test.ts': 'S8 is shown the message, its way, and the session around it',
    'scenarios/trace.test.ts':
      'S8 has a line for each event: what came, what was decided, what the session is like then',
    'runtime/interceptor-chain.test.ts': 'S8 costs nothing while it is not read: the bytes go on as they came',
    'session/metadata.test.ts': 'S8 the metadata of a session',
  }),
  ...rows(
    'S9',
    'both',
    'Every tag and every counter that is declared is set, at its threshold, and goes when it holds no longer.',
    {
      'scenarios/counts.test.ts': 'S9 no counter is declared that nothing counts',
      'scenarios/tags.test.ts':
        'S9 error-prone when five of the last twenty requests ended otherwise than with a result',
      'session/tags.test.ts': 'S9 a built-in tag',
    },
  ),
  ...rows(
    'S10',
    'both',
    'Effects leave after the commit; one that fails comes back and settles the request that it carried.',
    {
      'scenarios/rollback.test.ts': 'S10 settles the request that it carried, and the session goes on',
      'properties/one-outcome.test.ts':
        'S1 S3 S6 S10 whatever order peers, operator, time and late interceptors come in',
      'properties/reentry.test.ts': 'S1 S3 S10 break no law',
      'properties/rollback.test.ts': 'S6 S10 tells the requester when it was the answer that threw, and lives on',
      'races/races.test.ts': 'S1 S3 S6 S7 S10 P4 P13 break no law',
      'runtime/session-host.test.ts': 'S10 whose peer throws come back, at once or when they had to wait',
      'runtime/transactional.test.ts': 'S10 what effects set off comes after them, one at a time',
      'session/settle.test.ts': 'S10 an effect that did not reach its peer',
    },
  ),
  ...rows('F1', 'both', 'Making room never waits for anybody and never takes the place of a busy session.', {
    'scenarios/eviction.test.ts': 'S7 F1 takes the place of the one that has been quiet longest',
    'runtime/registry-crowd.test.ts':
      'F1 F3 whoever opens, leaves, works and rests, whom to part with is whom two plain lists name',
    'runtime/registry.test.ts': 'F1 never a busy one',
    'runtime/runtime.test.ts': 'S7 F1 is refused with the limit that is full, when nobody can be parted with',
  }),
  ...rows('F2', 'both', 'Numbers over all sessions are derived from the sessions and do not drift.', {
    'scenarios/counts.test.ts': 'F2 are the sum over the sessions, and do not change when one ends',
    'scenarios/malformed.test.ts':
      'F2 what is refused as no message is told to observers like any other refusal, as it is counted',
    'observe/metrics.test.ts': 'F2 of what is there now are what the runtime says at that moment',
    'properties/counts.test.ts': 'F2 count every frame of a session once, by its kind, its sender and its size',
    'properties/ledger.test.ts': 'S1 S7 F2 F5 is the sum over the sessions after every step, and empty after the last',
    'runtime/totals.test.ts': 'F2 keep what sessions had counted when they left, once',
  }),
  ...rows('F3', 'both', 'A session stands once in the queue of those that may be evicted.', {
    'scenarios/eviction.test.ts':
      'F3 however often a session was busy and quiet, it stands in the queue once, at its last place',
    'runtime/registry-crowd.test.ts':
      'F1 F3 whoever opens, leaves, works and rests, whom to part with is whom two plain lists name',
    'runtime/registry.test.ts': 'F3 holds each slot once, in the order in which they came last',
  }),
  ...rows('F4', 'both', 'Time that passes touches only what is due.', {
    'scenarios/eviction.test.ts': 'F4 is noticed by the sessions that are due and by no others',
  }),
  ...rows('F5', 'both', 'Nothing of a session is pending after its end, however it ended.', {
    'scenarios/endings.test.ts': 'S1 S2 F5 F6 as $reason is $state and owns nothing',
    'properties/ledger.test.ts': 'S1 S7 F2 F5 is the sum over the sessions after every step, and empty after the last',
  }),
  ...rows('F6', 'both', 'There is one state; what people are shown is computed from it.', {
    'scenarios/endings.test.ts': 'S2 F6 is called active until it has ended, in whatever state',
  }),
  ...rows('F7', 'both', 'Ids mean something within their session only.', {
    'scenarios/several-sessions.test.ts':
      'P4 F7 equal ids in two sessions are two requests: each answer reaches its own client',
    'session/resolution.test.ts':
      'F7 may use the same ids and tokens: theirs are no candidates, and do not make ours ambiguous',
  }),
  ...rows('F8', 'both', 'Ids keep their JSON type in tables and in every answer.', {
    'scenarios/answers.test.ts': 'R1 F8 keeps its JSON type: 1 and "1" are two requests, and each gets its own answer',
    'session/pending-table.test.ts': 'F8 tells the number 1 from the text "1"',
  }),
  ...rows('F10', 'both', 'A server that is gone is known to be gone.', {
    'runtime/runtime.test.ts': 'F10 is final: what comes later is counted and answered as long as somebody reads',
    'runtime/upstream-actor.test.ts': 'F10 believes nothing that a connection says after its end',
  }),
  ...rows('F11', 'both', 'Who writes to a peer that does not read is slowed down.', {
    'transports/http-session.test.ts':
      'F11 a server that does not keep up is not sent more: bodies of its clients are left unread',
    'scenarios/limits.test.ts': 'F11 S7 slows down who writes to it, and lets go when it has read half of what waits',
    'runtime/outbox.test.ts': 'F11 asks for a pause at its threshold, and for more when half of it is gone',
    'runtime/session-host.test.ts': 'F11 a peer that reads too slowly',
    'properties/pressure.test.ts': 'F11 P16 lose nothing, are refused nothing for want of room, and go on in the end',
  }),
  ...rows(
    'F12',
    'both',
    'A frame is never given to the only active session unless that was asked for, and never across principals.',
    {
      'session/resolution.test.ts': 'F12 the only active session',
    },
  ),
  ...rows('R1', 'both', 'Ids are strings or integers, and 1 is not "1".', {
    'scenarios/answers.test.ts': 'R1 F8 keeps its JSON type: 1 and "1" are two requests, and each gets its own answer',
    'scenarios/cancellation.test.ts': 'R1 R9 is the one of this id and type: "1" does not cancel 1',
    'scenarios/malformed.test.ts': 'R1 an answer under an id that MCP forbids answers nothing',
    'scenarios/progress.test.ts': 'R1 R12 tokens keep their type: progress for "1" is not progress for 1',
    'properties/isolation.test.ts':
      'P4 R1 R2 an answer reaches its own request only, whatever ids are in use elsewhere',
    'protocol/ids.test.ts': '1 and "1" are different ids (R1), and the session\'s numbers are their own keys',
    'e2e/traffic.test.ts': 'P4 R1 to 1 and "1" are two answers',
  }),
  ...rows('R2', 'both', 'Each direction has ids of its own.', {
    'scenarios/answers.test.ts': 'R2 lives in one direction: both peers count from 0 and nothing is mixed up',
    'scenarios/cancellation.test.ts': 'R2 R9 is one of the canceller’s own: a server cannot cancel what it was asked',
    'scenarios/progress.test.ts': 'R2 R12 of the client, for what the server asked, goes the other way',
    'properties/isolation.test.ts':
      'P4 R1 R2 an answer reaches its own request only, whatever ids are in use elsewhere',
  }),
  ...rows('R3', 'both', 'What a message is, its members say: method, id, result, error.', {
    'scenarios/answers.test.ts': 'R3 is told from a request by its members, in whatever order they come',
    'scenarios/malformed.test.ts': 'R3 is told to it when it is a question that cannot be read',
    'protocol/oversize.test.ts': 'a method makes a request of what else looks like a response (R3)',
    'protocol/read.test.ts': 'a method makes a request of what else looks like a response (R3)',
  }),
  ...rows('R4', 'both', 'An answer to a request that was never made is counted and goes no further.', {
    'scenarios/answers.test.ts': 'R4 to a request that was never made goes no further and harms nobody',
    'scenarios/malformed.test.ts': 'S1 R4 settles the request that it was meant to answer: %s',
    'scenarios/recovery.test.ts': 'P5 R4 answers nothing of its former life',
    'session/settle.test.ts': 'nobody waits for goes no further, and is counted by what it is (R4, R5)',
  }),
  ...rows('R5', 'both', 'The first answer counts; a second and a late one are told apart from a stranger.', {
    'scenarios/answers.test.ts': 'R5 that comes twice counts once, and the second is known for what it is',
    'scenarios/outcomes.test.ts': 'R5 what comes second is counted for what it is',
    'properties/one-outcome.test.ts': 'R5 the first answer counts, also while it is held',
    'session/forward.test.ts':
      'R5 that comes while the first answer is still held is a duplicate: the first one counts',
    'session/hold.test.ts': 'R5 that comes a second time while the first is held is a duplicate',
    'session/settle.test.ts': 'nobody waits for goes no further, and is counted by what it is (R4, R5)',
  }),
  ...rows('R6', 'both', 'An error that names no request is passed to the one reader of a connection.', {
    'transports/http-post.test.ts': 'R6 is told the error that came in its place, under its own id',
    'protocol/encode.test.ts': 'R6 the error of a response that names no request, under the id of its request',
    'scenarios/exchanges.test.ts': 'R6 without an id belongs to the request in whose response it came, with its status',
    'scenarios/answers.test.ts': 'R6 that is an error without id is passed on: on a connection there is one reader',
    'scenarios/held-frames.test.ts': 'S7 R6 an error without id is counted when it is dropped',
    'protocol/read.test.ts': 'an error may go without id or with null, a result may not (R6)',
    'session/settle.test.ts': 'R6 that names no request is passed on, unless interceptors stop it',
    'transports/shared-routing.test.ts': 'R6 an error without an id is for the one client that waits',
  }),
  ...rows('R7', 'both', 'A second request under an id that still waits is refused; the first is not harmed.', {
    'transports/http-inbound.test.ts': 'P4 R7 two clients and two requests of one client may all have the same id',
    'session/relation.test.ts': 'are its own on a connection, and its number in an exchange (R7)',
    'session/pending-table.test.ts': 'are found by the id that their client gave them, unless several have it (R7)',
    'scenarios/exchanges.test.ts': 'P4 R7 are answered each in its own, whatever the order',
    'scenarios/answers.test.ts':
      'R7 that still waits is taken: a second request under it is refused, the first is not harmed',
    'scenarios/batches.test.ts': 'R14 R7 with one id twice: the first is served, the second refused',
    'properties/sharing.test.ts':
      'P4 P5 P18 R7 R8 whoever shares a server hears of its own requests only, and of each of them once',
    'transports/shared-connection.test.ts': 'P4 R7 have equal ids, and each gets the answer to its own request',
  }),
  ...rows('R8', 'legacy', "A request under an id of ours carries none of the client's ids and tokens.", {
    'scenarios/exchanges.test.ts': 'R8 have progress of their own, under the token that each chose',
    'scenarios/recovery.test.ts': 'R8 P3 is told nothing in the client’s own names: neither ids nor progress tokens',
    'properties/rewrite.test.ts': 'R8 is the same message, but for the ids',
    'protocol/rewrite.test.ts': 'R8 has them in every member that names a request, and in no other',
    'properties/sharing.test.ts':
      'P4 P5 P18 R7 R8 whoever shares a server hears of its own requests only, and of each of them once',
    'transports/shared-connection.test.ts': 'P18 R8 have equal progress tokens, and each hears of its own progress',
  }),
  ...rows('R9', 'both', 'Either side gives up requests of its own, never initialize, and hears nothing more of them.', {
    'transports/http-real-servers.test.ts': 'R9 is told what is cancelled',
    'transports/sse-connector.test.ts': 'R9 is told of what is given up, unless it has not been asked yet',
    'transports/http-exchange.test.ts': 'R9 ends its POST, without an answer',
    'transports/http-link.test.ts': 'R9 is called off at the server, and its response is ended by us',
    'scenarios/exchanges.test.ts':
      'P10 R8 R9 reaches the server under the name that the request has there, and ends the exchange',
    'scenarios/batches.test.ts': 'R14 R9 can call off what the same batch asked for',
    'scenarios/cancellation.test.ts':
      'R9 that the server works on: the server is told, and its answer comes to nothing',
    'scenarios/outcomes.test.ts': 'S1 R9 cancelled: by nothing, and the client is told to stop',
    'protocol/methods.test.ts': 'any request may be cancelled but the handshake (R9)',
    'session/forward.test.ts': 'R9 a cancellation',
    'e2e/traffic.test.ts': 'R9 does not end a handshake',
  }),
  ...rows('R10', 'both', '0 and "" are ids like any other.', {
    'scenarios/answers.test.ts': 'R10 may be %j: an id is never tested for truth',
    'session/forward.test.ts': 'R10 of id 0 is a cancellation like any other',
  }),
  ...rows(
    'R11',
    'modern',
    'In the modern era a cancellation ends its request for good; a server may end a listen stream by one.',
    {
      'transports/http-session-streams.test.ts':
        'R17 R11 to the stream of a POST hears the rest of that stream alone, and its end',
      'transports/http-pipelines.test.ts':
        'R11 of the modern era are cancelled with their connection, though it was not their turn yet',
      'transports/http-exchange.test.ts': 'R11 of the legacy era cancels nothing',
      'transports/http-link.test.ts':
        'R11 in the modern era is given up by the end of its response, and nothing else is said',
      'scenarios/exchanges.test.ts':
        'R11 is what closing the exchange of a modern request means, and not of a legacy one',
      'scenarios/cancellation.test.ts':
        'R11 is a stream of subscriptions/listen: its server ends it by a cancellation, which the client has to see',
    },
  ),
  ...rows('R12', 'both', 'Progress keeps its request alive up to an absolute deadline, and ends with it.', {
    'scenarios/deadlines.test.ts': 'P7 R12 lives on with every progress, up to 3600 s in all',
    'scenarios/progress.test.ts': 'R12 under a token that is used again belongs to the request that has it now',
    'scenarios/tasks.test.ts': 'R22 R12 keeps its progress token until it is over',
    'session/forward.test.ts': 'R12 progress',
    'session/tasks.test.ts': 'keep their progress token until they are over (R12)',
    'e2e/traffic.test.ts': 'R12 are the end of their progress',
  }),
  ...rows('R13', 'both', 'Progress comes before the answer that it was sent before.', {
    'transports/http-real-servers.test.ts': 'R13 P9 shows progress and asks in the middle of a call',
    'transports/http-exchange.test.ts':
      'P18 R13 is a stream when something comes before it: progress, then the answer, then the end',
    'scenarios/progress.test.ts': 'R13 that is held keeps the answer of its request behind it, and no other answer',
    'properties/order.test.ts': 'R13 P18 and progress is neither lost nor late, as long as nobody blocks it',
    'session/queue.test.ts': 'R13 a response waits for the held progress of its own request, and of no other',
    'e2e/traffic.test.ts': 'P18 R13 follow their progress also when all of it comes in one chunk',
  }),
  ...rows(
    'R14',
    'legacy',
    'Batches are taken where the revision or the profile has them; each member lives for itself.',
    {
      'transports/http-inbound.test.ts': 'R14 a batch',
      'scenarios/batches.test.ts':
        'R14 is taken apart where the negotiated revision has batches: each member is a frame of its own',
      'protocol/classify.test.ts': 'batches belong to one revision (R14)',
      'protocol/read.test.ts': 'batches (R14)',
      'runtime/session-host.test.ts':
        'R14 are faults, one for each message, where batches are not: whoever waits is named',
    },
  ),
  ...rows('R19', 'both', 'A request whose server is gone is answered with an error at once.', {
    'proxy/http.test.ts':
      'R19 a server that lets its client go, and goes on later, lets ours go too; nothing is lost meanwhile',
    'transports/http-faults.test.ts': 'S1 R19 each request has one outcome, told once, and nothing stays open',
    'transports/sse-connector.test.ts': 'R19 that refuses a message is not waited for',
    'transports/http-post.test.ts':
      'R19 is gone on with after its last event, when the time has come that the server named',
    'scenarios/exchanges.test.ts': 'R19 fails its request at once when it ends without one',
    'scenarios/outcomes.test.ts': 'S1 P5 R19 upstream-lost: by 5020, at once',
  }),
  ...rows(
    'R21',
    'both',
    'The end of input ends the session in order; a method called shutdown means what the profile says.',
    {
      'transports/http-link.test.ts': 'R21 comes when the client has said all it wanted, after the last answer',
      'scenarios/endings.test.ts': 'R21 a server that leaves by itself may be started again, as the policy says',
    },
  ),
  ...rows('R22', 'legacy', 'A task keeps its progress token until it is over, and belongs to the side that holds it.', {
    'scenarios/tasks.test.ts': 'R22 of the client is not that of the server, though they may have one name',
    'protocol/bodies.test.ts': 'the id of a created task, in both eras (R22)',
    'session/learn.test.ts': 'R22 tasks',
  }),
  ...rows(
    'R24',
    'both',
    'Noise and frames beyond the limit are told, counted and survived; where the pipe cuts means nothing.',
    {
      'scenarios/malformed.test.ts': 'R24 is logged and goes no further when it is noise: servers print to stdout',
      'properties/chunking.test.ts': 'R24 means the same however the pipe cuts it',
      'properties/garbage.test.ts': 'R24 P13 hurt nobody',
      'runtime/session-logic.test.ts': 'R24 is a warning, with as much of it as can be told',
    },
  ),
  ...rows('R25', 'legacy', 'Nothing is refused for coming before initialized; it is counted.', {
    'scenarios/counts.test.ts': 'R25 a frame that its sender may not send in this revision is counted and passed on',
    'scenarios/handshake.test.ts':
      'R25 nothing is refused before it, what is early is counted, and pings are not early',
    'session/forward.test.ts': 'R25 before the handshake is counted, unless it is one of those that may come then',
  }),
  ...rows(
    'R26',
    'modern',
    'A listen stream has no deadline and a limit of its own; an open stream is no pending request.',
    {
      'scenarios/limits.test.ts': 'R26 an open stream to the client is no pending request',
    },
  ),
  ...rows('P1', 'both', 'No child outlives the proxy.', {
    'proxy/http.test.ts': 'P17 P1 finish what is under way when it drains, and no child is left',
    'proxy/backend.test.ts':
      'is started for each session, for the first before anybody asks; all are gone when it is stopped (P1)',
    'e2e/processes.test.ts': 'P1 a server ends by the end of its input when the proxy is killed',
    'e2e/containers.test.ts': 'P1 a server in a container is gone when we',
  }),
  ...rows('P2', 'both', 'A session that nobody uses leaves at its limit, and nothing of it stays.', {
    'transports/http-session.test.ts': 'P2 a crowd of abandoned sessions is reaped, and nothing of it stays',
    'transports/http-session-streams.test.ts': 'P2 without one the session is reaped, and nobody finds it any more',
    'e2e/http-sessions.test.ts': 'P2 clients that are never seen again leave nothing behind',
    'runtime/runtime.test.ts': 'P2 P14 a stream that is open keeps a session for its day, and no longer',
  }),
  ...rows(
    'P3',
    'legacy',
    "A server that comes back is told what was agreed, and the client's session goes on; another server is refused.",
    {
      'e2e/http-sessions.test.ts': 'P3 has forgotten its sessions, and clients go on: %s',
      'transports/http-real-servers.test.ts': 'P3 P5 that is killed and started again serves the same client',
      'transports/sse-connector.test.ts':
        'P3 shows in a message that it does not know any more, too, and that is sent again',
      'transports/http-server-stream.test.ts': 'P3 may be that it has forgotten the session',
      'transports/http-link.test.ts':
        'P3 which it says with %s, is begun anew, and everything it refused is sent again',
      'e2e/websocket.test.ts': 'P3 P5 that goes away (%s) is dialled again, and the client goes on',
      'scenarios/exchanges.test.ts': 'P3 is asked again, and the client never knows',
      'scenarios/recovery.test.ts':
        'P3 is told the handshake again, under an id of our own, and the client notices nothing',
      'e2e/processes.test.ts': 'P3 P8 is started again: the handshake is repeated and the same client goes on',
      'transports/shared-connector.test.ts': 'P3 P5 when a shared server is lost',
      'transports/shared-processes.test.ts': 'P3 P5 are told of its death at once, and come back with one new one',
    },
  ),
  ...rows('P4', 'both', 'An answer reaches its own request only, whatever ids anybody uses.', {
    'adapters/wrap-transport.test.ts': 'P4 answers a second request under an id that waits, in its own name',
    'e2e/http-sessions.test.ts': 'P4 have answers of their own where all of them share a server',
    'proxy/gateway.test.ts': 'gets answers of their own over a shared server, also with equal ids (P4)',
    'proxy/http.test.ts': 'F9 P4 that shake hands have a session and a server each, also with the same ids',
    'transports/http-inbound.test.ts': 'P4 R7 two clients and two requests of one client may all have the same id',
    'proxy/websocket.test.ts': 'F9 P4 have a session and a server each, also with the same ids',
    'e2e/websocket.test.ts': 'P4 has its own server and its own answers, though another uses the same ids',
    'scenarios/exchanges.test.ts': 'P4 R7 are answered each in its own, whatever the order',
    'scenarios/answers.test.ts':
      'P4 that is used again before the server has answered what was cancelled goes on under another',
    'scenarios/recovery.test.ts':
      'P4 P9 gets no answer to a question of its former life, though it counts from the beginning',
    'scenarios/several-sessions.test.ts':
      'P4 F7 equal ids in two sessions are two requests: each answer reaches its own client',
    'properties/isolation.test.ts':
      'P4 R1 R2 an answer reaches its own request only, whatever ids are in use elsewhere',
    'races/races.test.ts': 'S1 S3 S6 S7 S10 P4 P13 break no law',
    'e2e/traffic.test.ts': 'P4 to an id that still waits are refused to the second request, and the first is answered',
    'properties/sharing.test.ts':
      'P4 P5 P18 R7 R8 whoever shares a server hears of its own requests only, and of each of them once',
    'transports/shared-connection.test.ts': 'P4 R7 have equal ids, and each gets the answer to its own request',
    'transports/shared-processes.test.ts': 'P4 P9 P10 P18 clients of a scripted server',
  }),
  ...rows('P5', 'both', 'When the server dies, everything it was asked is settled at once with a typed error.', {
    'adapters/fetch-handler.test.ts': 'P5 whose server dies is answered at once',
    'adapters/wrap-transport.test.ts': 'P5 tells a request that its server closed, and why',
    'adapters/sdk-wires.test.ts': 'with a session before it is called, and P5 its death is told',
    'adapters/sdk-server.test.ts':
      'P5 that closes is lost to what it worked on, and another is made for what comes then',
    'proxy/websocket.test.ts': 'P5 whose server dies for good are told by 1011 that it was no end in order',
    'e2e/http.test.ts': 'P5 calls of a server that dies are answered at once, with what became of it',
    'transports/http-real-servers.test.ts': 'P3 P5 that is killed and started again serves the same client',
    'transports/sse-connector.test.ts': 'P5 settles what it was asked, and P3 the session is begun anew on another',
    'transports/http-post.test.ts': 'R19 P5 because of %s, is told so at once, and the session goes on',
    'transports/http-link.test.ts': 'P5 tells those whose answers it owes at once that there will be none',
    'proxy/health.test.ts': 'P5 says that it is up, and whether it should be sent traffic',
    'proxy/backend.test.ts': 'one that cannot be reached, or fell over, is a problem; one that answers is well (P5)',
    'e2e/websocket.test.ts': 'P5 is told at once that its server died',
    'scenarios/held-frames.test.ts': 'S1 P5 is lost with its server: the requester is told so at once, and once',
    'scenarios/outcomes.test.ts': 'S1 P5 R19 upstream-lost: by 5020, at once',
    'scenarios/recovery.test.ts': 'P5 R4 answers nothing of its former life',
    'e2e/processes.test.ts': 'P5 settles all of them at once, with its exit code and last words',
    'properties/sharing.test.ts':
      'P4 P5 P18 R7 R8 whoever shares a server hears of its own requests only, and of each of them once',
    'transports/shared-connector.test.ts': 'P3 P5 when a shared server is lost',
    'transports/shared-processes.test.ts': 'P3 P5 are told of its death at once, and come back with one new one',
  }),
  ...rows(
    'P7',
    'both',
    'Idle deadlines move with progress, stand still while the client is asked, and an absolute one caps them.',
    {
      'transports/http-link.test.ts': 'R9 P7 because its time is over, too',
      'scenarios/deadlines.test.ts':
        'P7 that waits in us for an upstream has its deadline too, and nobody is called off',
      'scenarios/handshake.test.ts':
        'P7 that is not answered within a minute fails the session, and the client is told',
      'scenarios/held-frames.test.ts': 'S1 P7 may run into its deadline, and then no verdict matters',
      'scenarios/outcomes.test.ts': 'S1 P7 timeout: by 5040 with the deadline that passed',
      'runtime/alarm-clock.test.ts': 'P7 does not move the absolute deadline, whatever signs of life there are',
      'session/settle.test.ts': 'P7 is not due as long as its progress goes on, until its absolute deadline',
      'session/unit-of-work.test.ts':
        'P7 a request that arrives while its client is being asked is looked at after its idle time, not at its last hour',
      'e2e/traffic.test.ts': 'P7 end what shows progress for ever',
    },
  ),
  ...rows('P8', 'both', 'A server is started again within its intensity, after growing pauses, and then no more.', {
    'transports/http-link.test.ts':
      'P3 P8 after it had been, is waited for: what was not sent is sent when it is back, in its order',
    'scenarios/recovery.test.ts': 'P8 three times within a minute, each pause twice as long, and then no more',
    'scenarios/trace.test.ts': 'P8 tells of the upstream as well',
    'machines/upstream.test.ts': 'P8 losses that lie further apart than the window do not add up',
    'runtime/upstream-actor.test.ts': 'P8 is connected again after a loss, and its session has the new link',
    'e2e/processes.test.ts': 'P8 is not started again when that is not wanted',
  }),
  ...rows('P9', 'both', 'What a server asks reaches the client that caused it, and the answer returns.', {
    'adapters/wrap-transport.test.ts': 'P9 carries what the server asks its client, and the answer',
    'e2e/fronts.test.ts': 'P9 P18 says the same to a client %s',
    'e2e/http-sessions.test.ts': 'P4 P13 P9 each have a session, a server and answers of their own',
    'e2e/websocket-command.test.ts': 'P18 P9 of the handshake hears progress before the answer, and is asked and asks',
    'transports/http-link.test.ts':
      'P9 opens the stream of the server before the first call: what the call makes it say there is heard',
    'transports/http-real-servers.test.ts': 'R13 P9 shows progress and asks in the middle of a call',
    'transports/http-session-streams.test.ts': 'P9 what the server asks without a request of the client',
    'transports/http-exchange.test.ts':
      'P9 carries what the server asks its client, whose answer goes back in a POST of its own',
    'scenarios/exchanges.test.ts': 'P9 R18 a question goes where its one cause is, and its answer comes back',
    'scenarios/outcomes.test.ts': 'S1 P9 result and error: by the frame of the client',
    'scenarios/recovery.test.ts': 'P9 may speak while it is told the handshake',
    'scenarios/several-sessions.test.ts':
      'P9 what a server asks reaches the client that caused it, and the answer returns',
    'e2e/traffic.test.ts': 'P9 P7 keeps the call that caused it from being idle, while a person thinks',
    'transports/shared-processes.test.ts': 'P4 P9 P10 P18 clients of a scripted server',
    'transports/shared-routing.test.ts':
      'P9 goes to the one client that waits for it, and the answer goes back as it was given',
  }),
  ...rows(
    'P10',
    'both',
    'A cancellation overtakes what is queued, takes back what has not left, and silences what comes late.',
    {
      'adapters/wrap-transport.test.ts': 'P10 carries a cancellation, and the request is settled',
      'e2e/http-sessions.test.ts': 'P10 a call that its client gives up is given up at the server',
      'transports/http-link.test.ts': 'P10 before it has left, is never sent',
      'scenarios/exchanges.test.ts': 'P10 a cancellation that could mean either goes no further, and is counted',
      'scenarios/cancellation.test.ts': 'P10 passes what is held in front of it',
      'scenarios/answers.test.ts': 'P10 of a request that went on under another is called so when it is cancelled',
      'scenarios/recovery.test.ts': 'P10 gives up a question by the id that the client knows',
      'scenarios/held-frames.test.ts': 'P10 pings, cancellations and answers pass',
      'scenarios/limits.test.ts': 'P10 S7 is spared a request that was cancelled before it was read',
      'runtime/outbox.test.ts': 'P10 takes back a request that has not left, and only that',
      'runtime/session-host.test.ts':
        'P10 cancel a request by taking it back, or by saying so ahead of everything that waits',
      'e2e/traffic.test.ts': 'P10 reaches the server by its id, and the answer that comes all the same reaches nobody',
      'transports/shared-connection.test.ts':
        'P10 R8 call off their own requests, under the name that these have at the server',
      'transports/shared-processes.test.ts': 'P4 P9 P10 P18 clients of a scripted server',
    },
  ),
  ...rows('P13', 'both', 'Clients that come, go and come again have each their own session and disturb nobody.', {
    'e2e/http-sessions.test.ts': 'P4 P13 P9 each have a session, a server and answers of their own',
    'proxy/websocket.test.ts': 'P13 that leave take their session with them',
    'e2e/websocket.test.ts': 'P13 that breaks off leaves neither its requests nor its server behind',
    'races/races.test.ts': 'S1 S3 S6 S7 S10 P4 P13 break no law',
    'properties/garbage.test.ts': 'R24 P13 hurt nobody',
    'transports/websocket-front.test.ts': 'P13 a hundred clients that come and go, in every way, leave nothing behind',
    'transports/shared-connector.test.ts':
      'P13 a hundred clients connect, are served, leave and come again: each has its own session, and none is left',
    'transports/shared-processes.test.ts': 'P13 come and go by the hundred',
  }),
  ...rows('P14', 'both', 'An open stream keeps its session, and a missed ping kills nothing.', {
    'adapters/fetch-handler.test.ts': 'P14 says a comment when nothing else is said for a while',
    'transports/http-session-streams.test.ts': 'P14 says a comment when nothing else is said for a while',
    'transports/http-event-stream.test.ts':
      'P14 says a comment when it was silent from one look to the next, and no sooner',
    'transports/websocket-link.test.ts': 'P14 a connection on which nobody speaks',
    'runtime/runtime.test.ts': 'P2 P14 a stream that is open keeps a session for its day, and no longer',
  }),
  ...rows(
    'P15',
    'both',
    'One renewal of a token is in flight for each server and client, in all processes of a user.',
    {
      'auth/token-keeper.test.ts': 'P15 that another has renewed meanwhile is taken from it',
      'e2e/remote-login.test.ts':
        'P15 from two processes at once: one renewal reaches the issuer, and both go on with what it brought',
    },
  ),
  ...rows('P16', 'both', 'Floods and peers that do not read cost bounded memory and are refused in typed words.', {
    'transports/http-fetch-response.test.ts': 'P16 knows how much is not taken, and when it was',
    'adapters/wrap-transport.test.ts': 'P16 holds its sender back while the far end does not read, and lets it go on',
    'adapters/node-listener.test.ts': 'P16 is read no faster than its client takes it',
    'adapters/fetch-handler.test.ts': 'P16 whose reader is slow slows its server down, and goes on when it reads',
    'transports/http-replay.test.ts':
      'P16 the rings of a process keep a bounded number of bytes together, and give back what they kept',
    'transports/http-intake.test.ts':
      'P16 are not read while the server does not keep up, and wait within a bound when they were',
    'transports/http-event-stream.test.ts': 'P16 that has ended and is not read counts until its client is gone',
    'e2e/http.test.ts': 'P16 a client that does not read its answer holds up its own server, and costs little',
    'transports/http-link.test.ts': 'P16 from a client that does not read holds up the server',
    'transports/http-session.test.ts': 'P16 a client that does not read',
    'transports/http-outflow.test.ts': 'P16 is given up with a client that takes nothing for a while',
    'e2e/websocket.test.ts': 'P16 that does not read is not written to any further, and then finds everything in order',
    'properties/pressure.test.ts': 'F11 P16 lose nothing, are refused nothing for want of room, and go on in the end',
    'scenarios/limits.test.ts':
      'P16 a flood of requests that are never answered is refused in the limit’s own words, each of them',
    'properties/flood.test.ts': 'S7 P16 stays within every limit, and who is refused is told the limit that he met',
    'runtime/outbox.test.ts': 'P16 what was asked and taken back again and again does not pile up',
    'runtime/session-logic.test.ts': 'P16 of a peer that says nothing else does not fill the log',
    'runtime/unplaced-log.test.ts': 'P16 peers that go on talking do not fill the log',
    'runtime/transactional.test.ts':
      'P16 event types that nobody knows leave nothing behind, as they would in XState alone',
    'e2e/memory.test.ts': 'P16 a server that does not read is not written to any further, and neither are we',
    'transports/shared-connector.test.ts':
      'P16 holds up nobody else until too much waits for it; then the server is not read, for a while',
  }),
  ...rows(
    'P17',
    'both',
    'A drain refuses what is new, finishes what is in flight, and settles the rest at the deadline.',
    {
      'adapters/fetch-handler.test.ts': 'P17 a handler that drains opens no session, and those that are open go on',
      'e2e/http-sessions.test.ts': 'P17 calls under way are finished before the proxy stops, and new ones are refused',
      'e2e/http.test.ts': 'P17 a stop lets what is under way end, and leaves no server behind',
      'proxy/gateway.test.ts': 'P17 of a gateway that ends is bad, and what is under way is finished',
      'proxy/http.test.ts': 'P17 P1 finish what is under way when it drains, and no child is left',
      'transports/http-front.test.ts': 'P17 new sessions are refused by the runtime: 503, and when to come back',
      'proxy/websocket.test.ts': 'P17 finish what is under way when it drains, and no others come in',
      'scenarios/drain.test.ts':
        'P17 takes no new sessions and no new requests, and is done when the last one is answered',
      'runtime/runtime.test.ts': 'P17 a drain refuses new sessions and new requests, and waits for what is under way',
      'runtime/supervisor-logic.test.ts': 'P17 ends with its last session when it drains, and not before',
      'e2e/processes.test.ts': 'P17 settles with an error what is not done at the deadline, and ends well',
    },
  ),
  ...rows('P18', 'both', 'Notifications reach exactly their session, in order.', {
    'transports/http-session-streams.test.ts':
      'P18 carries what belongs to no request, in order, each with an id of its own',
    'e2e/fronts.test.ts': 'P9 P18 says the same to a client %s',
    'e2e/http-sessions.test.ts': 'P18 reaches the client that it is meant for: %s',
    'e2e/websocket-command.test.ts':
      'P18 of 2026-07-28 discovers, answers what a result asks for, and hears what it listens to',
    'transports/http-exchange.test.ts':
      'P18 R13 is a stream when something comes before it: progress, then the answer, then the end',
    'transports/http-server-stream.test.ts': 'P18 reaches the client, also after its stream broke',
    'scenarios/exchanges.test.ts': 'P18 R8 a stream that is listened to carries the name that its listener gave it',
    'scenarios/held-frames.test.ts': 'P18 whoever is decided first goes on when its turn comes',
    'scenarios/progress.test.ts': 'R13 P18 keeps its place when the client reads slowly',
    'scenarios/recovery.test.ts': 'P3 P18 is given what waited for it, in order, after what it had to be told first',
    'scenarios/several-sessions.test.ts':
      'P18 notifications reach the client of their own server, in order, and nobody else',
    'properties/isolation.test.ts': 'P18 a notification reaches the other peer of its session, once, and nobody else',
    'properties/order.test.ts': 'R13 P18 and progress is neither lost nor late, as long as nobody blocks it',
    'e2e/traffic.test.ts': 'P18 R13 follow their progress also when all of it comes in one chunk',
    'properties/sharing.test.ts':
      'P4 P5 P18 R7 R8 whoever shares a server hears of its own requests only, and of each of them once',
    'transports/shared-connection.test.ts': 'P18 R8 have equal progress tokens, and each hears of its own progress',
    'transports/shared-processes.test.ts': 'P4 P9 P10 P18 clients of a scripted server',
    'transports/shared-routing.test.ts':
      'P9 P18 is refused when no client waits, or more than one: it is not to be guessed',
  }),
  ...rows('P19', 'both', 'Each decision about a session can be read from its trace.', {
    'browser/session-view.test.ts':
      'P19 shows what the server asks inside the call that made it ask, with its deadline',
    'runtime/session-logic.test.ts': 'P19 is traced with what was decided, where traces are wanted',
    'observe/spans.test.ts': 'P19 is a span as server, in it one as client, and goes on under the second',
    'properties/feed.test.ts': 'U1 P19 added up give the state of a session and what waits in it, after each of them',
    'compat/inspectors.test.ts': 'P19 receives the chart, follows a session live, and hears of its end',
  }),
  ...rows('P20', 'both', 'Host and Origin are checked by default, and a front for others says whom it answers to.', {
    'adapters/fetch-handler.test.ts': 'P20 lets nobody into the session of somebody else',
    'transports/http-session-table.test.ts': 'P20 are found by their id, by who opened them',
    'runtime/foreign.test.ts': 'P20 S4 a message of somebody else',
    'properties/principals.test.ts':
      'P20 two principals with the same ids at one shared server hear nothing of each other',
    'admin/hub.test.ts': 'P20 a page of somebody else is refused, also with the token',
    'proxy/guard.test.ts': 'P20 knows no session of one principal when another names it',
    'proxy/http.test.ts': 'P20 of a foreign host or page are not let in',
    'proxy/gateway.test.ts': 'P20 a session of one route is nobody on another',
    'transports/http-entrance.test.ts': 'P20 keeps out a request with %j, once and again',
    'transports/http-inbound.test.ts': 'P20 of somebody else finds no session',
    'proxy/websocket.test.ts': 'P20 of a foreign page are not let in',
    'cli/listen-flags.test.ts': 'another address than loopback wants the names that clients use (P20)',
    'e2e/websocket.test.ts': 'P20 that is sent by a page of somebody else is not let in',
    'transports/door.test.ts': 'P20 a door on loopback',
  }),
  ...rows(
    'R18',
    'both',
    'What a server says through a pipe belongs to the one request that can have caused it, or to nobody in particular.',
    {
      'session/relation.test.ts': 'from a pipe belongs to the one request that waits, if it reports or asks (R18)',
      'scenarios/exchanges.test.ts': 'P9 R18 a question goes where its one cause is, and its answer comes back',
    },
  ),
  ...rows(
    'R17',
    'legacy',
    'A message goes on exactly one stream: answers and what belongs to a request on its own, the rest on the one for the session.',
    {
      'adapters/fetch-handler.test.ts': 'R17 hears what belongs to no request, once, and is gone with its reader',
      'transports/http-session-streams.test.ts': 'R17 is one: a second one is refused with 409',
      'transports/http-replay.test.ts': 'R17 comes back stream by stream, from a place on',
      'session/relation.test.ts': 'belongs to the exchange of the request in whose answer it comes (R17)',
    },
  ),
  ...rows('F9', 'both', 'Clients of one front do not share a tunnel: each has a session of its own.', {
    'proxy/http.test.ts': 'F9 P4 that shake hands have a session and a server each, also with the same ids',
    'proxy/websocket.test.ts': 'F9 P4 have a session and a server each, also with the same ids',
  }),
  ...rows('R16', 'legacy', 'Who names a session that is gone is told so with 404, and may begin anew.', {
    'transports/http-session-loss.test.ts': 'R15 R16 says that the session is lost: %i %s %j, as %s',
    'transports/http-inbound.test.ts': 'R16 begins again for a client that still names a session that is gone',
  }),
  ...rows('R15', 'both', 'Every request that a front cannot serve gets the HTTP status that says why.', {
    'adapters/fetch-handler.test.ts': 'R15 %s',
    'transports/http-eras.test.ts':
      'R15 %j is modern: %s, understands priming: %s, may be named in a legacy session: %s',
    'transports/http-refusals.test.ts': 'R15 a request is refused %s',
    'transports/http-session-loss.test.ts': 'R15 R16 says that the session is lost: %i %s %j, as %s',
    'transports/http-inbound.test.ts': 'R15 with the headers %j is answered with %i',
  }),
  ...rows(
    'R20',
    'legacy',
    'A client may end its session; what it had under way is answered, and its id is nobody’s from then on.',
    {
      'transports/http-real-servers.test.ts': 'R20 is talked to, and left without a session',
      'transports/http-link.test.ts': 'R20 is told to the server, after what the client had said last',
      'transports/http-endpoint.test.ts': 'R20 answers what is in flight with an error',
    },
  ),
  ...rows('P11', 'both', 'Sessions that share a server use one process and one connection.', {
    'e2e/http-sessions.test.ts': 'P11 P4 P18 hear what is theirs where a process is shared on purpose',
    'proxy/http.test.ts': 'P11 P4 sessions that share a server have one process together, and answers of their own',
    'transports/shared-connection.test.ts':
      'P11 is made once: who comes later gets what the server had said, and who comes meanwhile waits for it',
    'transports/shared-connector.test.ts':
      'P11 P12 is started for the first session, ready for all at once, and ended with the last',
    'transports/shared-processes.test.ts': 'P11 %s',
  }),
  ...rows('P12', 'both', 'A shared server is used when it is ready, and not before.', {
    'transports/shared-connector.test.ts':
      'P11 P12 is started for the first session, ready for all at once, and ended with the last',
  }),
  ...rows('R23', 'modern', 'An answer that asks for input is an answer.', {
    'scenarios/exchanges.test.ts':
      'R23 an answer that asks for input is an answer; its state goes back as it came, under another id',
  }),
  ...rows('U1', 'both', 'What is told of a session while somebody watches is what the session is, after each event.', {
    'properties/feed.test.ts': 'U1 P19 added up give the state of a session and what waits in it, after each of them',
    'observe/traced-event-problem.test.ts': 'U1 what is wrong with an event',
  }),
  ...rows(
    'U3',
    'both',
    'What a request waits for can be asked, of its session and of itself, and is told in sentences.',
    {
      'observe/explain.test.ts': 'U3 why a session is as it is',
    },
  ),
  ...rows('U5', 'both', 'A message is held where a person says so, and goes on as that person decides.', {
    'e2e/breakpoints.test.ts':
      'U5 a call is held, looked at, changed and let go; then its server is killed, and comes back',
    'browser/inspector-page.test.ts': 'U5 holds a call at a breakpoint, edits it and lets it go, and blocks the next',
  }),
  ...rows('U4', 'both', 'A session that is made again from its tape is, after each event, what it was.', {
    'e2e/tapes.test.ts': 'U4 is on its tape from the first word to the last, and the chart comes to the same',
    'e2e/tape-replay.test.ts': 'U4 of %s with %s is played again from its tape, to both sides',
    'record/rebuild.test.ts': 'U4 is what it was at each line',
    'browser/tape-view.test.ts': 'U4 is gone through forwards and backwards, with its state and what waited',
  }),
  ...rows('U8', 'legacy', 'A server that comes back is told what the session had agreed on with the one before.', {
    'session/recovery.test.ts': 'U8 a recovery',
  }),
  ...rows(
    'U9',
    'both',
    'Of all sessions together it is shown which ways they went, how often, and how long they stayed.',
    {
      'inspector/page/overview/aggregate.test.ts':
        'U9 sessions and edges of all processes are added up, and the longest stays are told',
    },
  ),
  ...rows('U10', 'both', 'Plays find what breaks a law of sessions, shorten it, and accuse nobody else.', {
    'testing/mutants/mutants.test.ts': 'U10 a proxy with one flaw',
    'testing/laws/laws.test.ts': 'U10 a proxy that keeps every law',
    'testing/own-runtime.test.ts': 'U10 our own runtime',
  }),
  ...rows(
    'U11',
    'both',
    'What a rule file would do is counted on live frames and on tapes, and nothing of it is done.',
    {
      'admin/dry-run-operations.test.ts':
        'U11 rules are tried out on live frames, by rule and by session, and do nothing',
      'cli/run-dry-run.test.ts': 'U11 are tried out in a process without rules, and do nothing',
      'cli/run-rules-test.test.ts': 'U11 are asked about each message with its session as it was then',
    },
  ),
  ...rows('U13', 'both', 'What a process holds that its sessions do not account for is found, and nothing else is.', {
    'cli/doctor-leaks.test.ts': 'U13 a child that a plugin leaves behind in a real process is found',
    'cli/process-look.test.ts': 'U13 the audit of a process',
    'runtime/audit.test.ts': 'U13 a leak',
  }),
];
