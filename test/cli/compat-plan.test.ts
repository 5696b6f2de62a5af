import { describe, expect, test } from 'vitest';
import { PlanDraft, listenOn, passOn, sendHeader, understand } from '../../src/cli/compat-plan.ts';
import type { Peer, Said } from '../../src/cli/compat-peer.ts';

const said = (values: Readonly<Record<string, string>>): Said => ({
  is: (name) => name in values,
  one: (name) => values[name],
  all: () => [],
  words: [],
  rest: undefined,
});

const listening = (host: string | undefined, port = '80', isGuarded = false) => {
  const draft = new PlanDraft();
  listenOn(draft, { host, port, isGuarded });
  return draft.done();
};

describe('a plan', () => {
  test('stays on this machine where nobody said otherwise', () => {
    expect(listening(undefined)).toMatchObject({ words: ['--listen', '127.0.0.1:80'], problems: [] });
    for (const host of ['localhost', '127.0.0.9', '::1', '[::1]']) expect(listening(host).problems).toEqual([]);
    expect(listening('::1').words).toEqual(['--listen', '[::1]:80']);
  });

  test('wants to know for whom, where others reach it', () => {
    for (const host of ['0.0.0.0', '::', 'example.com', '127.0.0.1.example.com']) {
      expect(listening(host).problems).toEqual([expect.stringContaining('--allow-host NAME')]);
      expect(listening(host, '80', true).problems).toEqual([]);
    }
    expect(listening(undefined, 'x').problems).toHaveLength(1);
  });

  test('passes values on: text, numbers, and seconds as milliseconds', () => {
    const flags = [
      { name: '--a', fate: 'same', here: '--ours FILE', passes: 'text' },
      { name: '--b', fate: 'same', here: '--count', passes: 'number' },
      { name: '--c', fate: 'same', here: '--time-ms', passes: 'seconds' },
      { name: '--d', fate: 'same', here: '--other' },
    ] as const;
    const passed = (values: Readonly<Record<string, string>>) => {
      const draft = new PlanDraft();
      passOn(draft, { flags }, said(values));
      return draft.done();
    };
    expect(passed({ '--a': 'x', '--b': '5', '--c': '1.5', '--d': 'y' }).words).toEqual(
      ['--ours', 'x', '--count', '5', '--time-ms', '1500'], // prettier-ignore
    );
    for (const [name, value] of [
      ['--b', '0'],
      ['--b', 'x'],
      ['--b', '-1'],
      ['--c', 'x'],
      ['--c', '0'],
    ] as const) {
      // prettier-ignore
      expect(passed({ [name]: value }).problems).toEqual([expect.stringMatching(`^${name} .*: this is no whole number`)]);
    }
  });

  test('has what was said in order, and the rest beside it', () => {
    const draft = new PlanDraft();
    draft.say('forward', 'stdio');
    sendHeader(draft, 'A', 'b');
    draft.set('V', '1');
    draft.goTo('/x');
    draft.remark('r');
    expect(draft.done()).toEqual({
      words: ['forward', 'stdio', '--header', 'A: b'],
      environment: { V: '1' },
      folder: '/x',
      remarks: ['r'],
      problems: [],
    });
  });

  test('is refused for words that are not known, for flags that nothing stands for, and for reasons of its own', () => {
    const peer: Peer = {
      name: 'peer',
      title: 'peer',
      flags: [{ name: '--tunnel', fate: 'refused', says: 'there is none' }],
      isCamel: false,
      endsAtCommand: false,
      usually: [],
      plan: () => {
        const draft = new PlanDraft();
        draft.refuse('its own');
        return draft.done();
      },
    };
    const { plan } = understand(peer, ['--tunnel', '--wat'], {
      environment: {},
      platform: 'linux',
      readText: () => '',
    });
    expect(plan.problems).toEqual([expect.stringMatching(/^--wat: /), '--tunnel: there is none', 'its own']);
  });
});
