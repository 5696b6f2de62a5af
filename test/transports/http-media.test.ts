import { expect, test } from 'vitest';
import { acceptsBoth, acceptsEvents, isJsonContent, prefersEvents } from '../../src/transports/http-media.ts';

test.each([
  ['application/json', true],
  ['application/json; charset=utf-8', true],
  ['Application/JSON', true],
  ['application/json;', true],
  ['application/jsonx', false],
  ['text/plain; a=application/json', false],
  ['application/json, text/plain', false],
  ['', false],
  [undefined, false],
])('a body of type %j is JSON: %s', (contentType, isJson) => {
  expect(isJsonContent(contentType)).toBe(isJson);
});

test.each([
  ['application/json, text/event-stream', true, true, false],
  ['text/event-stream, application/json', true, true, true],
  ['text/event-stream,application/json;q=0.9', true, true, true],
  ['application/json', false, false, false],
  ['text/event-stream', false, true, false],
  ['*/*', false, false, false],
  [undefined, false, false, false],
])('a client that says Accept: %j takes both %s, events %s, and wants them %s', (accept, takesBoth, events, wants) => {
  expect([acceptsBoth(accept), acceptsEvents(accept)]).toEqual([takesBoth, events]);
  expect(prefersEvents(accept) && takesBoth).toBe(wants);
});
