import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { pageRowsMax, tapePage } from '../../src/record/tape-page.ts';
import { tapePageStyle } from '../../src/record/tape-page-style.ts';
import { loadTape } from '../../src/record/tape-travel.ts';
import { sessionsOn } from '../../src/record/taped-sessions.ts';
import { type TapedOptions, taped } from './taped.ts';

async function page(options: TapedOptions = {}, hide = (text: string) => text): Promise<string> {
  const tape = await loadTape(await taped(options));
  if (!('header' in tape)) throw new Error(tape.problem);
  return [...tapePage(tape, sessionsOn(tape), { hide, name: 'a.tape.jsonl' })].join('');
}

const nasty = `</pre></style><script>alert(1)</script><img src=x onerror="alert(1)">'&`;

const asking =
  (name: string, answer: unknown = {}): NonNullable<TapedOptions['talk']> =>
  ({ client, server }, play) => {
    client.asks(nasty, 'tools/call', { name });
    server.takesAll();
    play.timePasses(1500);
    server.answers(nasty, answer);
    client.takesAll();
  };

describe('a tape as a page', () => {
  test('shows each session, what passed in it and its states', async () => {
    const text = await page({ sessions: 2, talk: asking('echo') });
    expect(text).toContain('<h1>a.tape.jsonl</h1>');
    expect(text).toContain('<a href="#session-2">2  s2</a>');
    expect(text).toContain('<span class="state state-active-serving">initializing &rarr; active.serving</span>');
    expect(text).toContain('tools/call result after 1.5 s');
    expect(text).toContain('tools/call echo &quot;');
    expect(text).toContain('response to tools/call');
    expect(text).toContain('initializing for 0 ms, then active.serving for 1.5 s');
    expect(text.match(/<li class="row request to-server">/g)).toHaveLength(4);
  });

  test('nothing that a peer has written is markup, wherever it stands', async () => {
    const talk: TapedOptions['talk'] = (spoken, play) => {
      asking(nasty, { [nasty]: nasty })(spoken, play);
      spoken.client.notifies(nasty);
      spoken.server.takesAll();
    };
    const plain = await page({ talk: asking('x') });
    const text = await page({ talk });
    const tags = (html: string): ReadonlySet<string> =>
      new Set(html.match(/<[^>]*>/g)?.map((tag) => /^<\/?\w*/.exec(tag)![0]));
    expect(tags(text)).toEqual(tags(plain));
    expect(text).not.toContain('<script');
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  test('needs nothing from anywhere, and allows nothing but its own style', async () => {
    const text = await page();
    expect(text).not.toMatch(/\b(?:src|href)="(?!#)/);
    expect(text).not.toMatch(/url\(|@import|\bstyle="|\bon\w+="/);
    const digest = createHash('sha256').update(tapePageStyle).digest('base64');
    expect(text).toContain(
      `content="default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'"`,
    );
    expect(text).toContain(`<style>${tapePageStyle}</style>`);
  });

  test('hides what is to be hidden', async () => {
    const text = await page({ talk: asking('hunter2') }, (message) => message.replaceAll('hunter2', '*'));
    expect(text).not.toContain('hunter2');
  });

  test('says how much there is that it does not show', async () => {
    const long = await page({}, (text) => text.replace('tools/list', 'y'.repeat(200_000)));
    expect(long).toMatch(/\.\.\. and 100\d{3} characters more/);
    const tape = await loadTape(await taped());
    if (!('header' in tape)) throw new Error(tape.problem);
    const [session] = sessionsOn(tape);
    const events = Array.from({ length: pageRowsMax + 5 }, () => session!.events.at(-1)!);
    const text = [...tapePage(tape, [{ ...session!, events }], { hide: String, name: 'x' })].join('');
    expect(text).toContain('<p>5 more events are not on this page');
  });

  test('says what was too long for the tape, and what we said ourselves', async () => {
    const edit = (line: string) =>
      line
        .replace(/,"body":\{"jsonrpc":"2.0","id":1,"method".*\}$/, ',"bodyDigest":"d1"}')
        .replace('"sent":36', '"sent":[{"direction":"server-to-client","kind":"response","bytes":36,"isOwn":true}]');
    const text = await page({ edit });
    expect(text).toContain('SHA-256 is d1');
    expect(text).toContain('<li class="row own response to-client">');
  });
});

test('colours are those of the inspector', () => {
  const tokens = readFileSync('src/inspector/page/style/tokens.css', 'utf8');
  const declared = tapePageStyle.match(/--[\w-]+: light-dark\([^)]*\);/g)!;
  expect(declared.length).toBeGreaterThan(15);
  expect(declared.filter((colour) => !tokens.includes(colour))).toEqual([]);
});
