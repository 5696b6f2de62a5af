/**
 * What the words and the sentences in `error.data` mean, and what to do about each. That none is missing which the code says is
 * compared in test/docs/error-texts.test.ts.
 */

import type { FailureCode } from '../../src/cluster/send-result.ts';
import type { ErrorCode } from '../../src/errors.ts';
import type { FailureCause, LossReason } from '../../src/session/events.ts';

/** Words of one member, each with what happened and what to do. */
type Words<Name extends string> = Readonly<Record<Name, readonly [happened: string, todo: string]>>;

const losses: Words<LossReason> = {
  exited: ["The server's process ended.", 'Read `lastStderr` and the exit code or signal: they say why.'],
  closed: [
    'The server closed its output, or its connection, and may still run.',
    'Find out why it did: nothing that it says after that is heard.',
  ],
  'spawn-failed': [
    'The command could not be started.',
    'Try the command in a shell: it is not found, or may not be executed.',
  ],
  unreachable: [
    'Nobody answers at the URL of the server.',
    'Ask the URL with `curl` from this machine; `detail` says more.',
  ],
  'connection-lost': [
    'The connection to the server broke while it was used.',
    'Send it again, where that does no harm.',
  ],
  'session-lost': [
    'The server does not know its session any more, and the request may have run there.',
    'Send it again, where that does no harm: the session is begun anew.',
  ],
};

const unanswered: Words<Extract<FailureCause, 'unsent' | 'unanswered'>> = {
  unsent: [
    'The message did not get to the server.',
    'Send it again; `detail` and `httpStatus` say what came in between.',
  ],
  unanswered: [
    'The server took the message, and what it answered is none.',
    '`detail` and `httpStatus` say what came; 401 and 403 are about who asks.',
  ],
};

const ends = {
  'upstream-lost': ['The session ended with its server, which is not started again.', 'Initialize again.'],
  'upstream-exhausted': [
    'The server went away more often than it is started again.',
    'Mend the server: its stderr says why. Then initialize again.',
  ],
  'upstream-changed': [
    'The server came back as another one: with other capabilities, or another revision.',
    'Initialize again, and take it as it is now.',
  ],
  'recovery-deadline': [
    'The server did not come back in time.',
    'Find out why it takes so long. Then initialize again.',
  ],
} as const satisfies Words<string>;

const again = 'Send it again where that does no harm; `executed` says whether it may have run.';

/** What is told as another error stands with that one. */
const lostOwners: Words<Exclude<FailureCode, 'DRAINING' | 'BUSY' | 'KEY_UNKNOWN' | 'FRAME_TOO_LARGE'>> = {
  NODE_FENCED: ['The node that was asked may not serve sessions.', again],
  DEADLINE: ['Nobody waits for it any longer.', again],
  CANCELLED: ['Whoever asked has given it up.', 'Nothing.'],
  ENGINE_UNAVAILABLE: ['The node of the session, or what the nodes meet at, cannot be reached.', again],
  WRONG_OWNER: ['The session moved again and again.', again],
  OWNER_LOST: ['The node of the session is gone.', 'Initialize again.'],
  OWNER_SILENT: ['The node of the session did not say that the request came.', again],
  REQUEST_LOST: ['The node of the session does not know of the request any more.', again],
  CLAIM_LOST: ['The node that was asked found that the session is not its own.', again],
  ANSWER_TOO_LARGE: ['The answer is more than goes from node to node.', 'Ask for less at once.'],
  SESSION_FAILED: ['The session failed on the request.', 'Read the log of its node.'],
};

