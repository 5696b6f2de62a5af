import { expect, test } from 'vitest';
import { tagReason } from '../../../../src/inspector/page/session/tag-reasons.ts';
import { builtInTagRules } from '../../../../src/session/tags.ts';
import { Conversation } from './conversation.ts';

test.each(builtInTagRules.map(({ tag }) => tag))('the built-in tag %s says what it means', (tag) => {
  expect(tagReason(tag, [])).toMatchObject({ by: 'session', text: expect.stringMatching(/.{10}/) as string });
});

test('a tag that was set by hand says so', () => {
  const talk = new Conversation();
  talk.event('session.labelled', { detail: 'watch is set' });
  talk.event('session.labelled', { detail: 'watchful is set' });
  expect(tagReason('watch', talk.events).by).toBe('person');
  expect(tagReason('watc', talk.events).by).toBe('unknown');
});

test('a tag that came with a rule names the newest rule that can have set it', () => {
  const talk = new Conversation();
  talk.request('client-to-server', 1, 'tools/call', { steps: [{ interceptor: 'note-writes', action: 'tag' }] });
  expect(tagReason('writer', talk.events)).toMatchObject({
    by: 'rule',
    text: expect.stringContaining('note-writes') as string,
  });
});

test('a tag from before the events here is of nobody that is known', () => {
  expect(tagReason('writer', []).by).toBe('unknown');
  expect(tagReason('constructor', []).by).toBe('unknown');
});
