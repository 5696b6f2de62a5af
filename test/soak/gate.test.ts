import { expect, test } from 'vitest';
import { Gate } from './gate.ts';

test('a gate closes when what is inside has ended, and lets the others in when it opens', async () => {
  const gate = new Gate();
  const told: string[] = [];
  let leave = (): void => {};
  const first = gate.through(() => new Promise<void>((resolve) => (leave = resolve)));
  const closed = gate.close().then(() => told.push('closed'));
  const second = gate.through(async () => told.push('second'));
  leave();
  await first;
  await closed;
  expect(told).toEqual(['closed']);
  gate.open();
  await second;
  expect(told).toEqual(['closed', 'second']);
});

test('a gate with nobody inside is closed at once, also after work that failed', async () => {
  const gate = new Gate();
  await expect(gate.through(async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await gate.close();
  gate.open();
  expect(await gate.through(async () => 'in')).toBe('in');
});