/** By the code and the member of `error.data` in which they stand. */
export const errorWords: readonly {
  readonly code: ErrorCode;
  readonly member: string;
  readonly words: Words<string>;
}[] = [
  {
    code: 'REQUEST_TIMEOUT',
    member: 'deadline',
    words: {
      idle: [
        'Neither an answer nor progress came for `requestIdleMs`; or the session was not used for `sessionIdleMs`.',
        'Let the server report progress, or raise `--request-idle-ms`.',
      ],
      absolute: [
        'No answer came within `requestAbsoluteMs`.',
        'Raise `--request-absolute-ms`, or ask for less at once.',
      ],
      'initialize-timeout': ['The server did not answer `initialize` in time.', 'Raise `--initialize-ms`.'],
      'drain-deadline': ['It was not done when the time of a stop was over.', 'Raise `--drain-ms`.'],
      age: ['The session has reached its age.', 'Initialize again, or raise `--session-age-ms`.'],
    },
  },
  { code: 'UPSTREAM_LOST', member: 'reason', words: { ...losses, ...unanswered, ...ends } },
  {
    code: 'OWNER_LOST',
    member: 'reason',
    words: {
      'node-fenced': ['The node of the session may not serve it any more.', again],
      'handed-over': ['The node of the session leaves, and had no time left for the request.', again],
      ...lostOwners,
    },
  },
  {
    code: 'OWNER_LOST',
    member: 'executed',
    words: {
      no: ['The request did not get to the server.', 'Send it again.'],
      unknown: ['The request may have run.', 'Send it again only where that does no harm.'],
    },
  },
  {
    code: 'TOO_MANY_REQUESTS',
    member: 'scope',
    words: {
      session: ['In this session.', 'Wait for answers, or raise `--pending-max`.'],
      total: ['In all sessions together.', 'Raise the limit `pendingTotal`, or find out who asks so much.'],
      gateway: ['Over all routes of the gateway.', 'Raise the limit under `totals` in its file.'],
      nodes: [
        'The share of this node in `pendingTotal` of its cluster.',
        'Come again in a second, or raise `pendingTotal` on all nodes.',
      ],
      held: [
        'What waits for an interceptor, or for a server that comes back.',
        'Decide faster, or raise `heldFramesPerSession`.',
      ],
      buffer: ['What waits for a peer that reads too slowly.', 'Let it read, or raise `bufferBytes`.'],
      buffers: ['The same, for all peers together.', 'Find the one that does not read, or raise `bufferBytesTotal`.'],
      connection: ['On one connection, one behind the other.', 'Wait for answers, or use more connections.'],
      front: ['In one handler for fetch.', 'Raise `requestsMax` of the handler.'],
      cluster: ['Between two nodes of a cluster.', 'Send it again a little later.'],
    },
  },
  {
    code: 'TOO_MANY_SESSIONS',
    member: 'scope',
    words: {
      total: [
        'In this process.',
        'Raise `--sessions-max`, or let abandoned sessions end earlier (`--session-idle-ms`).',
      ],
      principal: ['Of one principal, who may have half of all.', 'End sessions that are not used.'],
      gateway: ['Over all routes of the gateway.', 'Raise the limit under `totals` in its file.'],
    },
  },
  {
    code: 'DRAINING',
    member: 'reason',
    words: {
      draining: ['The session, or the process, takes nothing new.', 'Go to another instance, or wait for the restart.'],
      drained: ['The process was stopped.', 'Go to another instance, or wait for the restart.'],
      'shutdown-agreed': ['The client has asked the server to shut down, and it agreed.', 'Initialize again.'],
    },
  },
  {
    code: 'DRAINING',
    member: 'executed',
    words: {
      no: ['The request did not get to the server.', 'Send it again, to another instance.'],
      unknown: ['The request may have run.', 'Send it again only where that does no harm.'],
    },
  },
  {
    code: 'SESSION_NOT_FOUND',
    member: 'reason',
    words: {
      unknown: ['Nobody has a session of this id, or not for this client.', 'Initialize again.'],
      ended: ['The session is over.', 'Initialize again.'],
      'client-closed': ['The client has ended its session meanwhile.', 'Nothing: it is not waited for.'],
      'client-gone': ['A server has asked a client that is gone.', 'The server goes on without an answer.'],
      'no-stream': ['A server has asked a client that listens to nothing.', 'Let the client open its stream (GET).'],
      'not-attributed': [
        'A shared server has asked something that no one session can have caused.',
        'Give each session a server of its own (`--share isolated`).',
      ],
      'closed-by-operator': ['Somebody has closed the session.', 'Ask who runs this, or initialize again.'],
      'buffer-full': ['The client did not read what was sent to it.', 'Read, and initialize again.'],
      evicted: ['The session was quiet and made room for a new one.', 'Initialize again; raise `--sessions-max`.'],
      'internal-error': ['A defect of ours ended the session.', 'Read the log, and tell us. Initialize again.'],
    },
  },
  {
    code: 'INTERCEPTOR_FAILED',
    member: 'part',
    words: {
      'tag-rule': ['A tag rule of yours threw.', 'Mend it: the log has what it threw.'],
      session: ['A defect of ours; the session is as it was before.', 'Read the log, and tell us.'],
      front: ['The front failed on the request.', 'Read the log.'],
      server: ['What gives each session its server threw.', 'Mend it: the log has what it threw.'],
    },
  },
  {
    code: 'INTERCEPTOR_FAILED',
    member: 'reason',
    words: { 'too slow': ['The interceptor did not decide in time.', 'Let it decide faster, or give it more time.'] },
  },
];

