import { describe, expect, test } from 'vitest';
import type { Peer, PeerFlag } from '../../src/cli/compat-peer.ts';
import { readPeerWords } from '../../src/cli/compat-words.ts';

const flags: readonly PeerFlag[] = [
  { name: '--port', value: 'n', fate: 'same' },
  { name: '--eventStore', fate: 'needless' },
  { name: '--no-eventStore', fate: 'needless' },
  { name: '--debug', fate: 'same' },
  { name: '--headers', also: ['-H'], value: 'name value', takes: 'pair', fate: 'same' },
  { name: '--cors', value: 'origin', takes: 'many', fate: 'same' },
  { name: '--tool', value: 'name', isRepeated: true, fate: 'same' },
];
const peer: Peer = {
  name: 'peer',
  title: 'peer',
  flags,
  isCamel: true,
  endsAtCommand: false,
  environmentPrefix: 'PEER_',
  usually: [],
  plan: () => ({ words: [], environment: {}, folder: undefined, remarks: [], problems: [] }),
};

const read = (line: string, options: Partial<Peer> = {}, environment: Record<string, string> = {}) =>
  readPeerWords({ ...peer, ...options }, line.split(' '), environment);

describe('flags of other proxies', () => {
  test('take their values from the next word or behind =, and the last one counts', () => {
    expect(read('--port 1').said.one('--port')).toBe('1');
    expect(read('--port=1 --port 2').said.one('--port')).toBe('2');
    expect(read('--port=a=b').said.one('--port')).toBe('a=b');
    expect(read('--port -5').said.one('--port')).toBe('-5');
  });

  test('are known in both spellings where the proxy knows both', () => {
    expect(read('--no-event-store').said.is('--no-eventStore')).toBe(true);
    expect(read('--no-event-store', { isCamel: false }).problems).toHaveLength(1);
  });

  test('are taken back', () => {
    expect(read('--debug --no-debug').said.is('--debug')).toBe(false);
    expect(read('--debug=false').said.is('--debug')).toBe(false);
    expect(read('--debug false x').said.words).toEqual(['x']);
    expect(read('--eventStore=false').said.is('--no-eventStore')).toBe(true);
    expect(read('--no-eventStore').said.is('--eventStore')).toBe(false);
  });

  test('take two words, or all up to the next flag, or come again', () => {
    const { said } = read('-H a b --cors x y --debug --headers c d --cors z --tool e --tool f --cors');
    expect(said.all('--headers')).toEqual(['a', 'b', 'c', 'd']);
    expect(said.all('--cors')).toEqual(['x', 'y', 'z']);
    expect(said.all('--tool')).toEqual(['e', 'f']);
    expect([read('--cors --debug').said.all('--cors'), read('--cors').said.is('--cors')]).toEqual([[], true]);
  });

  test('stand in the environment, and lose against the line', () => {
    const environment = { PEER_PORT: '9', PEER_NO_SUCH: '1', PEER_EVENT_STORE: 'false', OTHER: '1' };
    expect(read('x', {}, environment).said.one('--port')).toBe('9');
    expect(read('x', {}, environment).said.is('--no-eventStore')).toBe(true);
    expect(read('--port 1', {}, environment).said.one('--port')).toBe('1');
    expect(read('x', {}, environment).problems).toEqual([]);
  });

  test('end at --, and at the command where the proxy says so', () => {
    expect(read('a --debug b -- --debug --port').said).toMatchObject({
      words: ['a', 'b'],
      rest: ['--debug', '--port'],
    });
    const { said } = read('--port 1 npx -y x --port 2 -- y', { endsAtCommand: true });
    expect(said.rest).toEqual(['npx', '-y', 'x', '--port', '2', '--', 'y']);
    expect([said.one('--port'), read('a').said.rest]).toEqual(['1', undefined]);
  });

  test('that are not known, or without their values, are problems', () => {
    expect(read('--wat --port --debug -H a --no-port').problems).toEqual([
      "--wat: peer has no such flag that is known here: 'ninelives compat peer --explain' lists those that are",
      '--port: its value is missing: --port n',
      '--headers: its value is missing: --headers name value',
      expect.stringContaining('--no-port: peer has no such flag'),
    ]);
  });

  test('have ours beside them', () => {
    expect(read('--debug --explain').isExplained).toBe(true);
    expect(read('--dry-run').isExplained).toBe(true);
    expect(read('-- --explain').isExplained).toBe(false);
  });

  test('are listed in the order of the table', () => {
    expect(read('--debug --port 1 --debug').flags.map(({ name }) => name)).toEqual(['--port', '--debug']);
  });
});
