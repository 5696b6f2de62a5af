import { beforeEach, expect, test } from 'vitest';
import { Pace } from '../../../../src/inspector/page/store/pace.ts';

/** A browser that draws when it is told to. */
let clock: number;
let pictures: (() => void)[];
let waits: { readonly ms: number; readonly act: () => void }[];
let done: string[];
let pace: Pace;

beforeEach(() => {
  [clock, pictures, waits, done] = [1_000, [], [], []];
  pace = new Pace({
    now: () => clock,
    atPicture: (act) => pictures.push(act),
    wait: (ms, act) => waits.push({ ms, act }),
  });
});

const draw = (): void => {
  const drawn = pictures;
  pictures = [];
  for (const act of drawn) act();
};
const endWaits = (): void => {
  const over = waits;
  waits = [];
  for (const { act } of over) act();
};

function doSlowly(what: string, ms: number): void {
  pace.later(() => done.push(what));
  draw();
  clock += ms;
  draw();
  endWaits();
}

test('what is new is shown with the next picture', () => {
  pace.later(() => done.push('first'));
  expect(done).toEqual([]);
  draw();
  expect(done).toEqual(['first']);
});

test('after work the page rests twice as long as that took', () => {
  doSlowly('first', 50);
  pace.later(() => done.push('second'));
  expect([done, waits.map(({ ms }) => ms)]).toEqual([['first'], [100]]);
  clock += 100;
  endWaits();
  expect(done).toEqual(['first', 'second']);
});

test('a page that takes very long rests a second at most', () => {
  doSlowly('first', 60_000);
  pace.later(() => done.push('second'));
  expect(waits.map(({ ms }) => ms)).toEqual([1_000]);
});

test('a page that has rested shows what is new at once', () => {
  doSlowly('first', 50);
  clock += 5_000;
  pace.later(() => done.push('second'));
  draw();
  expect(done).toEqual(['first', 'second']);
});
