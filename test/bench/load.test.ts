import { expect, test } from 'vitest';
import { answerOf, answerTo, callOf } from './exchange.ts';
import { joined } from './load.ts';

test('turns are joined to the run that they were dealt from', () => {
  const turn = (calls: number, micros: readonly number[]) => ({
    calls,
    micros,
    elapsedMs: 10 * calls,
    cpuMs: calls / 2,
  });
  expect(joined([turn(2, [7, 5]), turn(1, [9])])).toEqual({ calls: 3, micros: [7, 5, 9], elapsedMs: 30, cpuMs: 1.5 });
});

test('a long line is answered without parsing it as it would be with', () => {
  const args = JSON.stringify({ text: 'a "quoted", {braced} \n line'.repeat(1000), id: 8, method: 'x' });
  const line = callOf(42, 'echo', args);
  const parsed = JSON.parse(line) as { readonly id: number; readonly params: { readonly arguments: unknown } };
  expect(answerTo(line)).toBe(answerOf(parsed.id, JSON.stringify(parsed.params.arguments)));
  expect(JSON.parse(answerTo(line))).toEqual({
    result: { content: JSON.parse(args) },
    jsonrpc: '2.0',
    id: 42,
  });
});
