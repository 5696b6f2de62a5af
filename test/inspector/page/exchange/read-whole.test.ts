import { expect, test } from 'vitest';
import { readWhole } from '../../../../src/inspector/page/exchange/read-whole.ts';
import type { Body } from '../../../../src/inspector/feed-messages.ts';

const whole = 'abcdefghij';
const piece = async (from: number): Promise<Body> => ({
  type: 'body',
  request: 0,
  seq: 1,
  from,
  text: whole.slice(from, from + 4),
  characters: whole.length,
  ...(from === 0 ? { headers: [['accept', '*/*']] } : {}),
});

test('a body is read piece after piece', async () => {
  const told: number[] = [];
  const body = await readWhole(piece, (read) => told.push(read) > 0);
  expect(body).toEqual({ text: whole, characters: 10, headers: [['accept', '*/*']] });
  expect(told).toEqual([4, 8, 10]);
});

test('reading ends at the limit, and when nobody wants it any more', async () => {
  expect(await readWhole(piece, () => true, 5)).toMatchObject({ text: 'abcdefgh', characters: 10 });
  expect(await readWhole(piece, () => false)).toBeUndefined();
});

test('a process that says less than it promised is not asked for ever', async () => {
  const body = await readWhole(
    async (from) => ({ ...(await piece(from)), text: '' }),
    () => true,
  );
  expect(body?.text).toBe('');
});

test('a body that is gone in between is an error', async () => {
  const reading = readWhole(
    async (from) => (from === 0 ? piece(0) : Promise.reject(new Error('gone'))),
    () => true,
  );
  await expect(reading).rejects.toThrow('gone');
});
