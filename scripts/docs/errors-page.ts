/** docs/reference/errors.md: the table of src/errors.ts, and what `error.data` carries beside the code. */

import { type ErrorCode, errorTable, refusal } from '../../src/errors.ts';
import { encodeRefusal } from '../../src/session/tell.ts';
import { code, codes, fenced, generatedFrom, table } from './markdown.ts';

/** Members of `error.data` beside `code`. What stands after a question mark is there only when there is something to say. */
const members: Readonly<Record<ErrorCode, readonly string[]>> = {
  REQUEST_TIMEOUT: ['deadline', 'elapsedMs?', 'method?'],
  UPSTREAM_LOST: ['reason', 'exitCode?', 'signal?', 'lastStderr?'],
  OWNER_LOST: ['executed'],
  TOO_MANY_REQUESTS: ['scope', 'current?', 'limit', 'retryAfterMs'],
  TOO_MANY_SESSIONS: ['current', 'limit', 'retryAfterMs'],
  TOO_MANY_CONNECTIONS: ['limit', 'retryAfterMs'],
  DRAINING: ['reason?'],
  BLOCKED: ['interceptor'],
  FRAME_TOO_LARGE: ['reason', 'limitBytes'],
  NOT_ALLOWED_IN_STATE: ['state'],
  SESSION_NOT_FOUND: ['reason?'],
  INTERCEPTOR_FAILED: ['interceptor?', 'reason?', 'part?'],
  INVALID_REQUEST: ['reason'],
  UNSUPPORTED_PROTOCOL_VERSION: ['supported', 'requested'],
  HEADER_MISMATCH: ['reason'],
  INVALID_PARAMS: ['reason'],
  PARSE_ERROR: ['reason'],
};

export function errorsPage(): string {
  const example = encodeRefusal(
    '7',
    refusal('TOO_MANY_REQUESTS', { scope: 'session', current: 1000, limit: 1000, retryAfterMs: 1000 }),
  );
  const rows = Object.entries(errorTable) as [ErrorCode, (typeof errorTable)[ErrorCode]][];
  return [
    generatedFrom('src/errors.ts'),
    '# Errors in our own name',
    `A peer's own errors pass as they came. When Ninelives itself has to answer, because a request ran into a deadline, a
limit, a lost server or an interceptor, the JSON-RPC error carries a code from this table in \`error.code\` and the row's name
in \`error.data.code\`. Test the name: numbers of JSON-RPC and of the protocol are also used by peers.`,
    fenced('json', JSON.stringify(JSON.parse(new TextDecoder().decode(example)), null, 2)),
    table(
      ['`error.data.code`', '`error.code`', 'HTTP', 'message', 'what the operator can do'],
      rows.map(([name, row]) => [code(name), String(row.code), String(row.httpStatus), row.message, row.operatorHint]),
    ),
    `_HTTP_ is the status for an HTTP exchange for which nothing was sent yet; the stdio front has no use for it. An interceptor
that blocks may put its own number and text in place of the row's.`,
    '## Members of `error.data`',
    'Beside `code`; those with a question mark are there only when there is something to say.',
    table(
      ['`error.data.code`', 'members'],
      rows.map(([name]) => [code(name), codes(members[name])]),
    ),
    `\`deadline\` is \`idle\` or \`absolute\` for a request that was late, and the reason of the session's end where that cut it
short. \`scope\` is the limit that was reached: \`session\` or \`total\` for waiting requests (\`gateway\`: over all routes of one), \`held\` for frames that wait for an
interceptor or a server, \`buffer\` for a peer that reads too slowly, \`buffers\` for all of them together. \`lastStderr\` holds the last lines that the server wrote to
its stderr, oldest first. \`UNSUPPORTED_PROTOCOL_VERSION\`, \`HEADER_MISMATCH\` and \`INVALID_PARAMS\` are what the protocol has a server on HTTP answer;
they are said in the place of one behind a pipe, which sees no headers. \`OWNER_LOST\` belongs to clusters and is not sent by this version.`,
  ].join('\n\n');
}
