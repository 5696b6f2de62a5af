import { expect, test } from 'vitest';
import type { DeliveryResult, ExchangeLink } from '../../src/ports.ts';
import { ExchangeBox } from '../../src/runtime/exchange-box.ts';
import { sending } from '../session/fixtures.ts';

function box(deliver: () => DeliveryResult, hasClosed = true) {
  const closed: string[] = [];
  const thrown: unknown[] = [];
  const link: ExchangeLink = {
    deliver,
    settled: () => {},
    pause: () => {},
    close: (reason) => {
      closed.push(reason);
      if (!hasClosed) throw new Error('EBADF');
    },
  };
  return { box: new ExchangeBox(link, (error) => thrown.push(error)), closed, thrown };
}

test('passes on what the link says of a message, and keeps none', () => {
  for (const result of ['accepted', 'full', 'closed', 'nowhere'] as const) {
    const { box: one } = box(() => result);
    expect([one.push(sending(undefined, [new Uint8Array(3)])), one.bytes, one.recall()]).toEqual([result, 0, false]);
  }
});

test('a link that throws has no reader any more', () => {
  const { box: one } = box(() => {
    throw new Error('EPIPE');
  });
  expect(one.push(sending(undefined, []))).toBe('closed');
});

test('closes its link once, and takes nothing afterwards', () => {
  const { box: one, closed } = box(() => 'accepted');
  one.finish('over');
  one.abandon('again');
  one.drained();
  expect([closed, one.push(sending(undefined, []))]).toEqual([['over'], 'closed']);
});

test('a link that throws when it is closed is told of, and is closed all the same', () => {
  const { box: one, closed, thrown } = box(() => 'accepted', false);
  one.finish('over');
  one.finish('again');
  expect([closed, thrown]).toEqual([['over'], [new Error('EBADF')]]);
});
