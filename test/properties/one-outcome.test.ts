/**
 * The law of the house under any interleaving: every request ends in exactly one outcome, and its requester is told exactly
 * once. Peers, operator, time and interceptors that decide when they like run side by side; the order is fast-check's.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InterceptAction, Interceptor } from '../../src/session/interception.ts';
import { expectOneOutcomeOfEach, scripts } from './one-outcome-play.ts';
import { World, runs } from './world.ts';

describe('every request has one outcome, and its requester is told once', () => {
  test('S1 S3 S6 S10 whatever order peers, operator, time and late interceptors come in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), scripts, (s, play) => expectOneOutcomeOfEach(s, play)),
      runs(90),
    );
  });
});

describe('what once went wrong', () => {
  /** Decides by what the frame is: the first rule whose word stands in the message. */
  function ruled(rules: Readonly<Record<string, InterceptAction>>): Interceptor {
    return {
      name: 'ruled',
      intercept: ({ message }) => {
        const text = JSON.stringify(message);
        return Object.entries(rules).find(([word]) => text.includes(word))?.[1];
      },
    };
  }
  const delayed: InterceptAction = { action: 'delay', delayMs: 1000 };

  test('a queue goes on when its head ends together with those behind it', () => {
    const world = new World({ interceptors: [ruled({ question: delayed })] });
    const pair = world.open();
    pair.shake();
    pair.ask('client-to-server', { id: 1, method: 'tools/call', params: { _meta: { progressToken: 't' } } });
    pair.ask('server-to-client', { id: 'a', method: 'question' });
    pair.ask('server-to-client', { id: 'b', method: 'question' });
    pair.fromServer({ method: 'notifications/progress', params: { progressToken: 't', progress: 1 } });
    pair.session.client.closed(false);
    pair.fromServer({ id: 1, result: {} });
    expect(pair.client.heard.map(({ id: known, method: said }) => known ?? said)).toEqual([
      'notifications/progress',
      1,
    ]);
    expect(pair.endedFor).toBe('client-closed');
  });

  test('R5 the first answer counts, also while it is held', () => {
    const world = new World({ interceptors: [ruled({ '"first"': delayed })] });
    const pair = world.open();
    pair.shake();
    pair.ask('client-to-server', { id: 1, method: 'tools/call' });
    pair.fromServer({ id: 1, result: { answer: 'first' } });
    pair.fromServer({ id: 1, result: { answer: 'second' } });
    world.clock.advance(1000);
    expect(pair.client.heard.map(({ result }) => result)).toEqual([{ answer: 'first' }]);
    expect(pair.session.snapshot().counts.duplicateResponses).toBe(1);
  });

  test('a question that the client has not seen is not called off there', () => {
    const world = new World({ interceptors: [ruled({ question: delayed })] });
    const pair = world.open();
    pair.shake();
    pair.ask('server-to-client', { id: 'a', method: 'question' });
    pair.server.lose();
    expect(pair.client.heard).toEqual([]);
  });

  test('a mocked answer to the replayed log level goes to nobody', () => {
    const rules: Record<string, InterceptAction> = {};
    const world = new World({ interceptors: [ruled(rules)] });
    const pair = world.open();
    pair.shake();
    pair.ask('client-to-server', { id: 1, method: 'logging/setLevel', params: { level: 'info' } });
    pair.fromServer({ id: 1, result: {} });
    pair.client.take();
    pair.server.lose();
    world.breathe();
    pair.server.becomeReady();
    pair.fromServer({
      id: pair.server.ear.heard.at(-1)?.id,
      result: { protocolVersion: '2025-11-25', capabilities: { tools: {} } },
    });
    rules['result'] = { action: 'mock', result: {} };
    const replayed = pair.server.ear.heard.at(-1);
    pair.fromServer({ id: replayed?.id, result: {} });
    expect(replayed?.method).toBe('logging/setLevel');
    expect([pair.client.heard, pair.session.snapshot().pending]).toEqual([[], []]);
  });

  test('an error that names no request does not pass an interceptor that blocks it', () => {
    const world = new World({
      interceptors: [ruled({ secret: { action: 'block' }, other: { action: 'modify', message: unnamed('changed') } })],
    });
    const pair = world.open();
    pair.shake();
    pair.fromServer(unnamed('secret'));
    pair.fromServer(unnamed('other'));
    expect(pair.client.heard.map(({ error }) => error?.message)).toEqual(['changed']);
    expect(pair.session.snapshot().counts).toMatchObject({ errorsWithoutId: 2, blocked: 1, dropped: 1 });
  });

  test('an answer that finds no room while it would have to wait is counted, never lost silently', () => {
    const world = new World({ limits: { heldFramesPerSession: 0 }, interceptors: [ruled({ error: delayed })] });
    const pair = world.open();
    pair.shake();
    pair.fromServer(unnamed('late'));
    expect(pair.client.heard).toEqual([]);
    expect(pair.session.snapshot().counts).toMatchObject({ refusedHeld: 1, dropped: 1 });
  });

  test('a client that left without reading is written to no more', () => {
    const world = new World();
    const pair = world.open();
    pair.shake();
    pair.client.isReading = false;
    pair.fromServer({ method: 'notifications/message', params: {} });
    pair.fromServer({ method: 'notifications/message', params: {} });
    pair.leave();
    expect(pair.client.closedFor).toBe('client-gone');
    expect(world.clock.pending).toBe(0);
  });
});

function unnamed(text: string): { readonly jsonrpc: '2.0'; readonly id: null; readonly error: object } {
  return { jsonrpc: '2.0', id: null, error: { code: 1, message: text } };
}