/** A sentence in `error.data.reason`; what differs from case to case is an ellipsis. */
export interface ErrorSentence {
  readonly text: string;
  /** Of HTTP, where nothing was sent yet. */
  readonly status: number;
  readonly todo: string;
}

const ofTokens = 'Ask whoever runs this for a token that is good here.';
const malformed = 'Mend whoever has written the message; it was not passed on.';

export const errorSentences: Readonly<Record<string, readonly ErrorSentence[]>> = {
  'At the door': [
    { text: 'A request says in one Host header for whom it is', status: 403, todo: 'Send one Host header.' },
    { text: 'The Host header of the request is no host', status: 403, todo: 'Send the name of a host.' },
    {
      text: 'This proxy does not answer to the host …: --allow-host makes it',
      status: 403,
      todo: 'Say `--allow-host` with the name by which clients know it.',
    },
    {
      text: 'The Origin header of the request is no origin',
      status: 403,
      todo: 'Pages without an origin do not come in.',
    },
    {
      text: 'Pages of …://… may not use this proxy: --allow-origin lets them',
      status: 403,
      todo: 'Say `--allow-origin` where that page may use the server.',
    },
  ],
  'Who asks': [
    {
      text: 'This server wants to know who you are: Authorization: Bearer TOKEN',
      status: 401,
      todo: 'Send a token. `WWW-Authenticate` says where to get one, where that is known.',
    },
    {
      text: 'A request carries one token, as Authorization: Bearer TOKEN',
      status: 400,
      todo: 'Send one Authorization header of this form.',
    },
    { text: 'The token is longer than any', status: 400, todo: ofTokens },
    { text: 'Nobody here knows this token', status: 401, todo: ofTokens },
    { text: 'The token is not known', status: 401, todo: ofTokens },
    { text: 'The token has expired', status: 401, todo: 'Get a new token.' },
    { text: 'The token is not valid yet', status: 401, todo: 'Wait, or set the clocks right.' },
    { text: 'The token is for somebody else', status: 401, todo: 'Ask for a token with the audience of this server.' },
    { text: 'The token is from somebody else', status: 401, todo: 'Ask the issuer that is trusted here.' },
    { text: 'The token is no token of the issuer', status: 401, todo: ofTokens },
    { text: 'The token is signed in a way that is not accepted', status: 401, todo: ofTokens },
    { text: 'The token says not whose it is', status: 401, todo: ofTokens },
    { text: 'The token is not good for this', status: 403, todo: 'Ask for the scopes that `WWW-Authenticate` names.' },
    {
      text: 'The keys of the issuer cannot be read now',
      status: 503,
      todo: 'Try again; see whether `--auth-jwks` can be reached from here.',
    },
  ],
  'A request over HTTP': [
    { text: 'The methods here are …', status: 405, todo: 'Use one of the methods that are named.' },
    { text: 'A GET takes text/event-stream', status: 406, todo: 'Send it in `Accept`.' },
    {
      text: 'A POST takes application/json and text/event-stream',
      status: 406,
      todo: 'Send both in `Accept`.',
    },
    { text: 'The Content-Type of a POST is application/json', status: 415, todo: 'Send it in `Content-Type`.' },
    { text: 'A body is taken as it is, without Content-Encoding', status: 415, todo: 'Send it as it is.' },
    {
      text: 'A request names its session in Mcp-Session-Id',
      status: 400,
      todo: 'Initialize, and send the id that comes.',
    },
    { text: 'This session has begun already', status: 400, todo: 'Leave out `Mcp-Session-Id` to begin another one.' },
    {
      text: 'No revision of the protocol has the name in MCP-Protocol-Version',
      status: 400,
      todo: 'Send the revision that `initialize` agreed on.',
    },
    { text: 'This session has a stream open already', status: 409, todo: 'Use that one, or close it.' },
    {
      text: 'No event of this session has this id',
      status: 400,
      todo: 'Leave out `Last-Event-ID`: what was kept is gone, or was never of this session.',
    },
    { text: 'The body took too long to come', status: 408, todo: 'Send it faster, or raise `--request-ms`.' },
    { text: 'The body broke off', status: 400, todo: 'Send it again.' },
    { text: 'The body is larger than a message may be', status: 413, todo: 'Send less, or raise `--frame-bytes-max`.' },
    { text: 'The negotiated protocol revision has no batches', status: 400, todo: 'Send each message by itself.' },
    { text: 'A message of this kind stands alone, and in no batch', status: 400, todo: 'Send it by itself.' },
    { text: 'Headers and message disagree: ….', status: 400, todo: 'Let the headers repeat what the message says.' },
    { text: 'The metadata of the request is not valid: ….', status: 400, todo: 'Mend `_meta` as the sentence says.' },
  ],
  'A message': [
    {
      text: 'A request with this id is still waiting for its answer',
      status: 400,
      todo: 'Give each request an id of its own.',
    },
    { text: 'The text is not JSON.', status: 400, todo: malformed },
    { text: 'The message is not valid UTF-8.', status: 400, todo: malformed },
    { text: 'The text frame is not UTF-8.', status: 400, todo: malformed },
    { text: 'MCP is spoken in text frames, and this one was binary.', status: 400, todo: malformed },
    { text: 'A message is one JSON object.', status: 400, todo: malformed },
    { text: 'The member jsonrpc is missing.', status: 400, todo: malformed },
    { text: 'The member jsonrpc is not "2.0".', status: 400, todo: malformed },
    { text: 'The member method is not a string.', status: 400, todo: malformed },
    { text: 'The message has neither method nor result nor error.', status: 400, todo: malformed },
    {
      text: 'The member … stands there twice.',
      status: 400,
      todo: 'Say each member once: receivers differ in which of two counts.',
    },
    {
      text: 'The member … differs from … by its case alone.',
      status: 400,
      todo: 'Write it as the specification does: receivers differ in whether they mind case.',
    },
    { text: 'The response has both result and error.', status: 400, todo: malformed },
    { text: 'The response has a result but no id.', status: 400, todo: malformed },
    {
      text: 'The id is neither a string nor a safe integer.',
      status: 400,
      todo: 'Use a text, or a whole number up to 2^53 - 1.',
    },
    { text: 'The id is longer than … bytes.', status: 400, todo: 'Use a shorter id.' },
    { text: 'The method or a token is longer than … bytes.', status: 400, todo: 'Use a shorter one.' },
    { text: 'The protocol version is longer than … bytes.', status: 400, todo: malformed },
    { text: 'The message nests deeper than … levels.', status: 400, todo: 'Send what is flatter.' },
    { text: 'The message cannot be written as JSON.', status: 400, todo: 'Hand over what JSON can say.' },
    { text: 'The batch has no messages.', status: 400, todo: malformed },
    { text: 'The batch has more than … messages.', status: 400, todo: 'Send smaller batches, or none.' },
    { text: 'The message of … bytes is larger than the limit.', status: 413, todo: 'Raise `--frame-bytes-max`.' },
    { text: 'The message is larger than the limit.', status: 413, todo: 'Raise `frameBytesMax`.' },
    {
      text: 'The message is larger than … bytes, and was not read.',
      status: 413,
      todo: 'Raise `--frame-bytes-max`.',
    },
    {
      text: 'The response is larger than the limit.',
      status: 502,
      todo: 'Raise `--frame-bytes-max`, or let the server answer with less.',
    },
  ],
};

/** What is answered over HTTP or at an upgrade in plain text, since nobody has asked in JSON-RPC. */
export const plainAnswers: readonly ErrorSentence[] = [
  { text: 'Nothing is here; MCP is served at …', status: 404, todo: 'Use the path that is named.' },
  {
    text: 'There is nothing here: MCP over WebSocket is spoken at …',
    status: 404,
    todo: 'Use the path that is named.',
  },
  { text: 'No route leads anywhere from here', status: 404, todo: 'Use a path that the file of the gateway names.' },
  {
    text: 'There is no such upstream',
    status: 404,
    todo: '`/readyz/NAME` takes the name of an upstream of the gateway.',
  },
  { text: 'Method not allowed', status: 405, todo: 'Probes and documents are read with GET or HEAD.' },
  {
    text: 'The subprotocol spoken here is …, and it was not offered',
    status: 400,
    todo: 'Offer `mcp`, or no subprotocol at all.',
  },
  { text: 'draining', status: 503, todo: 'Come again after `Retry-After`, or go to another instance.' },
  { text: 'This went wrong on our side', status: 500, todo: 'Read the log.' },
];
