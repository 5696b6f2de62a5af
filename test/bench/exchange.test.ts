import { expect, test } from 'vitest';
import { answerOf, answerTo, asWritten, callOf, contentOf, sourceText } from './exchange.ts';

const args = JSON.stringify({ text: 'a "quoted", {braced} \n line'.repeat(1000), id: 8, method: 'x' });

test('a long line is answered without parsing it as it would be with', () => {
  const line = callOf(42, 'echo', args);
  const parsed = JSON.parse(line) as { readonly id: number; readonly params: { readonly arguments: unknown } };
  expect(answerTo(line)).toBe(answerOf(parsed.id, JSON.stringify(parsed.params.arguments)));
  expect(JSON.parse(answerTo(line)!)).toEqual({ result: JSON.parse(args), jsonrpc: '2.0', id: 42 });
});

test('a line that is short, or that a proxy wrote anew, is for the parser', () => {
  expect(answerTo(callOf(42, 'echo', '{}'))).toBeUndefined();
  const { id, method, params } = JSON.parse(callOf(42, 'echo', args));
  expect(answerTo(JSON.stringify({ method, params, jsonrpc: '2.0', id }))).toBeUndefined();
  const marked = { jsonrpc: '2.0', id, method, params: { ...params, _meta: { progressToken: 1 } } };
  expect(answerTo(JSON.stringify(marked))).toBeUndefined();
});

test('an answer that was taken apart on its way is told by what it means', () => {
  const answer = answerOf(7, contentOf('hello "world"'));
  const { result } = JSON.parse(answer);
  expect(asWritten(JSON.stringify({ jsonrpc: '2.0', id: 7, result: { ...result, _meta: {} } }))).toBe(answer);
  expect(asWritten(JSON.stringify({ jsonrpc: '2.0', id: 8, result }))).not.toBe(answer);
  expect(asWritten('{"jsonrpc":"2.0","id":7,"error":{"code":1,"message":"no"}}')).not.toBe(answer);
});

test('text is as long in JSON as was asked for, or a line longer', () => {
  const { length } = JSON.stringify(sourceText(65_536));
  expect(length).toBeGreaterThanOrEqual(65_536);
  expect(length).toBeLessThan(65_536 + 80);
});
