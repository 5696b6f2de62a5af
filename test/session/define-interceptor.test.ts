import { expect, test } from 'vitest';
import { defineInterceptor } from '../../src/session/define-interceptor.ts';

test('what an interceptor is defined as is what it is', () => {
  const definition = { name: 'x', create: () => () => undefined };
  expect(defineInterceptor(definition)).toBe(definition);
});
