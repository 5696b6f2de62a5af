import { describe, expect, test } from 'vitest';
import { shorten } from '../../../src/testing/play/shorten.ts';
import type { Play, Step } from '../../../src/testing/play/step.ts';

const call = (client: number): Step => ({
  do: 'request',
  client,
  method: 'ping',
  id: { sameAs: 2 },
  wantsProgress: true,
});
const wait: Step = { do: 'wait', ms: 100 };
const long: Play = [
  wait,
  call(3),
  wait,
  wait,
  { do: 'answer', request: 4, with: 'error', isTwice: true },
  wait,
  call(1),
];

/** Needs two requests, and an answer between them. */
const needed = async (play: Play): Promise<boolean> => {
  const kinds = play.map((step) => step.do);
  return kinds.indexOf('request') < kinds.indexOf('answer') && kinds.indexOf('answer') < kinds.lastIndexOf('request');
};

describe('a play is shortened', () => {
  test('to the steps that it needs, and they to what is needed of them', async () => {
    const plain: Step = { do: 'request', client: 0, method: 'ping', id: 'next' };
    expect(await shorten(long, needed)).toEqual([plain, { do: 'answer', request: 0, with: 'result' }, plain]);
  });

  test('member by member, where the plainest step is too plain', async () => {
    const needsTwice = async (play: Play): Promise<boolean> =>
      play.some((step) => step.do === 'answer' && step.isTwice);
    const short = await shorten(long, needsTwice);
    expect(short).toEqual([{ do: 'answer', request: 0, with: 'result', isTwice: true }]);
  });

  test('in as many attempts as there may be', async () => {
    let attempts = 0;
    const short = await shorten(long, async () => (attempts++, false), 5);
    expect({ short, attempts }).toEqual({ short: long, attempts: 5 });
  });
});
