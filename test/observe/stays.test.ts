import { describe, expect, test } from 'vitest';
import { Stays } from '../../src/observe/stays.ts';

describe('stays', () => {
  test('say nothing of a state that nobody has left', () => {
    const stays = new Stays();
    stays.add('initializing', 5);
    expect(stays.times()).toEqual({ initializing: { p50: 5, p99: 5 } });
  });

  test('give the middle and nearly the longest of those that there were', () => {
    const stays = new Stays();
    for (let ms = 100; ms >= 1; ms--) stays.add('active.serving', ms);
    expect(stays.times()).toEqual({ 'active.serving': { p50: 50, p99: 99 } });
  });

  test('are those that ended lately', () => {
    const stays = new Stays();
    for (let stay = 0; stay < 600; stay++) stays.add('initializing', 1000);
    for (let stay = 0; stay < 512; stay++) stays.add('initializing', 1);
    expect(stays.times()).toEqual({ initializing: { p50: 1, p99: 1 } });
  });
});
