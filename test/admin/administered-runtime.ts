/** A runtime whose sessions have a client and a server that are this test, behind an admin listener on a free port. */
import { onTestFinished } from 'vitest';
import type { Administered, AdministeredCluster } from '../../src/admin/administered.ts';
import { type AdminListenerOptions, openAdminListener } from '../../src/admin/listener.ts';
import type { Clock, PeerLink } from '../../src/ports.ts';
import { RuleEngine } from '../../src/rules/rule-engine.ts';
import { readRuleFile } from '../../src/rules/rule-file.ts';
import type { Problem } from '../../src/rules/yaml-places.ts';
import type { RuntimeSession } from '../../src/runtime/api.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';

export const token = 'a-token_of-this-test';

export async function administered(
  options: Partial<AdminListenerOptions> = {},
  pid = 1,
  cluster?: AdministeredCluster,
) {
  let opened = 0;
  let drains = 0;
  const clock = systemClock();
  const rules = rulesOf(clock);
  const runtime = createRuntime({ ids: { sessionId: () => `session-${++opened}` }, clock, interceptors: rules.engine });
  rules.engine.watch(runtime);
  const written: string[] = [];
  const link: PeerLink = {
    write: (message) => written.push(Buffer.concat(message).toString()) > 0,
    pause: () => {},
    close: () => {},
  };
  const what: Administered = {
    facts: { pid, version: '0.0.0', command: 'forward http', server: 'node', url: 'http://h/mcp', startedAt: 1 },
    sessions: () => runtime.sessions(),
    session: (id) => runtime.session(id),
    totals: () => runtime.totals(),
    leaks: async () => {
      const { sessions, upstreams, timers, pending, held, tombstones, drift } = runtime.audit();
      const has = { sessions, upstreams, timers, pending, held, tombstones, paused: 0, children: 0 };
      return { pid: 1, has: { ...has, resources: {}, heapBytes: 1, residentBytes: 1 }, drift };
    },
    engine: rules.engine,
    rules,
    takesFaults: true,
    ...(cluster === undefined ? {} : { cluster }),
    drain: () => {
      drains += 1;
    },
  };
  const listener = await openAdminListener({
    host: '127.0.0.1',
    port: 0,
    token,
    administered: what,
    clock,
    log: silentLog,
    ...options,
  });
  onTestFinished(async () => {
    await listener.close();
    await runtime.stop();
  });
  const open = (): RuntimeSession => {
    const result = runtime.open({ transportType: 'in-memory', client: link, server: link });
    if ('refusal' in result) throw new Error(result.refusal.code);
    return result.session;
  };
  return { listener, facts: what.facts, runtime, open, written, drains: () => drains };
}

/** One rule, which pauses what is called by the name of a tool that is to be held. */
function rulesOf(clock: Clock) {
  const read = readRuleFile(`version: 1
rules:
  - id: hold
    when: frame.name == "hold"
    do: [{ pause: { ms: 60000, scope: exchange } }]
`);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  const ruleSet = { rules: read.rules, plugins: [] };
  const engine = new RuleEngine(ruleSet, { clock, log: silentLog });
  let reloads = 0;
  // The second time the file has mistakes.
  const reload = async (): Promise<readonly Problem[]> => {
    if (reloads++ > 0) return Promise.resolve([{ line: 3, column: 5, where: 'rules[0]', message: 'It is wrong.' }]);
    engine.replace({ ...ruleSet });
    return Promise.resolve([]);
  };
  return { file: 'rules.yaml', engine, reload };
}

/** A request as it is; what `fetch` would not send is sent, too. */
export async function ask(origin: string, path: string, init: RequestInit = {}) {
  const headers = { Authorization: `Bearer ${token}`, ...(init.headers as Record<string, string> | undefined) };
  const response = await fetch(`${origin}${path}`, { ...init, headers });
  const text = await response.text();
  const body = (text.startsWith('{') ? JSON.parse(text) : text) as Readonly<Record<string, unknown>>;
  return { status: response.status, headers: response.headers, body };
}
