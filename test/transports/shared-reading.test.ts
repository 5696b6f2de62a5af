import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { SharedReading } from '../../src/transports/shared-reading.ts';

/** A connection for two whose members keep at most 100 bytes, and wait 10 s for each other. */
function reading() {
  const clock = new VirtualClock();
  const told: unknown[] = [];
  const kept = [60, 30, 30];
  const shared = new SharedReading({
    clock,
    bytesMax: 100,
    stallMs: 10_000,
    pause: (paused) => told.push(paused ? 'pause' : 'go on'),
    giveUp: () => {
      const bytes = kept.shift();
      if (bytes === undefined) return false;
      told.push(`give up ${bytes}`);
      shared.keeps(-bytes);
      return true;
    },
  });
  shared.isSharedBy(2);
  return { clock, told, shared, kept };
}

describe('a shared connection', () => {
  test('is read up to the limit, and again when half of it is left', () => {
    const { told, shared } = reading();
    shared.keeps(100);
    expect(told).toEqual([]);
    shared.keeps(1);
    shared.keeps(50);
    shared.keeps(-100);
    expect(told).toEqual(['pause']);
    shared.keeps(-1);
    expect(told).toEqual(['pause', 'go on']);
    shared.keeps(51);
    expect(told).toEqual(['pause', 'go on', 'pause']);
  });

  test('is read again after a while: those with the most are given up until there is room', () => {
    const { told, shared, clock } = reading();
    shared.keeps(120);
    clock.advance(9_999);
    expect(told).toEqual(['pause']);
    clock.advance(1);
    expect(told).toEqual(['pause', 'give up 60', 'give up 30', 'go on']);
    expect(clock.pending).toBe(0);
    shared.keeps(71);
    clock.advance(10_000);
    expect(told.slice(4)).toEqual(['pause', 'give up 30']);
  });

  test('waits without end for one that is alone, and from when another has come', () => {
    const { told, shared, clock } = reading();
    shared.isSharedBy(1);
    shared.keeps(120);
    clock.advance(100_000);
    expect(told).toEqual(['pause']);
    shared.isSharedBy(2);
    shared.isSharedBy(3);
    clock.advance(10_000);
    expect(told).toContain('give up 60');
  });

  test('that is over gives nobody up', () => {
    const { told, shared, clock } = reading();
    shared.keeps(120);
    shared.stop();
    expect(clock.pending).toBe(0);
    clock.advance(10_000);
    shared.keeps(-10);
    shared.keeps(-110);
    expect(told).toEqual(['pause']);
  });
});
