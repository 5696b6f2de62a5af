import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { Patience } from '../../src/transports/patience.ts';

class Reader {
  taken = 0;
  givenUp = 0;
  readonly clock = new VirtualClock();
  readonly patience = new Patience(this.clock);

  begin(patienceMs: number): void {
    this.patience.begin(
      patienceMs,
      () => this.taken,
      () => (this.givenUp += 1),
    );
  }
}

describe('the patience with a slow reader', () => {
  test('ends after the time in which nothing was taken, once', () => {
    const reader = new Reader();
    reader.begin(1000);
    reader.clock.advance(999);
    expect(reader.givenUp).toBe(0);
    reader.clock.advance(10_000);
    expect(reader.givenUp).toBe(1);
    expect(reader.clock.pending).toBe(0);
  });

  test('begins again with whatever was taken', () => {
    const reader = new Reader();
    reader.begin(1000);
    for (let span = 0; span < 5; span += 1) {
      reader.taken += 1;
      reader.clock.advance(1000);
    }
    expect(reader.givenUp).toBe(0);
    reader.clock.advance(1000);
    expect(reader.givenUp).toBe(1);
  });

  test('counts what was taken from its last beginning on', () => {
    const reader = new Reader();
    reader.begin(1000);
    reader.taken += 1;
    reader.clock.advance(500);
    reader.begin(1000);
    reader.clock.advance(999);
    expect(reader.givenUp).toBe(0);
    reader.clock.advance(1);
    expect(reader.givenUp).toBe(1);
  });

  test('is over when all was taken', () => {
    const reader = new Reader();
    reader.begin(1000);
    reader.patience.end();
    reader.clock.advance(5000);
    expect(reader.givenUp).toBe(0);
    expect(reader.clock.pending).toBe(0);
  });
});
