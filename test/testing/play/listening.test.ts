import { expect, test } from 'vitest';
import { forListener, isForListeners, isListenedFor, listenerOf } from '../../../src/testing/play/listening.ts';

const params = { notifications: { toolsListChanged: true, resourceSubscriptions: ['a:b'], promptsListChanged: false } };

test('a listener is told of what it has named, and that it is listened to', () => {
  const told = ['tools/list_changed', 'prompts/list_changed', 'resources/list_changed', 'resources/updated']
    .map((name) => `notifications/${name}`)
    .filter((method) => isListenedFor(method, params));
  expect(told).toEqual(['notifications/tools/list_changed', 'notifications/resources/updated']);
  expect(isListenedFor('notifications/subscriptions/acknowledged', undefined)).toBe(true);
});

test('logs and progress are for others', () => {
  expect(isForListeners('notifications/tools/list_changed')).toBe(true);
  expect(isForListeners('notifications/progress')).toBe(false);
});

test('what is said for a listener names its request, beside what else is said of it', () => {
  const members = forListener({ uri: 'a:b', _meta: { mark: 1 } }, 'one');
  expect(members).toEqual({ uri: 'a:b', _meta: { mark: 1, 'io.modelcontextprotocol/subscriptionId': 'one' } });
  expect(listenerOf({ params: members })).toBe('one');
  expect(listenerOf({ result: forListener({}, 0) })).toBe(0);
  expect(listenerOf({ params: {} })).toBe(undefined);
});
