import { describe, expect, test } from 'vitest';
import { Pulse } from '../../src/inspector/pulse.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

function beating(more: () => boolean) {
  const clock = new VirtualClock();
  const beats: number[] = [];
  const pulse = new Pulse(clock, 100, () => {
    beats.push(clock.now());
    return more();
  });
  return { clock, beats, pulse };
}

describe('a pulse', () => {
  test('beats once for all who ask meanwhile', () => {
    const { clock, beats, pulse } = beating(() => false);
    pulse.ask();
    pulse.ask();
    clock.advance(1000);
    expect(beats).toEqual([100]);
    pulse.ask();
    clock.advance(100);
    expect([beats, clock.pending]).toEqual([[100, 1100], 0]);
  });

  test('goes on while there is something to do', () => {
    let left = 3;
    const { clock, beats, pulse } = beating(() => --left > 0);
    pulse.ask();
    clock.advance(1000);
    expect(beats).toEqual([100, 200, 300]);
  });

  test('that has stopped beats no more, whoever asks', () => {
    const { clock, beats, pulse } = beating(() => true);
    pulse.ask();
    pulse.stop();
    pulse.ask();
    clock.advance(1000);
    expect([beats, clock.pending]).toEqual([[], 0]);
  });
});
