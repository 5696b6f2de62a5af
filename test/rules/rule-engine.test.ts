import { describe, expect, test } from 'vitest';
import { RuleEngine, type RuleSet, oldVersionMsMax } from '../../src/rules/rule-engine.ts';
import { playbook } from '../scenarios/conversation.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { ruleSetOf } from './rule-sets.ts';

/** A runtime whose sessions have the rules, on a clock of the engine's own where time does not matter. */
function ruled(ruleSet: RuleSet) {
  const clock = new VirtualClock();
  const engine = new RuleEngine(ruleSet, { clock, log: silentLog });
  const play = playbook({ interceptors: engine });
  engine.watch(play.runtime);
  return { play, engine, clock };
}

const blocksA = ruleSetOf('{ id: a, when: frame.name == "a", do: [block: { message: no a }] }');
const blocksB = ruleSetOf('{ id: b, when: frame.name == "b", do: [block: { message: no b }] }');
const refused = (id: number, rule: string) => ({
  jsonrpc: '2.0',
  id,
  error: { code: 4030, message: `no ${rule}`, data: { code: 'BLOCKED', interceptor: rule } },
});

describe('the rules in force', () => {
  test('are asked about every frame, and are named where they decide', () => {
    const { client, server } = ruled(blocksA).play.open();
    client.asks(1, 'tools/call', { name: 'a' });
    client.receives(refused(1, 'a'));
    client.asks(2, 'tools/call', { name: 'b' });
    server.receivesRequest(2, 'tools/call', { name: 'b' });
  });

  test('change for a session when nothing in it waits any more, and for a new one at once', () => {
    const { play, engine } = ruled(blocksA);
    const { client, server } = play.open();
    client.asks(1, 'tools/call', { name: 'c' });
    server.receivesRequest(1, 'tools/call', { name: 'c' });
    engine.replace(blocksB);
    client.asks(2, 'tools/call', { name: 'a' });
    client.receives(refused(2, 'a'));
    const other = play.open();
    other.client.asks(1, 'tools/call', { name: 'b' });
    other.client.receives(refused(1, 'b'));
    server.answers(1);
    client.receivesResult(1);
    client.asks(3, 'tools/call', { name: 'b' });
    client.receives(refused(3, 'b'));
    client.asks(4, 'tools/call', { name: 'a' });
    server.receivesRequest(4, 'tools/call', { name: 'a' });
  });

  test('change after a minute for a session in which something always waits', () => {
    const { play, engine, clock } = ruled(blocksA);
    const { client, server } = play.open();
    client.asks(1, 'subscriptions/listen', {});
    server.receivesRequest(1, 'subscriptions/listen', {});
    engine.replace(blocksB);
    clock.advance(oldVersionMsMax - 1);
    client.asks(2, 'tools/call', { name: 'a' });
    client.receives(refused(2, 'a'));
    clock.advance(1);
    client.asks(3, 'tools/call', { name: 'b' });
    client.receives(refused(3, 'b'));
  });

  test('may be none, before and after', () => {
    const { play, engine } = ruled({ rules: [], plugins: [] });
    const { client, server } = play.open();
    client.asks(1, 'tools/call', { name: 'a' });
    server.receivesRequest(1, 'tools/call', { name: 'a' });
    server.answers(1);
    client.receivesResult(1);
    engine.replace(blocksA);
    client.asks(2, 'tools/call', { name: 'a' });
    client.receives(refused(2, 'a'));
  });

  test('come before the interceptors of plugins, which see what they made of the message', () => {
    const seen: unknown[] = [];
    const { rules } = ruleSetOf('{ id: m, do: [modify: { merge: { params: { x: 1 } } }] }');
    const { client, server } = ruled({
      rules,
      plugins: [{ name: 'looks', intercept: ({ message }) => void seen.push(message['params']) }],
    }).play.open();
    client.asks(1, 'ping');
    server.receivesRequest(1, 'ping', { x: 1 });
    expect(seen).toEqual([{ x: 1 }]);
  });
});

describe('the desk', () => {
  const holds = ruleSetOf('{ id: hold, when: frame.method == "tools/call", do: [pause: {}] }');

  test('has what waits in the sessions, and lets it go on', async () => {
    const { play, engine } = ruled(holds);
    const { client, server } = play.open();
    client.asks(1, 'tools/call', { name: 'a' });
    server.receivesNothing();
    const [frame] = engine.desk.list();
    expect(frame).toMatchObject({ sessionId: 's1', rule: 'hold', kind: 'request' });
    engine.desk.modify(frame?.id ?? '', { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'z' } });
    await play.promisesSettle();
    server.receivesRequest(1, 'tools/call', { name: 'z' });
  });

  test('is left by requests that are cancelled, and by sessions that end', async () => {
    const { play, engine } = ruled(holds);
    const { client } = play.open();
    const other = play.open();
    client.asks(1, 'tools/call');
    other.client.asks(1, 'tools/call');
    client.notifies('notifications/cancelled', { requestId: 1 });
    expect(engine.desk.list()).toMatchObject([{ sessionId: 's2' }]);
    other.client.leaves();
    expect(engine.desk.list()).toEqual([]);
    await play.promisesSettle();
  });
});

describe('a breakpoint', () => {
  test('holds the first frame after the transition, in either direction, and no other', async () => {
    const { play, engine } = ruled(
      ruleSetOf('{ id: ready, on: transition, from: initializing, to: active, do: [pause: { default: resume }] }'),
    );
    const { client, server, handshake } = play.open();
    client.asks(0, 'initialize', {});
    server.takesAll();
    server.answers(0, { protocolVersion: '2025-11-25', capabilities: {} });
    client.takesAll();
    expect(engine.desk.list()).toEqual([]);
    client.notifies('notifications/initialized');
    client.asks(1, 'tools/list');
    server.receivesNothing();
    expect(engine.desk.list()).toMatchObject([{ rule: 'ready', method: 'notifications/initialized' }]);
    engine.desk.resume('p1');
    await play.promisesSettle();
    server.receivesNotification('notifications/initialized');
    server.receivesRequest(1, 'tools/list');
    expect(handshake).toBeDefined();
  });

  test('that asks for another state holds nothing', () => {
    const { play, engine } = ruled(ruleSetOf('{ id: down, on: transition, to: active.recovering, do: [pause: {}] }'));
    const { client, server, handshake } = play.open();
    handshake();
    client.asks(1, 'tools/list');
    server.receivesRequest(1, 'tools/list');
    expect(engine.desk.list()).toEqual([]);
  });
});

describe('a dry run', () => {
  test('counts what other rules would do, beside those in force, and changes nothing', () => {
    const { play, engine } = ruled(blocksA);
    const { client, server } = play.open();
    const run = engine.dryRun(blocksB);
    for (const [id, name] of ['a', 'b', 'c'].entries()) client.asks(id, 'tools/call', { name });
    client.receives(refused(0, 'a'));
    server.receivesRequest(1, 'tools/call', { name: 'b' });
    server.receivesRequest(2, 'tools/call', { name: 'c' });
    expect(run.report()).toMatchObject({
      frames: 3,
      different: 2,
      current: { block: 1, pass: 2 },
      next: { block: 1, pass: 2 },
      byRule: { b: { block: 1 } },
      examples: [
        { sessionId: 's1', current: 'block', next: 'pass', rule: undefined },
        { sessionId: 's1', current: 'pass', next: 'block', rule: 'b' },
      ],
    });
    run.stop();
    const other = play.open();
    other.client.notifies('x');
    other.server.receivesNotification('x');
    expect(run.report().frames).toBe(3);
  });
});
