import { describe, expect, test } from 'vitest';
import { allowMethods, allowTools, denyMethods, denyTools } from '../../../src/rules/builtin/allow-and-deny.ts';
import { type Facts, call, contextOf } from '../scenes.ts';

const methods = (method: string): Facts => ({ message: { id: 1, method } });
const said = (answer: unknown): unknown => (answer as { message?: string } | undefined)?.message ?? 'passes';

describe('methods', () => {
  test('that are not allowed are refused, and the handshake and pings pass', () => {
    const intercept = allowMethods.create({ methods: ['tools/*'] });
    const ask = (method: string) => said(intercept(contextOf(methods(method))));
    expect(['tools/list', 'initialize', 'ping'].map(ask)).toEqual(['passes', 'passes', 'passes']);
    expect(ask('prompts/list')).toBe('prompts/list is not allowed here');
  });

  test('that are denied are refused, in the words given', () => {
    const intercept = denyMethods.create({ methods: ['tools/call'], message: 'No' });
    const ask = (facts: Facts) => said(intercept(contextOf(facts)));
    expect([ask(methods('tools/call')), ask(methods('tools/list'))]).toEqual(['No', 'passes']);
    expect(ask({ ...methods('tools/call'), direction: 'server-to-client' })).toBe('passes');
    expect(ask({ message: { method: 'tools/call' } })).toBe('passes');
  });
});

describe('tools', () => {
  test('are allowed or denied by their names', () => {
    const allow = allowTools.create({ tools: ['read_*', 'echo'] });
    const deny = denyTools.create({ tools: ['delete_*'] });
    const ask = (name: string) => [allow, deny].map((intercept) => said(intercept(contextOf({ message: call(name) }))));
    expect(ask('echo')).toEqual(['passes', 'passes']);
    expect(ask('delete_all')).toEqual([
      'The tool delete_all is not allowed here',
      'The tool delete_all is not allowed here',
    ]);
    expect(said(allow(contextOf(methods('tools/list'))))).toBe('passes');
  });
});

test('options that are wrong are said to be', () => {
  expect(() => denyTools.create({ tools: [] })).toThrow('tools: Too small');
  expect(() => allowMethods.create({ method: ['x'] })).toThrow('methods: Invalid input');
});
