import { describe, expect, test } from 'vitest';
import { checkTape, isBroken } from '../../src/record/tape-check.ts';
import { type TapedOptions, taped } from './taped.ts';

async function findings(options: TapedOptions = {}) {
  const report = await checkTape(await taped(options));
  return { report, found: report.findings.map(({ law, text }) => `${law}: ${text}`), broken: isBroken(report) };
}

const open = 'whole: the tape was not closed: it is being written, or its process died';

describe('a tape on which everybody behaves', () => {
  test('breaks no law', async () => {
    const { report, found, broken } = await findings({ sessions: 2 });
    expect(report).toMatchObject({ sessions: 2, requests: 4, more: 0, header: { tape: 2 } });
    expect([found, broken]).toEqual([[open], false]);
  });
});

describe('a tape that goes on from another', () => {
  const withoutOpening = (text: string): string | undefined => (text.includes('"session.opened"') ? undefined : text);

  test('is not broken by sessions that were opened there, which is said once for each', async () => {
    const edit = (text: string) => withoutOpening(text.replace('{"tape":2,', '{"tape":2,"continues":"a.jsonl",'));
    const { found, broken } = await findings({ sessions: 2, edit });
    const note = 'whole: it goes on from a.jsonl, and cannot be made again from here';
    expect([found, broken]).toEqual([[note, note, open], false]);
  });

  test('is one that says so: a session without a beginning breaks any other', async () => {
    const { broken } = await findings({ edit: withoutOpening });
    expect(broken).toBe(true);
  });
});

describe('a tape shows', () => {
  test.each<readonly [string, TapedOptions['talk'], readonly string[]]>([
    [
      'a response that nobody asked for, and a second one',
      ({ client, server }) => {
        client.asks(1, 'tools/list');
        server.takesAll();
        server.answers(1);
        server.answers(1);
        server.answers(77);
        client.takesAll();
      },
      ['wanted: a second response came for the same request', 'wanted: a response came that nobody had asked for'],
    ],
    [
      'an id that is used twice at once',
      ({ client, server }) => {
        client.asks(1, 'tools/list');
        client.asks(1, 'tools/list');
        server.takesAll();
        server.answers(1);
        client.takesAll();
      },
      ['own-id: a request came under an id that was in use'],
    ],
    [
      'a request that ran into its deadline',
      ({ client, server }, play) => {
        client.asks(1, 'tools/list');
        play.timePasses(4_000_000);
        server.takesAll();
        client.takesAll();
      },
      ['in-time: a request ran into its deadline'],
    ],
    [
      'what is no message',
      ({ client }) => {
        client.sendsBytes(new TextEncoder().encode('{'));
        client.takesAll();
      },
      ['well-formed: the client sent what is no message'],
    ],
  ])('%s', async (_, talk, laws) => {
    const { found, broken } = await findings({ talk: talk! });
    expect(found).toEqual([...laws, open]);
    expect(broken).toBe(true);
  });

  test('where it does not fit the chart', async () => {
    const { found, broken } = await findings({ edit: (text) => text.replace('"to":"closed"', '"to":"failed"') });
    expect(found[0]).toBe('chart: the state is closed here, and failed on the tape');
    expect(broken).toBe(true);
  });

  test('where lines are missing, and that this is nobody’s fault', async () => {
    const gap = JSON.stringify({ seq: 3, at: 0, event: 'tape.gap', dropped: 5 });
    const { report } = await findings({ edit: (text) => (text.includes('upstream.ready') ? gap : text) });
    expect(report.findings[0]).toEqual({
      law: 'whole',
      line: 4,
      text: '5 lines are missing: they could not be written in time',
    });
  });

  test('where it cannot be read any further', async () => {
    const { found, broken } = await findings({ edit: (text) => (text.includes('session.close') ? '{' : text) });
    expect([found, broken]).toEqual([['readable: this line is no JSON object'], true]);
  });
});
