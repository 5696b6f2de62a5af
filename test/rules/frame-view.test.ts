import { expect, test } from 'vitest';
import { Scene } from '../../src/rules/frame-view.ts';
import { call, contextOf, sceneOf } from './scenes.ts';

test('a frame shows its parts, and nothing for what it has not', () => {
  const { frame } = sceneOf({ message: { jsonrpc: '2.0', id: 'x', result: { a: 1 } } });
  expect([frame.kind, frame.method, frame.name, frame.id, frame.params, frame.result, frame.error]).toEqual([
    'response',
    '',
    '',
    'x',
    undefined,
    { a: 1 },
    undefined,
  ]);
  expect([frame.bytes, frame.size]).toEqual([43n, 43]);
  expect(sceneOf({ message: { method: 'x' } }).frame.id).toBeNull();
});

test('a changed frame shows what it was changed to', () => {
  const { frame } = new Scene(contextOf(), { ...call('other'), method: 'x' });
  expect([frame.method, frame.name, frame.longest]).toEqual(['x', 'other', 4]);
  const odd = new Scene(contextOf(), { params: { name: 5 } }).frame;
  expect([odd.method, odd.name]).toEqual(['', '']);
});

test('a session shows what is known, and empty texts for what is not', () => {
  const { meta, auth, http, now } = sceneOf({ headers: { 'x-a': '1' }, metadata: { client_name: undefined } });
  expect([meta.frame_count, meta.pending_count, meta.client_name, meta.route, meta.principal]).toEqual([
    3n,
    1n,
    '',
    '',
    'ann',
  ]);
  expect([auth.principal, http.header('X-A'), http.header('x-b')]).toEqual(['ann', '1', '']);
  expect(now.getTime()).toBe(1_800_000_000_000);
});
