import { expect, test } from 'vitest';
import { BaseUnit } from '../../src/session/base-unit.ts';

test('steps wait for the commit, run in the order in which they were staged, and run once', () => {
  const unit = new BaseUnit<string, string>();
  const done: string[] = [];
  unit.begin(5);
  unit.later(() => done.push('first'));
  unit.later(() => done.push('second'));
  expect(done).toEqual([]);
  unit.commit();
  expect(done).toEqual(['first', 'second']);
  unit.begin(6);
  unit.commit();
  expect(done).toEqual(['first', 'second']);
});

test('a unit is open from its beginning to its commit, at the time of its event', () => {
  const unit = new BaseUnit<string, string>();
  expect(unit.isOpen).toBe(false);
  unit.begin(70);
  expect([unit.isOpen, unit.now]).toEqual([true, 70]);
  unit.prepare(false);
  unit.commit();
  expect(unit.isOpen).toBe(false);
});

test('the commit returns the effects in order, and the next unit begins with none', () => {
  const unit = new BaseUnit<string, string>();
  unit.begin(0);
  unit.effect('connect');
  unit.effect('announce');
  const effects = unit.commit();
  unit.begin(1);
  unit.effect('disconnect');
  expect(unit.commit()).toEqual(['disconnect']);
  expect(effects).toEqual(['connect', 'announce']);
});

test('after a rollback nothing that was staged is left', () => {
  const unit = new BaseUnit<string, string>();
  const done: string[] = [];
  unit.begin(0);
  unit.later(() => done.push('never'));
  unit.effect('never');
  unit.enter('elsewhere');
  unit.rollback();
  expect(unit.isOpen).toBe(false);
  unit.begin(1);
  expect(unit.commit()).toEqual([]);
  expect(done).toEqual([]);
});
