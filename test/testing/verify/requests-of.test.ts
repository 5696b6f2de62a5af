import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ToolChoice, requestsOf, toolsToCall } from '../../../src/testing/verify/requests-of.ts';
import type { Offer } from '../../../src/testing/verify/survey.ts';

const offer: Offer = {
  server: 's',
  capabilities: ['tools', 'resources', 'prompts'],
  tools: [
    { name: 'look', inputSchema: { type: 'object' }, isReadOnly: true },
    { name: 'delete', inputSchema: { type: 'object' }, isReadOnly: false },
  ],
  resources: ['test://1'],
  prompts: [{ name: 'greet', arguments: ['who'] }],
};

/** Everything that is asked, as it comes. */
const asked = (choice: ToolChoice, of = offer): readonly string[] => {
  const made = fc.sample(requestsOf(of, choice, 'session'), { numRuns: 300, seed: 1 });
  const words = made.map(({ method, params }) =>
    method === 'tools/call' ? `call ${String(params?.['name'])}` : method,
  );
  return [...new Set(words)].toSorted();
};

test('a tool is called when it was named, or changes nothing', () => {
  const names = (choice: ToolChoice) => toolsToCall(offer, choice).map(({ name }) => name);
  expect([names('read-only'), names('all'), names(['delete'])]).toEqual([['look'], ['look', 'delete'], ['delete']]);
  expect(asked('read-only')).not.toContain('call delete');
  expect(asked(['delete'])).toContain('call delete');
});

test('what a server offers is asked for, and nothing that it does not', () => {
  const lists = ['prompts/get', 'prompts/list', 'resources/list', 'resources/read', 'tools/list'];
  expect(asked('read-only')).toEqual(['call look', 'ping', ...lists]);
  expect(asked('all', { server: '', capabilities: [], tools: [], resources: [], prompts: [] })).toEqual(['ping']);
});
