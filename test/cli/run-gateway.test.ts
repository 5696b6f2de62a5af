/** `ninelives gateway` as a process: real servers behind it, clients of the SDKs in front, its file changed under load. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { everythingOver, reference } from '../e2e/listening.ts';
import { type Program, ninelives, scripted, start, stopAll } from '../e2e/program.ts';
import { connect } from '../e2e/sdk-client.ts';
import { survivors } from '../e2e/survivors.ts';

const folder = mkdtempSync(join(tmpdir(), 'run-gateway-'));
const file = join(folder, 'gateway.yaml');
// Word of a gateway is left beside its file.
process.env['XDG_RUNTIME_DIR'] = folder;
afterEach(stopAll);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const child = ([command = '', ...args]: readonly string[], more: object = {}): string =>
  JSON.stringify({ command, args, ...more });

function write(text: string): void {
  writeFileSync(file, `version: 1\nlisten: 127.0.0.1:0\n${text}`);
}

async function gateway(flags: readonly string[] = []): Promise<{ readonly program: Program; readonly url: string }> {
  const program = start(ninelives('gateway', '--config', file, ...flags));
  const said = (): string | undefined =>
    program.err.flatMap((line) => /^ninelives gateway listening on (\S+)$/.exec(line)?.[1] ?? [])[0];
  return { program, url: await program.until(said, 'saying where it listens') };
}

describe('a gateway', () => {
  test(
    'has three servers behind it, each of its own kind, and leaves nothing behind',
    { timeout: 60_000 },
    async () => {
      const remote = await everythingOver('streamableHttp');
      write(`upstreams:
  everything: ${child(reference('server-everything'))}
  memory: ${child(reference('server-memory'), { share: 'shared', env: { MEMORY_FILE_PATH: join(folder, 'memory.json') } })}
  remote: { url: '${remote.url.href}' }
routes:
  - { path: /everything, upstream: everything }
  - { path: /memory, upstream: memory }
  - { path: /remote, upstream: remote }
`);
      const { program, url } = await gateway();
      const clients = await Promise.all(
        ['everything', 'memory', 'remote'].map(async (name) => connect('v1', new URL(`${url}/${name}`), false)),
      );
      const tools = await Promise.all(clients.map(async (client) => client.listTools()));
      expect(tools.map((listed) => listed.tools.map(({ name }) => name))).toEqual([
        expect.arrayContaining(['echo']),
        expect.arrayContaining(['create_entities']),
        expect.arrayContaining(['echo']),
      ]);
      const pids = program.log().flatMap(({ pid }) => (typeof pid === 'number' ? [pid] : []));
      await Promise.all(clients.map(async (client) => client.close()));
      program.signal('SIGTERM');
      expect(await program.exit).toEqual({ code: 0, signal: null });
      expect(pids.length).toBeGreaterThanOrEqual(2);
      expect(pids.filter((pid) => survivors(pid).length > 0)).toEqual([]);
    },
  );

  test('shows a certificate that is renewed, and goes on with the one before it when that is broken', async () => {
    const pem = (name: string): string => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
    const put = (cert: string, key: string): void => {
      writeFileSync(join(folder, 'key.pem'), pem(key));
      writeFileSync(join(folder, 'cert.pem'), pem(cert));
    };
    put('localhost-cert.pem', 'localhost-key.pem');
    write(`tls: { cert: cert.pem, key: key.pem }
upstreams: { one: ${child(scripted())} }
routes: [{ path: /one, upstream: one }]`);
    const { program, url } = await gateway();
    const shown = async (): Promise<string> => {
      const { hostname: host, port } = new URL(url);
      const socket = connectTls({ host, port: Number(port), rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      const { fingerprint256 } = socket.getPeerCertificate();
      socket.destroy();
      return fingerprint256;
    };
    const first = await shown();
    put('tls/server.pem', 'tls/server-key.pem');
    await program.logged('the configuration says the same');
    const second = await shown();
    expect(second).not.toBe(first);
    put('localhost-cert.pem', 'tls/server-key.pem');
    program.signal('SIGHUP');
    await program.logged('the configuration is as it was');
    expect(await shown()).toBe(second);
  });

  test('that has mistakes in its file does not start: exit code 2, and each of them', async () => {
    write('upstreams: {}\nroutes: []');
    const program = start(ninelives('gateway', '--config', file));
    expect(await program.exit).toEqual({ code: 2, signal: null });
    expect(program.err).toEqual([expect.stringMatching(/gateway\.yaml:4:9: routes: /)]);
  });

  test('is seen by those who manage it, with its routes', async () => {
    write(`upstreams: { one: ${child(scripted())} }\nroutes: [{ path: /one, upstream: one }]`);
    const { program, url } = await gateway(['--inspect', '127.0.0.1:0']);
    const page = new URL(
      await program.until(
        () => program.err.flatMap((line) => /^ninelives inspector on (\S+)$/.exec(line)?.[1] ?? [])[0],
      ),
    );
    const client = await connect('v1', new URL(`${url}/one`), false);
    const headers = { Authorization: `Bearer ${page.hash.replace('#token=', '')}` };
    const ask = async (path: string): Promise<unknown> => (await fetch(new URL(path, page.origin), { headers })).json();
    expect(await ask('/sessions')).toMatchObject({ sessions: [{ id: client.sessionId(), route: 'one' }] });
    expect(await ask(`/sessions/${client.sessionId()}`)).toMatchObject({ clientName: 'sdk-client' });
    expect(await ask('/totals')).toMatchObject({ sessionsOpened: 1 });
    await client.close();
  });
});

describe('rules', () => {
  const servers = `upstreams: { one: ${child(scripted())} }\nroutes: [{ path: /one, upstream: one }]\nrules: rules.yaml\n`;
  const rule = (act: string): string =>
    `version: 1\nrules:\n  - { id: no-echo, when: 'frame.name == "echo"', do: [${act}] }\n`;

  test('hold for every route, and are loaded again on SIGHUP', async () => {
    writeFileSync(join(folder, 'rules.yaml'), rule('{ block: { message: not here } }'));
    write(servers);
    const { program, url } = await gateway();
    const client = await connect('v1', new URL(`${url}/one`), false);
    await expect(client.callTool('echo', { text: 'x' })).rejects.toThrow('not here');
    writeFileSync(join(folder, 'rules.yaml'), 'version: 1\nrules: []\n');
    program.signal('SIGHUP');
    await program.logged('rules loaded');
    expect(await client.callTool('echo', { text: 'x' })).toMatchObject({ content: [{ text: 'x' }] });
    await client.close();
  });

  test('that break something on purpose are refused, unless the file allows them', async () => {
    writeFileSync(join(folder, 'rules.yaml'), rule('{ fault: { kind: drop } }'));
    write(servers);
    const program = start(ninelives('gateway', '--config', file));
    expect(await program.exit).toEqual({ code: 2, signal: null });
    expect(program.err.join()).toMatch(/rules\.yaml:3:\d+/);
    write(`${servers}allowFaults: true\n`);
    await gateway();
  });
});

/** With NINELIVES_RELOADS=100 as long as is promised. */
const reloads = Number(process.env['NINELIVES_RELOADS'] ?? 8);

