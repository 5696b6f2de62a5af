import { describe, expect, test } from 'vitest';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { breakpointsMax } from '../../src/rules/breakpoints.ts';
import { readBreakpoint } from '../../src/rules/read-breakpoint.ts';
import { RuleEngine, noRules } from '../../src/rules/rule-engine.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { playbook } from '../scenarios/conversation.ts';
import { ruleSetOf } from './rule-sets.ts';

/** A runtime without a rule file, unless it is said, and its sessions. */
function withEngine(ruleSet = noRules) {
  const engine = new RuleEngine(ruleSet, { clock: new VirtualClock(), log: silentLog });
  const play = playbook({ interceptors: engine });
  engine.watch(play.runtime);
  const set = (said: object) => {
    const read = readBreakpoint(said);
    if ('problem' in read) throw new Error(read.problem);
    return engine.breakpoints.add(read);
  };
  return { engine, play, set };
}

describe('a breakpoint', () => {
  test('holds frames from now on, also in sessions where something waits, and is counted', async () => {
    const { engine, play, set } = withEngine();
    const { client, server } = play.open();
    client.asks(1, 'tools/call', { name: 'slow' });
    server.receivesRequest(1, 'tools/call', { name: 'slow' });
    expect(engine.isEmpty).toBe(true);
    set({ when: 'frame.name == "a"' });
    expect(engine.isEmpty).toBe(false);
    client.asks(2, 'tools/call', { name: 'a' });
    server.receivesNothing();
    expect(engine.desk.list()).toMatchObject([{ rule: 'breakpoint b1', byDefault: 'resume' }]);
    expect(engine.breakpoints.list()).toMatchObject([{ id: 'b1', hits: 1 }]);
    engine.desk.resume('p1');
    await play.promisesSettle();
    server.receivesRequest(2, 'tools/call', { name: 'a' });
  });

  test('comes before the rules of a file, which are asked about what goes on', async () => {
    const { engine, play, set } = withEngine(
      ruleSetOf('{ id: wall, when: frame.name == "b", do: [block: { message: no }] }'),
    );
    set({ method: 'tools/call' });
    const { client } = play.open();
    client.asks(1, 'tools/call', { name: 'a' });
    engine.desk.modify('p1', { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'b' } });
    await play.promisesSettle();
    client.receives({
      jsonrpc: '2.0',
      id: 1,
      error: { code: 4030, message: 'no', data: { code: 'BLOCKED', interceptor: 'wall' } },
    });
  });

  test('for one session leaves the others alone', () => {
    const { engine, play, set } = withEngine();
    set({ session: 's2' });
    const [one, two] = [play.open(), play.open()];
    one.client.asks(1, 'ping');
    one.server.receivesRequest(1, 'ping');
    two.client.asks(1, 'ping');
    two.server.receivesNothing();
    engine.desk.block('p1');
    two.client.leaves();
    expect(engine.desk.list()).toEqual([]);
  });

  test('on a transition holds the first frame after it, once', async () => {
    const { engine, play, set } = withEngine();
    set({ transition: { from: 'initializing', to: 'active' } });
    const { client, server } = play.open();
    client.asks(0, 'initialize', {});
    server.takesAll();
    server.answers(0, { protocolVersion: '2025-11-25', capabilities: {} });
    client.takesAll();
    client.notifies('notifications/initialized');
    server.receivesNothing();
    expect(engine.desk.list()).toMatchObject([{ rule: 'breakpoint b1', method: 'notifications/initialized' }]);
    engine.desk.resume('p1');
    await play.promisesSettle();
    server.receivesNotification('notifications/initialized');
    client.asks(1, 'tools/list');
    server.receivesRequest(1, 'tools/list');
  });

  test('that is taken away holds nothing more, and what it has held is still decided about', async () => {
    const { engine, play, set } = withEngine();
    const { client, server } = play.open();
    set({ kind: 'request' });
    client.asks(1, 'tools/list');
    expect(engine.breakpoints.remove('b1')).toBe(true);
    expect(engine.breakpoints.remove('b1')).toBe(false);
    expect([engine.isEmpty, engine.desk.list().length]).toEqual([true, 1]);
    client.asks(2, 'tools/list');
    server.receivesNothing();
    engine.desk.resume('p1');
    await play.promisesSettle();
    server.receivesRequest(1, 'tools/list');
    server.receivesRequest(2, 'tools/list');
  });
});

test('there are no more than may be', () => {
  const { engine, set } = withEngine();
  for (let set_ = 0; set_ < breakpointsMax; set_++) expect(set({})).toBeDefined();
  expect(set({})).toBeUndefined();
  engine.breakpoints.remove('b1');
  expect(set({})).toMatchObject({ id: `b${breakpointsMax + 1}`, hits: 0 });
});

test('without any, nobody listens to a runtime; when the last one is gone and decided, nobody does again', async () => {
  const engine = new RuleEngine(noRules, { clock: new VirtualClock(), log: silentLog });
  let listeners = 0;
  const observe = () => {
    listeners++;
    return () => void listeners--;
  };
  const unwatch = engine.watch({ observe });
  expect(listeners).toBe(0);
  const read = readBreakpoint({});
  if ('problem' in read) throw new Error(read.problem);
  engine.breakpoints.add(read);
  engine.breakpoints.add(read);
  expect(listeners).toBe(1);
  const asked = { rule: 'breakpoint b1', direction: 'client-to-server', kind: 'request', method: 'ping' } as const;
  const put = engine.desk.put({ ...asked, sessionId: 's', bytes: 1, message: {}, pauseMs: 9, byDefault: 'block' });
  engine.breakpoints.remove('b1');
  engine.breakpoints.remove('b2');
  expect(listeners).toBe(1);
  engine.desk.resume('p1');
  await put;
  expect(listeners).toBe(0);
  engine.replace(ruleSetOf('{ id: a, do: [block: {}] }'));
  expect([listeners, engine.isEmpty]).toEqual([1, false]);
  unwatch();
  expect(listeners).toBe(0);
});
