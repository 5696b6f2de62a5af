import { describe, expect, test } from 'vitest';
import { addCounts, counterIndex, counterNames, countsToJson, newCounts } from '../../src/session/counters.ts';
import { outcomes } from '../../src/session/outcomes.ts';

describe('counters', () => {
  test('have names that dashboards depend on', () => {
    expect([...counterNames]).toEqual([
      'framesFromClient',
      'framesFromServer',
      'bytesFromClient',
      'bytesFromServer',
      'requestsFromClient',
      'requestsFromServer',
      'responsesFromClient',
      'responsesFromServer',
      'notificationsFromClient',
      'notificationsFromServer',
      'malformedFromClient',
      'malformedFromServer',
      'lateResponses',
      'duplicateResponses',
      'bogusResponses',
      'lateProgress',
      'unattributedProgress',
      'lateCancellations',
      'illegalCancellations',
      'ambiguousCancellations',
      'errorsWithoutId',
      'duplicateIds',
      'beforeInitialized',
      'unknownMethods',
      'wrongKind',
      'wrongSender',
      'notInRevision',
      'modified',
      'blocked',
      'mocked',
      'held',
      'dropped',
      'interceptorFailures',
      'effectFailures',
      'undeliverable',
      'refusedPerSession',
      'refusedTotal',
      'refusedReserved',
      'refusedHeld',
      'refusedBuffer',
      'refusedListen',
      'refusedQuestions',
      'refusedLabels',
      'upstreamLosses',
      'recoveries',
      ...outcomes.map((outcome) => `outcome.${outcome}`),
    ]);
  });

  test('each have a place of their own, from zero', () => {
    expect(counterNames.map((name) => counterIndex[name])).toEqual(counterNames.map((_, index) => index));
    expect([...newCounts()]).toEqual(counterNames.map(() => 0));
  });

  test('become an object by name', () => {
    const counts = newCounts();
    counts[counterIndex.held] = 3;
    const json = countsToJson(counts);
    expect(Object.keys(json)).toEqual([...counterNames]);
    expect(json.held).toBe(3);
    expect(json.dropped).toBe(0);
  });

  test('of several sessions add up, and the added ones stay as they were', () => {
    const [total, one] = [newCounts(), newCounts()];
    total[0] = 5;
    one[0] = 2;
    one[counterNames.length - 1] = 7;
    addCounts(total, one);
    addCounts(total, one);
    expect([total[0], total.at(-1), one[0]]).toEqual([9, 14, 2]);
  });

  test('count beyond what a 32-bit number holds', () => {
    const counts = newCounts();
    counts[counterIndex.bytesFromServer] = 2 ** 40;
    addCounts(counts, counts.slice());
    expect(countsToJson(counts).bytesFromServer).toBe(2 ** 41);
  });
});
