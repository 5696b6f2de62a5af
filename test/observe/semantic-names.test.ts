import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import { describe, expect, test } from 'vitest';
import { errorTable } from '../../src/errors.ts';
import { durations } from '../../src/observe/metrics-table.ts';
import {
  attribute,
  boundedCode,
  boundedMethod,
  boundedVersion,
  durationBuckets,
  errorTypeOf,
  networkAttributes,
} from '../../src/observe/semantic-names.ts';
import {
  conventionalBuckets,
  conventionalMetrics,
  conventionalSpanAttributes,
  conventionalTransports,
} from './mcp-conventions.ts';

describe('names', () => {
  test('of durations, their units, buckets and attributes are those of the conventions', () => {
    const conventional = Object.values(durations).filter(({ name }) => name.startsWith('mcp.'));
    expect(conventional.map(({ name }) => name).toSorted()).toEqual(
      conventionalMetrics.map(({ name }) => name).toSorted(),
    );
    for (const { name, unit, kind, attributes } of conventional) {
      const said = conventionalMetrics.find((metric) => metric.name === name)!;
      expect({ unit, instrument: kind }).toEqual({ unit: said.unit, instrument: said.instrument });
      // Two are ours: which of the outcomes it was, and the route of a gateway.
      const ours = attributes.filter((each) => !(said.attributes as readonly string[]).includes(each));
      expect(['outcome', 'route']).toEqual(expect.arrayContaining(ours));
    }
    expect(durationBuckets).toEqual(conventionalBuckets);
  });

  test('of attributes stand in the conventions, and in the package that is made of them', () => {
    const published = new Set(
      Object.entries(conventions).flatMap(([key, name]) => (key.startsWith('ATTR_') ? [name] : [])),
    );
    for (const name of Object.values(attribute)) {
      expect(conventionalSpanAttributes).toContain(name);
      expect(published).toContain(name);
    }
  });

  test('of our own metrics are not taken by the conventions', () => {
    const published = Object.entries(conventions).flatMap(([key, name]) =>
      key.startsWith('METRIC_') ? [String(name)] : [],
    );
    expect(published.length).toBeGreaterThan(100);
    expect(published.filter((name) => name.startsWith('ninelives'))).toEqual([]);
  });
});

describe('values', () => {
  test('of methods, revisions and codes are those that are known', () => {
    expect([boundedMethod('tools/call'), boundedMethod('tools/mine'), boundedMethod('')]).toEqual([
      'tools/call',
      '_OTHER',
      '_OTHER',
    ]);
    expect([boundedVersion('2025-11-25'), boundedVersion('2025-11-26')]).toEqual(['2025-11-25', '_OTHER']);
    expect([boundedCode(-32602), boundedCode(errorTable.DRAINING.code), boundedCode(12)]).toEqual([
      '-32602',
      '5031',
      '_OTHER',
    ]);
  });

  test('of errors are the code where there is one, else the outcome', () => {
    expect(errorTypeOf('result', undefined)).toBeUndefined();
    expect(errorTypeOf('error', -32601)).toBe('-32601');
    expect(errorTypeOf('client-gone', undefined)).toBe('client-gone');
  });

  test('of transports are those of the conventions', () => {
    const said = (['stdio', 'http', 'sse', 'websocket'] as const).map((type) => networkAttributes(type));
    expect(said.map((attributes) => attributes['network.transport'])).toEqual(['pipe', 'tcp', 'tcp', 'tcp']);
    expect(conventionalTransports).toEqual(expect.arrayContaining(['pipe', 'tcp']));
    expect(networkAttributes('in-memory')).toEqual({});
  });
});
