import { expect, test } from 'vitest';
import { readInterceptAction } from '../../src/runtime/intercept-action.ts';

const until = Promise.resolve();

test.each<[string, object]>([
  ['continue', { action: 'continue' }],
  ['in the name of a part', { by: 'a rule', action: 'continue' }],
  ['modify', { action: 'modify', message: { method: 'x' } }],
  ['delay', { action: 'delay', delayMs: 5, scope: 'exchange' }],
  ['pause', { action: 'pause', until, pauseMs: 5, scope: undefined, otherwise: { action: 'block' } }],
  ['drop', { action: 'drop', fault: 'kill-upstream' }],
  ['tag', { action: 'tag', labels: ['a'], isSet: false }],
  ['block', { action: 'block', code: 7, message: 'no' }],
  ['mock', { action: 'mock', error: { code: 1, message: 'no', data: { why: 1 } } }],
])('%s is read as it was said', (_what, action) => {
  expect(readInterceptAction(action)).toEqual(action);
});

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['a text', 'continue'],
  ['another action', { action: 'explode' }],
  ['a name that is no text', { action: 'continue', by: 7 }],
  ['a message that is none', { action: 'modify', message: [] }],
  ['a time that does not end', { action: 'delay', delayMs: Infinity }],
  ['a scope that there is not', { action: 'delay', delayMs: 1, scope: 'world' }],
  ['a pause without an end', { action: 'pause', pauseMs: 5 }],
  ['a pause after a pause', { action: 'pause', until, pauseMs: 5, otherwise: { action: 'pause', until, pauseMs: 5 } }],
  ['another fault', { action: 'drop', fault: 'explode' }],
  ['labels that are no texts', { action: 'tag', labels: [1] }],
  ['a code that is no whole number', { action: 'block', code: 1.5 }],
  ['an error without words', { action: 'mock', error: { code: 1 } }],
])('%s is no action', (_what, value) => {
  expect(readInterceptAction(value)).toBeUndefined();
});
