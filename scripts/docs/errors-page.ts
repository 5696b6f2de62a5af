/** docs/reference/errors.md: the table of src/errors.ts, and what `error.data` carries beside the code. */

import { type ErrorCode, errorTable, refusal } from '../../src/errors.ts';
import { encodeRefusal } from '../../src/session/tell.ts';
import { type ErrorSentence, errorSentences, errorWords, plainAnswers } from './error-words.ts';
import { code, codes, fenced, generatedFrom, table } from './markdown.ts';

/** Members of `error.data` beside `code`. What stands after a question mark is there only when there is something to say. */
export const errorMembers: Readonly<Record<ErrorCode, readonly string[]>> = {
  REQUEST_TIMEOUT: ['deadline', 'elapsedMs?', 'method?'],
  UPSTREAM_LOST: ['reason', 'exitCode?', 'signal?', 'lastStderr?', 'detail?', 'httpStatus?'],
  OWNER_LOST: ['executed', 'reason', 'retryable?', 'detail?'],
  TOO_MANY_REQUESTS: ['scope', 'current?', 'limit?', 'retryAfterMs?'],
  TOO_MANY_SESSIONS: ['scope', 'current', 'limit', 'retryAfterMs'],
  TOO_MANY_CONNECTIONS: ['limit', 'retryAfterMs'],
  DRAINING: ['executed', 'reason?', 'retryable?', 'detail?'],
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
    generatedFrom('src/errors.ts', 'scripts/docs/error-words.ts'),
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
      rows.map(([name]) => [code(name), codes(errorMembers[name])]),
    ),
    `\`lastStderr\` holds the last lines that the server wrote to its stderr, oldest first. \`detail\` is for people, and its words may
change. \`UNSUPPORTED_PROTOCOL_VERSION\`, \`HEADER_MISMATCH\` and \`INVALID_PARAMS\` are what the protocol has a server on HTTP answer;
they are said in the place of one behind a pipe, which sees no headers. In a cluster, what did not get to the node that has the session
says so besides: \`executed\`, and \`retryable\` where it may be sent again as it is. The message of \`OWNER_LOST\` is another one where nothing has
run: no node went away then before it answered.`,
    '## Words',
    'These stay as they are from one version to the next: programs may go by them.',
    table(
      ['`error.data.code`', 'member', 'word', 'what happened', 'what to do'],
      errorWords.flatMap(({ code: name, member, words }) =>
        Object.entries(words).map(([word, [happened, todo]]) => [code(name), code(member), code(word), happened, todo]),
      ),
    ),
    '## Sentences',
    `\`error.data.reason\` of \`INVALID_REQUEST\`, \`PARSE_ERROR\`, \`FRAME_TOO_LARGE\`, \`HEADER_MISMATCH\` and \`INVALID_PARAMS\` is a sentence
for people; an ellipsis stands for what differs from case to case. The status is that of HTTP where nothing was sent yet; a WebSocket that is not
opened is told the sentence as text. A sentence of an interceptor that failed is what it threw.`,
    ...Object.entries(errorSentences).flatMap(([title, sentences]) => [`### ${title}`, tableOf(sentences)]),
    '## In plain text',
    'Who asks for something else than MCP is answered in text.',
    tableOf(plainAnswers),
    '## When a WebSocket is closed',
    table(
      ['code', 'when', 'what to do'],
      [
        [
          '1000',
          'The session ended in order, or was closed by whoever runs this.',
          'Connect again when there is more to ask.',
        ],
        ['1001', 'The process stops.', 'Connect to another instance, or after the restart.'],
        [
          '1003, 1007, 1009',
          'A frame was binary, no UTF-8, or larger than a message may be.',
          'Send text frames; raise `--frame-bytes-max`.',
        ],
        ['1008', 'The token that opened it has expired.', 'Connect again with a new one.'],
        ['1011', 'The session failed: the reason says why.', 'See [states and outcomes](states-and-outcomes.md).'],
        ['1013', 'No session is opened: the reason is the name of an error above.', 'Come again a little later.'],
      ],
    ),
  ].join('\n\n');
}

function tableOf(sentences: readonly ErrorSentence[]): string {
  return table(
    ['sentence', 'HTTP', 'what to do'],
    sentences.map(({ text, status, todo }) => [text, String(status), todo]),
  );
}