test(
  'a file that changes under load, to good and to broken, loses no session and causes no error',
  { timeout: 20_000 + reloads * 2000 },
  async () => {
    const forms = [
      `upstreams:\n  one: ${child(scripted())}\nroutes:\n  - { path: /one, upstream: one }`,
      `upstreams:\n  one: ${child(scripted(), { env: { OTHER: 'yes' } })}\nroutes:\n  - { path: /one, upstream: one }`,
      `upstreams:\n  one: ${child(scripted())}\nroutes:\n  - { path: /one, upstream: one, limits: { pendingPerSession: 500 } }`,
    ];
    const broken = ['upstreams: [', 'upstreams: {}', forms[0]!.replace('upstream: one', 'upstream: two')];
    write(forms[0]!);
    const { program, url } = await gateway();
    const clients = await Promise.all([1, 2, 3].map(async () => connect('v1', new URL(`${url}/one`), false)));
    const load = new AbortController();
    let calls = 0;
    const callers = clients.map(async (client, index) => {
      while (!load.signal.aborted) {
        const text = `call ${calls++} of ${index}`;
        expect(await client.callTool('echo', { text })).toMatchObject({ content: [{ text }] });
      }
    });
    const answers = [
      'configuration reloaded',
      'the configuration says the same',
      'the configuration is as it was: the file cannot be used',
    ];
    const answered = (): number => program.log().filter(({ message }) => answers.includes(String(message))).length;
    for (let round = 0; round < reloads; round++) {
      const before = answered();
      write(round % 2 === 0 ? forms[(round / 2 + 1) % forms.length]! : broken[((round - 1) / 2) % broken.length]!);
      program.signal('SIGHUP');
      await program.until(() => (answered() > before ? true : undefined), 'saying what became of the file');
    }
    const late = await connect('v2 legacy', new URL(`${url}/one`), false);
    expect(await late.callTool('echo', { text: 'late' })).toMatchObject({ content: [{ text: 'late' }] });
    load.abort();
    await Promise.all(callers);
    expect(answered()).toBeGreaterThanOrEqual(reloads);
    expect(calls).toBeGreaterThan(reloads);
    expect(program.log().filter(({ message }) => message === 'session ended')).toEqual([]);
    const taken = program.log().filter(({ message }) => message === 'configuration reloaded');
    expect(taken.length).toBeGreaterThan(0);
    for (const client of [...clients, late]) await client.close();
  },
);

test('a file that is written anew is read without a signal', async () => {
  const text = `upstreams: { one: ${child(scripted())} }\nroutes:\n  - { path: /one, upstream: one }\n`;
  write(text);
  const { program, url } = await gateway();
  write(`${text}  - { name: again, path: /again, upstream: one }\n`);
  expect(await program.logged('configuration reloaded')).toMatchObject({ addedRoutes: ['again'] });
  const client = await connect('v1', new URL(`${url}/again`), false);
  await client.close();
});
