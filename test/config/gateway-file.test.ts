import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadGateway, mistakeLine, parseGateway } from '../../src/config/gateway-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'gateway-file-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'secret'), 's3cret\n');
writeFileSync(join(folder, 'ca.pem'), 'a certificate');
writeFileSync(join(folder, 'tokens'), `alice sha256:${'a'.repeat(64)}\n`);
writeFileSync(join(folder, 'no-tokens'), '# nobody\n');
writeFileSync(join(folder, 'own.yaml'), 'name: own\nshutdownMethods: [bye]\n');
const surroundings = { environment: { TOKEN: 't0k' }, folder };

const usual = `version: 1
upstreams:
  files: { command: node, args: [server.js] }
routes:
  - { path: /files, upstream: files }
`;

/** The usual file with other text in its place. */
const mistakes = (text: string): readonly string[] => {
  const loaded = parseGateway(text, surroundings);
  return 'mistakes' in loaded ? loaded.mistakes.map((mistake) => mistakeLine('f', mistake)) : ['nothing'];
};

describe('a file that can be used', () => {
  test('names the files of its certificate, which may be renewed', () => {
    const loaded = parseGateway(`${usual}tls: { cert: ca.pem, key: ca.pem }\n`, surroundings);
    const files = [join(folder, 'ca.pem'), join(folder, 'ca.pem')];
    expect(loaded).toMatchObject({ config: { listen: { tls: { cert: 'a certificate', files } } } });
  });

  test('says which cluster it is a node of, without showing who asks', () => {
    const loaded = parseGateway(`${usual}cluster: { url: 'tls://ada:\${TOKEN}@a:4222', ca: ca.pem }\n`, surroundings);
    expect(loaded).toMatchObject({
      config: {
        cluster: {
          servers: ['tls://a:4222'],
          name: 'ninelives',
          replicas: 1,
          login: { kind: 'password', user: 'ada', password: 't0k' },
          tls: { ca: 'a certificate' },
        },
      },
    });
  });

  test.each([
    ["url: 'http://ada:t0k@a'", 'cluster.url: address 1 is none'],
    ['url: nats://a, cert: ca.pem', 'cluster: cert and key go together'],
    ['url: nats://ada:t0k@a, creds: secret', 'cluster.creds: url has a login already'],
    ['url: nats://a, replicas: 2', 'cluster.replicas'],
    ['url: nats://a, name: a.b', 'cluster.name'],
    ['url: nats://a, ca: nowhere.pem', 'cluster.ca: nowhere.pem cannot be read'],
  ])('a cluster that is %s is a mistake with its place', (cluster, message) => {
    const [mistake, ...others] = mistakes(`${usual}cluster: { ${cluster} }\n`);
    expect(mistake).toMatch(/^f:6:\d+: /);
    expect(mistake).toContain(message);
    expect(mistake).not.toContain('t0k');
    expect(others).toEqual([]);
  });

  test('says what it says, and the rest is as usual', () => {
    const loaded = parseGateway(usual, surroundings);
    expect(loaded).toMatchObject({
      config: {
        listen: { host: '127.0.0.1', port: 7400, tls: undefined },
        sessionsMax: 1000,
        totals: { pendingTotal: 10_000, reservedTotal: 256, listensTotal: 10_000, questionsTotal: 10_000 },
        routes: [{ name: 'files', path: '/files', isPrefix: false, upstream: 'files', limits: {}, times: {} }],
      },
    });
    expect('config' in loaded && loaded.config.upstreams.get('files')).toEqual({
      kind: 'child',
      command: 'node',
      args: ['server.js'],
      env: {},
      cwd: folder,
      isShared: false,
      isRestartable: false,
      restarts: true,
    });
  });

  test('says what sessions with a tag have, for all routes and for one before that', () => {
    const all = 'tags: { a: { limits: { pendingPerSession: 5 }, times: { pingMs: off } }, b: {} }';
    const text = usual.replace(
      'upstream: files }',
      'upstream: files, tags: { a: { limits: { pendingPerSession: 2 } } } }',
    );
    const loaded = parseGateway(`${text}${all}\n`, surroundings);
    expect('config' in loaded && loaded.config.routes[0]?.tagSettings).toEqual({
      a: { limits: { pendingPerSession: 2 }, times: { pingMs: Infinity } },
      b: { limits: {}, times: {} },
    });
  });

  test('says what is other than usual about connections and streams', () => {
    const loaded = parseGateway(`${usual}front: { connectionsMax: 50, heartbeatMs: 9000 }\n`, surroundings);
    expect(loaded).toMatchObject({
      config: { front: { limits: { connectionsMax: 50 }, times: { heartbeatMs: 9000 } } },
    });
    expect(
      'config' in loaded && Object.keys({ ...loaded.config.front.limits, ...loaded.config.front.times }),
    ).toHaveLength(2);
  });

  test('has its references resolved, and its routes completed with what holds for all', () => {
    const text = `version: 1
listen: '[::1]:0'
times: { requestIdleMs: 1000, sessionAgeMs: off }
limits: { pendingPerSession: 5 }
methods: { tools/call: { idleMs: 7000 } }
upstreams:
  remote:
    url: https://example.com/mcp?key=\${TOKEN}
    headers: { Authorization: 'Bearer \${TOKEN}', X-Secret: 'file:secret' }
    ca: ca.pem
    restart: never
auth:
  people: { tokenFile: tokens, scopes: [read] }
routes:
  - name: first
    path: /a/*
    host: '*.example.com'
    upstream: remote
    auth: people
    profile: own.yaml
    times: { requestIdleMs: 2000 }
    methods: { tools/call: { absoluteMs: off } }
`;
    const loaded = parseGateway(text, surroundings);
    if ('mistakes' in loaded) throw new Error(mistakes(text).join('\n'));
    const { routes, upstreams, listen } = loaded.config;
    expect([listen.host, listen.port]).toEqual(['::1', 0]);
    expect(upstreams.get('remote')).toMatchObject({
      kind: 'remote',
      url: new URL('https://example.com/mcp?key=t0k'),
      headers: { Authorization: 'Bearer t0k', 'X-Secret': 's3cret' },
      ca: 'a certificate',
      restarts: false,
    });
    expect(routes).toMatchObject([
      {
        name: 'first',
        path: '/a/',
        isPrefix: true,
        auth: { tokens: [{ name: 'alice' }], scopes: ['read'] },
        profile: { name: 'own', shutdownMethods: ['bye'], methodTimes: { 'tools/call': { absoluteMs: Infinity } } },
        limits: { pendingPerSession: 5 },
        times: { requestIdleMs: 2000, sessionAgeMs: Infinity },
      },
    ]);
  });
});

