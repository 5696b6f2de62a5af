/** docs/reference/admin-api.md: what the OpenAPI document of the admin listener says, for people. */

import { operations, problemsOf } from '../../src/admin/api.ts';
import { defaultAdminLimits } from '../../src/admin/listener.ts';
import { hubOperations } from '../../src/admin/hub.ts';
import { descriptions, hubDescriptions } from '../../src/admin/openapi.ts';
import { problemTable } from '../../src/admin/problems.ts';
import { code, codes, fenced, generatedFrom, table } from './markdown.ts';

export function adminPage(): string {
  return [
    generatedFrom('src/admin/openapi.ts, src/admin/problems.ts, src/admin/listener.ts'),
    '# Admin API',
    `A front that is started with \`--inspect\` (\`forward stdio\`, \`http\` and \`ws\`) can be seen and managed by whoever has its
token, on an address of this machine: \`127.0.0.1:7411\`, or where \`--inspect HOST:PORT\` says. Where another one has it a free port
is taken, and the process is reached [through whoever has it](#many-processes) as well. \`ninelives sessions\` uses this API (see [command line](cli.md)); \`GET /openapi.json\` describes it for programs (OpenAPI 3.1).`,
    '## Who may ask',
    `Every request shows the token in \`Authorization: Bearer TOKEN\`. Without it nothing is answered but \`401\`, whatever the path.
A process has a token of its own, new each time. It stands, with the address, in a run-time file that only its user can read: \`PID.json\` in
\`$XDG_RUNTIME_DIR/ninelives\`, or in \`ninelives-UID\` in the folder for temporary files. A file of a process that is gone is removed
by whoever finds it. The token of the page, which stands in the address that is said on stderr, is the same for all processes of a
user, and opens this API of each of them (\`hub-token.json\`, beside those files). Who has a token sees every session and the ids of sessions, by which HTTP clients name them: it is not to be
shared.

There are no cookies and there is no CORS, so pages of others can neither ask nor read. \`Host\` has to be a name of this machine, and
\`Origin\`, where there is one, the listener itself; everything else is \`403\`.`,
    fenced('sh', example),
    '## Operations',
    table(
      ['operation', 'what it does', 'success', 'problems of its own'],
      operations.map(({ name, method, path }) => [
        code(`${method} ${path}`),
        descriptions[name].summary,
        String(descriptions[name].status),
        codes(problemsOf[name]),
      ]),
    ),
    `A list has a page of 100 sessions, or as many as \`limit\` says up to 500; \`after\` takes the \`next\` of the page before. Closing a
session settles what waits in it with an error and stops its server. A tag is one path segment, percent-encoded.`,
    `\`GET /metrics\` is text for Prometheus and no JSON; with \`--metrics-open\` it is answered without a token, too
([metrics](../guides/metrics.md)).`,
    '## Many processes',
    `Every inspected process can list the others, and leads a request to them. The token is that of the page.`,
    table(
      ['operation', 'what it does', 'success'],
      hubOperations.map(({ name, method, path }) => [
        code(`${method} ${path}`),
        hubDescriptions[name].summary,
        String(hubDescriptions[name].status),
      ]),
    ),
    `Below \`/processes/PID\` stands everything that the process \`PID\` answers itself: \`GET /processes/PID/sessions\`, and the WebSocket
\`/processes/PID/feed\`. The process sees its own token and never that of the page; a page is shown neither cookies nor tokens of a
process. The WebSocket \`/hub\` says \`{"type":"processes","processes":[...]}\` at first and whenever the list has changed. A WebSocket
shows the token in \`Authorization\`, or as a subprotocol: \`ninelives.feed.v1, ninelives.token.TOKEN\`.`,
    '## Problems',
    'Every answer that is no success has one shape:',
    fenced(
      'json',
      JSON.stringify({ error: { code: 'SESSION_NOT_FOUND', message: 'There is no such session, or it has ended' } }),
    ),
    table(
      ['code', 'HTTP', 'what it says'],
      Object.entries(problemTable).map(([name, { status, message }]) => [code(name), String(status), message]),
    ),
    '## Limits',
    table(
      ['limit', 'value'],
      Object.entries(defaultAdminLimits).map(([name, value]) => [code(name), String(value)]),
    ),
  ].join('\n\n');
}

const example = `ninelives forward http --inspect -- npx -y @modelcontextprotocol/server-everything
ninelives sessions list
curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:7411/sessions`;
