import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type AnySchema } from 'ajv';
import { describe, expect, test } from 'vitest';
import { tapeHar } from '../../src/record/tape-har.ts';
import { loadTape } from '../../src/record/tape-travel.ts';
import { sessionsOn } from '../../src/record/taped-sessions.ts';
import { type TapedOptions, taped } from './taped.ts';

const json = (path: string): unknown => JSON.parse(readFileSync(join('node_modules', path), 'utf8'));

/** The schema of HAR 1.2, as others check archives by it. */
function harSchema() {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addMetaSchema(json('ajv/dist/refs/json-schema-draft-06.json') as AnySchema & object);
  const folder = 'har-schema/lib';
  for (const name of readdirSync(join('node_modules', folder)).filter((each) => each.endsWith('.json'))) {
    ajv.addSchema(json(join(folder, name)) as AnySchema);
  }
  return ajv.getSchema('har.json#')!;
}

interface Har {
  readonly log: { readonly pages: readonly object[]; readonly entries: readonly Record<string, unknown>[] };
}

async function har(options: TapedOptions = {}, hide = (text: string) => text): Promise<Har> {
  const tape = await loadTape(await taped(options));
  if (!('header' in tape)) throw new Error(tape.problem);
  return JSON.parse([...tapeHar(tape, sessionsOn(tape), { hide })].join('')) as Har;
}

const talk: TapedOptions['talk'] = ({ client, server, session }, play) => {
  client.asks(1, 'tools/call', { name: 'echo', arguments: { secret: 'hunter2' } });
  server.takesAll();
  server.asks('q', 'roots/list');
  client.takesAll();
  play.timePasses(250);
  server.answers(1, { text: 'x' });
  client.takesAll();
  session.close();
  server.takesAll();
};

describe('a tape as an HTTP archive', () => {
  test('is one by its schema', async () => {
    const isHar = harSchema();
    for (const options of [{}, { talk }, { sessions: 2 }, { sessions: 0 }]) {
      expect([isHar(await har(options)), isHar.errors]).toEqual([true, null]);
    }
    expect(isHar({ log: { version: '1.2', creator: {}, entries: [] } })).toBe(false);
  });

  test('has an entry for each request, with both messages, the time it took, and what HTTP has no word for', async () => {
    const { pages, entries } = (await har({ talk })).log;
    expect(pages).toMatchObject([
      {
        id: 'session-1',
        _ended: { time: '1970-01-01T00:00:00.250Z', reason: 'closed-by-operator' },
        _notifications: [{ direction: 'client-to-server', method: 'notifications/initialized' }],
      },
    ]);
    expect(entries.map(({ request, _outcome }) => [(request as { url: string }).url, _outcome])).toEqual([
      ['mcp://server/initialize', 'result'],
      ['mcp://server/tools/call', 'result'],
      ['mcp://client/roots/list', 'client-gone'],
    ]);
    expect(entries[1]).toMatchObject({
      pageref: 'session-1',
      startedDateTime: '1970-01-01T00:00:00.000Z',
      time: 250,
      request: { postData: { text: expect.stringContaining('hunter2') as unknown } },
      response: { status: 200, content: { text: '{"jsonrpc":"2.0","id":1,"result":{"text":"x"}}' } },
      _direction: 'client-to-server',
      _id: 1,
    });
    expect(entries[2]).toMatchObject({ response: { status: 0, content: { size: 0 } } });
  });

  test('hides what is to be hidden, and says what was too long', async () => {
    const text = JSON.stringify(await har({ talk }, (message) => message.replaceAll('hunter2', '*')));
    expect([text.includes('hunter2'), text.includes('*')]).toEqual([false, true]);
    const edit = (line: string) =>
      line.replace(/,"body":\{"jsonrpc":"2.0","id":1,"method".*\}$/, ',"bodyDigest":"d1"}');
    expect(JSON.stringify(await har({ talk, edit }))).toContain('too long for the tape; its SHA-256 is d1');
  });
});
