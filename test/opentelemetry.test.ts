import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { expect, test } from 'vitest';
import { createRuntime } from '../src/index.ts';
import { instrumentRuntime } from '../src/opentelemetry.ts';
import { loadedBy } from './pins/loaded-modules.ts';

test('the entry measures a runtime of the other entry, and stops when it is told to', () => {
  const runtime = createRuntime();
  const stop = instrumentRuntime(runtime, { meter: new MeterProvider().getMeter('mine') });
  expect(stop).not.toThrow();
});

test('the entry asks for nothing but the API of OpenTelemetry, and no other entry asks for that', () => {
  const packages = [...loadedBy('src/opentelemetry.ts').packages];
  expect(packages.filter((name) => name !== '@opentelemetry/api')).toEqual([]);
  const others = ['src/index.ts', 'src/core.ts'].flatMap((entry) => [...loadedBy(entry).packages]);
  expect(others.filter((name) => name.startsWith('@opentelemetry/'))).toEqual([]);
});