describe('a mistake is told with its line and column', () => {
  const route = '  - { path: /files, upstream: files }';
  test.each<[string, string, string]>([
    ['YAML', 'version: [', 'f:1:11: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ['an empty file', '', 'f:1:1: the file: it is to be a list of keys with values, and not empty'],
    ['a missing key', 'version: 1\nupstreams: {}', 'f:1:1: routes is missing'],
    ['another version', usual.replace('1', '2'), 'f:1:10: version: it is 1'],
    [
      'a key',
      usual.replace('command', 'comand'),
      "f:3:12: upstreams.files.comand: there is no such key; did you mean 'command'?",
    ],
    ['a key of the file', `${usual}routs: 1`, "f:6:1: routs: there is no such key; did you mean 'routes'?"],
    [
      'an upstream that is not there',
      usual.replace('upstream: files', 'upstream: fils'),
      "f:5:31: routes[0].upstream: there is no upstream 'fils'; did you mean 'files'?",
    ],
    ['a path', usual.replace('/files', 'files'), 'f:5:13: routes[0].path: A path begins with / and has no spaces'],
    [
      'a path of our own',
      usual.replace('/files', '/healthz'),
      'f:5:13: routes[0].path: the gateway itself answers there',
    ],
    [
      'a star in a path',
      usual.replace('/files', '/fi*les'),
      'f:5:13: routes[0].path: A * stands alone after the last /',
    ],
    [
      'two routes at one place',
      `${usual}${route.replace('{', '{ name: b,')}`,
      'f:6:22: routes[1].path: another route is there already',
    ],
    [
      'two routes of one name',
      `${usual}${route.replace('/files', '/b')}`,
      "f:6:5: routes[1]: another route is called 'files': give each a name of its own",
    ],
    [
      'an upstream of nobody',
      usual.replace('routes:', '  other: { command: x }\nroutes:'),
      'f:4:3: upstreams.other: no route leads to it',
    ],
    [
      'a command and a url',
      usual.replace('args: [server.js]', 'url: http://h'),
      'f:3:3: upstreams.files: a server is a command, or a url, and not both',
    ],
    [
      'headers of a command',
      usual.replace('args: [server.js]', 'headers: {}'),
      'f:3:27: upstreams.files.headers: only a url has this',
    ],
    [
      'a url that is none',
      usual.replace('command: node, args: [server.js]', 'url: "ftp://user:s3cret@h"'),
      'f:3:17: upstreams.files.url: this is no http://, https://, ws://, wss:// URL, or has a #',
    ],
    [
      'a variable',
      usual.replace('server.js', "'${NOBODY}'"),
      'f:3:34: upstreams.files.args[0]: the environment has no NOBODY',
    ],
    [
      'a file',
      usual.replace('args: [server.js]', 'env: { A: "file:none" }'),
      'f:3:37: upstreams.files.env.A: none cannot be read: there is no such file',
    ],
    [
      'a header',
      usual.replace('command: node, args: [server.js]', 'url: http://h, headers: { "a b": s3cret }'),
      'f:3:38: upstreams.files.headers.a b: this cannot be sent as a header',
    ],
    [
      'an address',
      `${usual}listen: nowhere`,
      'f:6:9: listen: write it as HOST:PORT, such as 127.0.0.1:7400 or [::1]:7400',
    ],
    [
      'an address for everybody',
      `${usual}listen: 0.0.0.0:1`,
      'f:6:9: listen: whoever reaches 0.0.0.0 could use the gateway: say allowHosts, or a host or auth for each route',
    ],
    [
      'a host',
      `${usual}allowHosts: ['a b']`,
      'f:6:14: allowHosts[0]: this is neither NAME nor *.NAME, with :PORT or without',
    ],
    [
      'an origin',
      `${usual}allowOrigins: [example.com]`,
      'f:6:16: allowOrigins[0]: this is no origin such as https://NAME or http://NAME:PORT',
    ],
    [
      'a time',
      `${usual}times: { requestIdleMs: soon }`,
      'f:6:25: times.requestIdleMs: It must be milliseconds, a whole number above 0, or off',
    ],
    [
      'a limit of connections',
      `${usual}front: { connectionsMax: 0 }`,
      'f:6:26: front.connectionsMax: Too small: expected number to be >=1',
    ],
    [
      'a limit that no tag can have',
      `${usual}tags: { a: { limits: { sessions: 1 } } }`,
      'f:6:24: tags.a.limits.sessions: there is no such key',
    ],
    [
      'the name of a time',
      `${usual}times: { requestIdle: 1 }`,
      "f:6:10: times.requestIdle: there is no such key; did you mean 'requestIdleMs'?",
    ],
    [
      'a limit',
      `${usual}limits: { pendingPerSession: 0 }`,
      'f:6:30: limits.pendingPerSession: Too small: expected number to be >=1',
    ],
    ['a profile', `${usual}profile: mpc`, "f:6:10: profile: there is no profile 'mpc'"],
    [
      'auth that is not there',
      `${usual.replace('files }\n', 'files, auth: peple }\n')}auth: { people: { tokenFile: tokens } }`,
      "f:5:44: routes[0].auth: there is no auth 'peple'; did you mean 'people'?",
    ],
    [
      'auth of nobody',
      `${usual}auth: { people: {} }`,
      'f:6:9: auth.people: nobody could come in: say tokenFile, jwt, or both',
    ],
    [
      'a file without tokens',
      `${usual}auth: { people: { tokenFile: no-tokens } }`,
      'f:6:30: auth.people.tokenFile: no-tokens: there is no token in it, so that nobody could come in',
    ],
    [
      'keys from afar without TLS',
      `${usual}auth: { p: { jwt: { jwks: http://h/k, issuer: i, audience: a } } }`,
      'f:6:27: auth.p.jwt.jwks: keys come from an https:// URL, or from this machine',
    ],
    [
      'a server that one client could end',
      usual.replace('args: [server.js]', 'share: shared').replace('files }\n', 'files, profile: lsp-like }\n'),
      'f:5:47: routes[0].profile: with this profile one client could shut the shared server down for all others',
    ],
  ])('%s', (_what, text, line) => {
    const told = mistakes(text);
    expect(told.join('\n')).toContain(line);
    expect(told.join()).not.toContain('s3cret');
  });

  test('all of them at once, in the order in which they stand there', () => {
    const text =
      usual.replace('server.js', "'${NOBODY}'").replace('upstream: files', 'upstream: nothing') + 'listen: x';
    expect(mistakes(text).map((line) => line.split(':')[1])).toEqual(['3', '3', '5', '6']);
  });

  test('a file that cannot be read is one mistake', () => {
    expect(loadGateway(join(folder, 'none.yaml'), {})).toEqual({
      mistakes: [{ line: 1, column: 1, message: 'the file cannot be read: ENOENT: no such file or directory' }],
    });
  });
});
